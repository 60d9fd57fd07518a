import type { ClientMetadata } from 'oidc-provider'
import type { BuiltInRules, ClientRules } from '../clients/access-checks.ts'
import type { ClaimsClient } from '../clients/claim-maker.ts'
import { accessTokenMinutes, type Client } from '../clients/client.ts'
import { type ClientOrigin, clientOrigin } from '../clients/client-origin.ts'
import { siteRedirectUris } from '../clients/protected-site.ts'
import { defaultProtocol, type Encryption } from '../clients/protocol.ts'
import { openSecret, signingSecret } from '../clients/secrets.ts'
import type { CoreContext } from '../context.ts'
import { sha256 } from '../hash.ts'
import type { SignInRequirements } from '../sessions/freshness.ts'
import { signingAlgorithmFor } from './algorithms.ts'
import { enforcedMetadata } from './registration/choices.ts'
import { getResponseTypes } from './response-types.ts'

/** Client settings that the library has no metadata for. */
export interface ClientExtras {
  readonly pocket_redirect_uris: readonly string[]
  readonly pocket_post_logout_redirect_uris: readonly string[]
  readonly pocket_grant_types: readonly string[]
  readonly pocket_pkce_required: boolean
  readonly pocket_pkce_supported: boolean
  readonly pocket_secrets: Client['secrets']
  /** Empty if the host disables this built-in rule. */
  readonly pocket_sign_in_demands: SignInRequirements
  readonly pocket_skip_consent: boolean
  readonly pocket_protocol: Client['protocol']
  readonly pocket_origin: ClientOrigin
  readonly pocket_unused: boolean
  /** Unrestricted if the host disables this built-in rule. */
  readonly pocket_access: Pick<Client, 'isGroupRestricted' | 'allowedGroupIds'>
  readonly pocket_rules: ClientRules
  /** The lifetime in seconds, and whether the client sets it. */
  readonly pocket_access_token: { readonly lifetime: number; readonly hasOwnLifetime: boolean }
  /** Seconds. */
  readonly pocket_refresh_token_lifetime: number
}

export type ToClientMetadata = (client: Client) => ClientMetadata

/**
 * Maps a client to the library's metadata (OpenID Connect Dynamic Registration §2). The library compares redirect URIs exactly
 * and secrets in plain text, so it receives placeholders; `overrides/clients.ts` checks the real values.
 */
export function createClientMetadata({
  masterKey,
  clock,
  builtInRules,
  allowImplicit,
  ...context
}: CoreContext): ToClientMetadata {
  const authorizationDetailsTypes = Object.keys(context.authorizationDetailsTypes)
  const getSecret = (client: Client) => {
    const key = client.protocol.tokenEndpointAuthMethod === 'client_secret_jwt' && signingSecret(client, clock.now())
    return key && key.sealed !== undefined
      ? openSecret(masterKey, key.sealed)
      : masterKey.mac('client placeholder', client.id)
  }
  const metadataOf: ToClientMetadata = (client) => ({
    client_id: client.id,
    client_name: client.name,
    application_type: 'web',
    grant_types: getGrantTypes(client),
    token_endpoint_auth_method: getAuthenticationMethod(client),
    ...protocolMetadata(client, allowImplicit),
    ...enforcedMetadata(client, getAuthenticationMethod(client), getResponseTypes(client.protocol, allowImplicit)),
    ...(authorizationDetailsTypes.length > 0 && {
      authorization_details_types: authorizationDetailsTypes.filter((type) =>
        client.protocol.authorizationDetailsTypes.includes(type),
      ),
    }),
    // The placeholder must be secret: tokens signed with a guessable one would be accepted.
    ...(!client.isPublic && { client_secret: getSecret(client) }),
    // Two placeholders, because the library uses a single one as the default for requests without a redirect URI.
    redirect_uris: ['https://placeholder.invalid/1', 'https://placeholder.invalid/2'],
    post_logout_redirect_uris: [],
    ...(client.protocol.initiateLoginUri !== null && { initiate_login_uri: client.protocol.initiateLoginUri }),
    ...(client.protocol.backchannelLogoutUri !== null && {
      backchannel_logout_uri: client.protocol.backchannelLogoutUri,
      backchannel_logout_session_required: client.protocol.backchannelLogoutSessionRequired,
    }),
    ...toExtras(client, builtInRules),
  })
  const toMetadata: ToClientMetadata = (client) => {
    const metadata = metadataOf(client)
    const { grant_types: allowed = [] } = metadata
    // For pairwise clients with this grant the library requires a `jwks_uri` in the sector document, which few have.
    const grant_types = metadata.subject_type === 'pairwise' ? allowed.filter((type) => type !== deviceCode) : allowed
    return { ...metadata, grant_types, pocket_grant_types: allowed }
  }
  /** The store returns the same object while a client does not change. */
  const known = new WeakMap<Client, ClientMetadata>()
  return (client) => {
    const { jwks, tokenEndpointAuthMethod } = client.protocol
    // The library may change the keys, and a secret that signs assertions expires.
    if (jwks !== null || tokenEndpointAuthMethod === 'client_secret_jwt') return toMetadata(client)
    const metadata = known.get(client) ?? withDigest(toMetadata(client))
    known.set(client, metadata)
    return metadata
  }
}

