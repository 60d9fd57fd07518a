import type { ClientMetadata } from 'oidc-provider'
import type { Client, RegisteredMetadata } from '../../clients/client.ts'
import type { ClientInput } from '../../clients/client-input.ts'
import type { ClientProtocolInput } from '../../clients/protocol-input.ts'
import type { SelfRegistrationRequest } from '../../clients/self-registration.ts'
import { normalizeName } from '../../names.ts'
import { protocolMetadata } from '../client-metadata.ts'
import { getResponseTypes } from '../response-types.ts'
import { enforcedMetadata } from './choices.ts'

/** Metadata without a field in our client model; stored as registered and returned unchanged (RFC 7591 §2). */
const registeredFields = [
  'application_type',
  'client_uri',
  'contacts',
  'default_acr_values',
  'default_max_age',
  'grant_types',
  'logo_uri',
  'policy_uri',
  'request_object_signing_alg',
  'require_auth_time',
  'response_modes',
  'response_types',
  'scope',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'tos_uri',
] as const satisfies readonly (keyof ClientMetadata)[]

/** Maps registered metadata to our client model. The library has validated each value. */
export function toRegistrationRequest(metadata: ClientMetadata): SelfRegistrationRequest {
  const method = metadata.token_endpoint_auth_method ?? 'client_secret_basic'
  const registration: RegisteredMetadata = Object.fromEntries(
    registeredFields.flatMap((name) => (metadata[name] === undefined ? [] : [[name, metadata[name]]])),
  )
  return { input: toClientInput(metadata), registration, needsSecret: method.startsWith('client_secret') }
}

function toClientInput(metadata: ClientMetadata): ClientInput {
  return {
    name: toClientName(metadata),
    redirectUris: [...(metadata.redirect_uris ?? [])],
    postLogoutRedirectUris: [...(metadata.post_logout_redirect_uris ?? [])],
    isPublic: metadata.token_endpoint_auth_method === 'none',
    requiresPushedAuthorizationRequests: metadata.require_pushed_authorization_requests ?? false,
    protocol: toProtocolInput(metadata),
  }
}

/** Truncates the name to our maximum length, which many client names exceed. */
function toClientName({ client_name = '', redirect_uris: [first = ''] = [] }: ClientMetadata): string {
  const name = [...normalizeName(client_name)].slice(0, 50).join('').trim()
  return name || [...(URL.parse(first)?.host || 'Client')].slice(0, 50).join('')
}

function toProtocolInput(metadata: ClientMetadata): ClientProtocolInput {
  const method = metadata.token_endpoint_auth_method
  const introspection = metadata.introspection_signed_response_alg ?? 'RS256'
  const settings = {
    tokenEndpointAuthMethod: method === 'private_key_jwt' || method === 'client_secret_jwt' ? method : 'client_secret',
    jwks: metadata.jwks ?? null,
    jwksUri: metadata.jwks_uri ?? null,
    implicitIdToken: (metadata.response_types ?? []).some((type) => type.split(' ').includes('id_token')),
    idTokenSignedResponseAlg: metadata.id_token_signed_response_alg ?? 'RS256',
    idTokenEncryptedResponse: readEncryption(metadata, 'id_token'),
    userinfoSignedResponseAlg: metadata.userinfo_signed_response_alg ?? null,
    userinfoEncryptedResponse: readEncryption(metadata, 'userinfo'),
    authorizationSignedResponseAlg: metadata.authorization_signed_response_alg ?? 'RS256',
    authorizationEncryptedResponse: readEncryption(metadata, 'authorization'),
    introspectionSignedResponseAlg: introspection === 'RS256' ? null : introspection,
    requireSignedRequestObject: metadata.require_signed_request_object ?? false,
    dpopBoundAccessTokens: metadata.dpop_bound_access_tokens ?? false,
    subjectType: metadata.subject_type ?? 'public',
    sectorIdentifierUri: metadata.sector_identifier_uri ?? null,
    authorizationDetailsTypes: metadata.authorization_details_types ?? [],
    backchannelLogoutUri: metadata.backchannel_logout_uri ?? null,
    backchannelLogoutSessionRequired: metadata.backchannel_logout_session_required ?? false,
    initiateLoginUri: metadata.initiate_login_uri ?? null,
  }
  // The cast is safe: `problems` validates the values before they are stored.
  return settings as ClientProtocolInput
}

function readEncryption(metadata: ClientMetadata, response: 'id_token' | 'userinfo' | 'authorization') {
  const alg = metadata[`${response}_encrypted_response_alg`]
  const enc = metadata[`${response}_encrypted_response_enc`]
  return alg === undefined ? null : { alg, enc: enc ?? 'A128CBC-HS256' }
}

/** The metadata returned for a registered client (RFC 7591 §3.2.1), except values that are shown only once. */
export function registeredMetadata(client: Client, allowImplicit: boolean): ClientMetadata {
  const { registration, protocol } = client
  return {
    ...registration,
    client_id: client.id,
    client_id_issued_at: Math.floor(client.createdAt / 1000),
    client_name: client.name,
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    token_endpoint_auth_method: getAuthenticationMethod(client),
    ...protocolMetadata(client, allowImplicit),
    ...enforcedMetadata(client, getAuthenticationMethod(client), getResponseTypes(protocol, allowImplicit)),
    ...(protocol.backchannelLogoutUri !== null && {
      backchannel_logout_uri: protocol.backchannelLogoutUri,
      backchannel_logout_session_required: protocol.backchannelLogoutSessionRequired,
    }),
    ...(protocol.initiateLoginUri !== null && { initiate_login_uri: protocol.initiateLoginUri }),
    ...(protocol.authorizationDetailsTypes.length > 0 && {
      authorization_details_types: protocol.authorizationDetailsTypes,
    }),
  }
}

function getAuthenticationMethod({
  isPublic,
  registration,
  protocol,
}: Client): NonNullable<ClientMetadata['token_endpoint_auth_method']> {
  if (isPublic) return 'none'
  if (protocol.tokenEndpointAuthMethod !== 'client_secret') return protocol.tokenEndpointAuthMethod
  return registration?.token_endpoint_auth_method === 'client_secret_post'
    ? 'client_secret_post'
    : 'client_secret_basic'
}
