import type { ClientMetadata } from 'oidc-provider'
import type { Client } from '../clients/client.ts'
import type { MasterKey } from '../master-key.ts'

/** What our clients say that the library has no words for. */
export const extraClientMetadata = [
  'pocket_redirect_uris',
  'pocket_post_logout_redirect_uris',
  'pocket_pkce_required',
  'pocket_secrets',
]

export type ClientMetadataOf = (client: Client) => ClientMetadata

/**
 * The library's view of a client (OpenID Connect Dynamic Registration §2). It compares redirect URIs byte by byte and
 * secrets in clear, so it is given placeholders, and `client-overrides.ts` answers from our own lists.
 */
export function createClientMetadata(masterKey: MasterKey): ClientMetadataOf {
  return (client) => ({
    client_id: client.id,
    client_name: client.name,
    application_type: 'web',
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token', ...(client.isPublic ? [] : ['client_credentials'])],
    token_endpoint_auth_method: client.isPublic ? 'none' : 'client_secret_basic',
    id_token_signed_response_alg: 'RS256',
    // Nobody knows it: were it guessable, tokens signed with it would be believed.
    ...(!client.isPublic && { client_secret: masterKey.mac('client placeholder', client.id) }),
    // Two, since the library fills in the only one where a request names none.
    redirect_uris: ['https://placeholder.invalid/1', 'https://placeholder.invalid/2'],
    post_logout_redirect_uris: [],
    pocket_redirect_uris: client.redirectUris,
    pocket_post_logout_redirect_uris: client.postLogoutRedirectUris,
    pocket_pkce_required: client.pkceRequired,
    pocket_secrets: client.secrets,
  })
}
