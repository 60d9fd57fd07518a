import { createPublicKey, type JsonWebKey } from 'node:crypto'
import type { FieldError } from '../errors.ts'
import type { Client } from './client.ts'
import type { ClientProtocol } from './protocol.ts'

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
const keyTypes = ['RSA', 'EC', 'OKP']

/** Reports contradictory settings of the client authentication. */
export function clientAuthenticationProblems({
  isPublic,
  federatedIdentities,
  requiresPushedAuthorizationRequests,
  protocol,
}: Pick<
  Client,
  'isPublic' | 'federatedIdentities' | 'requiresPushedAuthorizationRequests' | 'protocol'
>): FieldError[] {
  const { tokenEndpointAuthMethod: method, jwks, jwksUri, fapi } = protocol
  const errors: FieldError[] = []
  const addError = (field: string, message: string) =>
    errors.push({ field: `protocol.${field}`, code: 'invalid_format', message })
  if (isPublic && method !== 'client_secret') addError('tokenEndpointAuthMethod', 'does not apply to a public client')
  if (isPublic && fapi) addError('fapi', 'does not apply to a public client')
  if (jwks !== null && jwksUri !== null) addError('jwks', 'must not be combined with jwksUri')
  if (jwks === null && jwksUri === null && needsKeys(protocol))
    addError('jwks', 'or jwksUri is required for private_key_jwt, FAPI 2.0, signed requests and encryption')
  if (method !== 'client_secret' && federatedIdentities.length > 0)
    addError('tokenEndpointAuthMethod', 'must be client_secret if there are federated identities')
  const isPlainRequestRefused = requiresPushedAuthorizationRequests || fapi || protocol.requireSignedRequestObject
  if (protocol.protectedHosts.length > 0 && isPlainRequestRefused)
    addError(
      'protectedHosts',
      'must not be combined with pushed or signed requests, which the sign-in at a site does not use',
    )
  for (const [index, key] of (jwks?.keys ?? []).entries())
    if (!isPublicKey(key)) addError(`jwks.keys[${index}]`, 'must be an RSA, EC or OKP public key')
  return errors
}

function needsKeys(protocol: ClientProtocol): boolean {
  return (
    protocol.tokenEndpointAuthMethod === 'private_key_jwt' ||
    protocol.fapi ||
    protocol.requireSignedRequestObject ||
    protocol.idTokenEncryptedResponse !== null ||
    protocol.userinfoEncryptedResponse !== null ||
    protocol.authorizationEncryptedResponse !== null
  )
}

/** An invalid key would otherwise fail only at requests, which the administrator does not see. */
function isPublicKey(key: Readonly<Record<string, unknown>>): boolean {
  if (!keyTypes.includes(String(key.kty)) || privateMembers.some((member) => Object.hasOwn(key, member))) return false
  if (['kid', 'alg', 'use'].some((member) => key[member] !== undefined && typeof key[member] !== 'string')) return false
  try {
    // The cast is safe because this function validates the key.
    createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
    return true
  } catch {
    return false
  }
}