/** Metadata that does not change: the library serializes and hashes it at each lookup of the client. */
function withDigest(metadata: ClientMetadata): ClientMetadata {
  return Object.assign(new MetadataDigest(metadata), metadata)
}

class MetadataDigest {
  readonly #digest: string

  constructor(metadata: ClientMetadata) {
    this.#digest = sha256(JSON.stringify(metadata))
  }

  toJSON(): string {
    return this.#digest
  }
}

const deviceCode = 'urn:ietf:params:oauth:grant-type:device_code'

function getGrantTypes({ isPublic, protocol, redirectUris }: Client): string[] {
  const { subjectType, sectorIdentifierUri } = protocol
  const hasSubjects = subjectType === 'public' || sectorIdentifierUri !== null || redirectUris.length > 0
  return [
    'authorization_code',
    'refresh_token',
    ...(isPublic ? [] : ['client_credentials']),
    // FAPI 2.0 Security Profile §5.3.1 permits only the authorization code flow for users.
    ...(protocol.fapi || !hasSubjects ? [] : [deviceCode]),
  ]
}

function getAuthenticationMethod({
  isPublic,
  protocol,
}: Client): NonNullable<ClientMetadata['token_endpoint_auth_method']> {
  if (isPublic) return 'none'
  if (protocol.fapi) return 'private_key_jwt'
  return protocol.tokenEndpointAuthMethod === 'client_secret' ? 'client_secret_basic' : protocol.tokenEndpointAuthMethod
}

/** The protocol settings of a client; FAPI 2.0 overrides some of them (FAPI 2.0 Security Profile §5.3.2). */
export function protocolMetadata(
  { protocol, requiresPushedAuthorizationRequests }: Client,
  allowImplicit: boolean,
): Partial<ClientMetadata> {
  const { fapi, jwks, jwksUri, sectorIdentifierUri, userinfoSignedResponseAlg } = protocol
  return {
    response_types: [...getResponseTypes(protocol, allowImplicit)],
    require_pushed_authorization_requests: requiresPushedAuthorizationRequests || fapi,
    dpop_bound_access_tokens: protocol.dpopBoundAccessTokens || fapi,
    require_signed_request_object: protocol.requireSignedRequestObject,
    subject_type: protocol.subjectType,
    id_token_signed_response_alg: signingAlgorithmFor(protocol, protocol.idTokenSignedResponseAlg),
    authorization_signed_response_alg: signingAlgorithmFor(protocol, protocol.authorizationSignedResponseAlg),
    introspection_signed_response_alg: signingAlgorithmFor(
      protocol,
      protocol.introspectionSignedResponseAlg ?? 'RS256',
    ),
    ...(userinfoSignedResponseAlg !== null && {
      userinfo_signed_response_alg: signingAlgorithmFor(protocol, userinfoSignedResponseAlg),
    }),
    ...encryption('id_token', protocol.idTokenEncryptedResponse),
    ...encryption('userinfo', protocol.userinfoEncryptedResponse),
    ...encryption('authorization', protocol.authorizationEncryptedResponse),
    // A copy, because the library keeps a reference to the object.
    ...(jwks !== null && { jwks: { keys: jwks.keys.map((key) => ({ ...key })) } }),
    ...(jwksUri !== null && { jwks_uri: jwksUri }),
    ...(sectorIdentifierUri !== null && { sector_identifier_uri: sectorIdentifierUri }),
  }
}

