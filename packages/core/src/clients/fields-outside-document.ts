import type { Client } from './client.ts'
import { type ClientInput, completeInput } from './client-input.ts'

/**
 * The settings that an administrator can change for a client with a metadata document; the input cannot override the
 * document.
 */
export function fieldsOutsideDocument(before: Client, input: ClientInput): ReturnType<typeof completeInput> {
  const fields = completeInput(input, before)
  const { tokenEndpointAuthMethod, jwks, jwksUri, fapi, implicitIdToken, requireSignedRequestObject } = before.protocol
  return {
    ...fields,
    name: before.name,
    redirectUris: [...before.redirectUris],
    postLogoutRedirectUris: [...before.postLogoutRedirectUris],
    isPublic: before.isPublic,
    pkceRequired: before.pkceRequired,
    federatedIdentities: before.federatedIdentities,
    protocol: {
      ...fields.protocol,
      ...{ tokenEndpointAuthMethod, jwks, jwksUri, fapi, implicitIdToken, requireSignedRequestObject },
    },
  }
}