function encryption(response: 'id_token' | 'userinfo' | 'authorization', algorithms: Encryption | null) {
  return algorithms === null
    ? {}
    : { [`${response}_encrypted_response_alg`]: algorithms.alg, [`${response}_encrypted_response_enc`]: algorithms.enc }
}

function toExtras(client: Client, builtInRules: BuiltInRules): Omit<ClientExtras, 'pocket_grant_types'> {
  const { isGroupRestricted, allowedGroupIds, requiresReauthentication, protocol } = client
  const { maxSessionAgeMinutes } = protocol
  return {
    pocket_redirect_uris: [...client.redirectUris, ...siteRedirectUris(protocol)],
    pocket_post_logout_redirect_uris: client.postLogoutRedirectUris,
    pocket_pkce_required: client.pkceRequired || client.protocol.fapi,
    pocket_pkce_supported: client.pkceSupported,
    pocket_secrets: client.secrets,
    pocket_sign_in_demands: builtInRules.freshSignIn
      ? { requiresReauthentication, maxSessionAgeMinutes }
      : { requiresReauthentication: false, maxSessionAgeMinutes: null },
    pocket_skip_consent: client.skipConsent || protocol.protectedHosts.length > 0,
    pocket_protocol: client.protocol,
    pocket_origin: clientOrigin(client),
    pocket_unused: client.unusedSince !== null,
    pocket_access: { isGroupRestricted: isGroupRestricted && builtInRules.allowedGroups, allowedGroupIds },
    pocket_rules: { isGroupRestricted, allowedGroupIds, requiresReauthentication, maxSessionAgeMinutes },
    pocket_access_token: {
      lifetime: accessTokenMinutes(client) * 60,
      hasOwnLifetime: client.accessTokenDurationMinutes !== null,
    },
    pocket_refresh_token_lifetime: client.refreshTokenDurationMinutes * 60,
  }
}

/** Names of the custom client properties, which the library must be configured with. */
export const extraClientMetadata: readonly (keyof ClientExtras)[] = [
  'pocket_redirect_uris',
  'pocket_post_logout_redirect_uris',
  'pocket_grant_types',
  'pocket_pkce_required',
  'pocket_pkce_supported',
  'pocket_secrets',
  'pocket_sign_in_demands',
  'pocket_skip_consent',
  'pocket_protocol',
  'pocket_origin',
  'pocket_unused',
  'pocket_access',
  'pocket_rules',
  'pocket_access_token',
  'pocket_refresh_token_lifetime',
]

export function policyClient(client: { readonly clientId: string; readonly clientName?: string | undefined }) {
  const { clientId: id, clientName: name = id } = client
  return { id, name, ...extras(client).pocket_rules }
}

export function signInRequirements(client: object): SignInRequirements {
  return extras(client).pocket_sign_in_demands
}

export function extras(client: object): ClientExtras {
  // The cast is safe: the adapter creates every client with `createClientMetadata`.
  return client as ClientExtras
}

/** The client as passed to claim functions; an unknown client has no name and default settings. */
export function claimsClient(
  client: { readonly clientId: string; readonly clientName?: string | undefined } | undefined,
): ClaimsClient {
  if (!client) return { id: '', name: '', redirectUris: [], settings: defaultProtocol }
  const { clientId: id, clientName: name = id } = client
  const { pocket_redirect_uris: redirectUris, pocket_protocol: settings } = extras(client)
  return { id, name, redirectUris, settings }
}
