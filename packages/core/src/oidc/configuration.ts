import type { ClientMetadata, Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { claimsByScope, supportedScopes } from '../accounts/claims.ts'
import { accessTokenMinutes } from '../clients/client.ts'
import type { ClientStore } from '../clients/client-store.ts'
import type { PublicFetch } from '../outbound/public-fetch.ts'
import { acrValues } from '../sessions/session.ts'
import { addClientSubject, customizeAccessTokens } from './access-token-claims.ts'
import { createFindAccount } from './accounts.ts'
import { enabledAlgorithms } from './algorithms.ts'
import { richAuthorizationRequests } from './authorization-details.ts'
import { carriedUrl } from './carried-interactions.ts'
import { assertOwnAssertion } from './client-authentication/own-assertions.ts'
import { extraClientMetadata, extras } from './client-metadata.ts'
import { deviceFlow, deviceVerificationPath } from './device-codes.ts'
import { assertFapiAssertion, assertFapiRequestObject, fapiProfile, rotateRefreshToken } from './fapi.ts'
import { createGrantLoader } from './grants.ts'
import { authorizedAt } from './id-token-claims.ts'
import { introspectionPolicy } from './introspection.ts'
import { libraryPairwiseIdentifier } from './pairwise.ts'
import { protocolRoutes } from './paths.ts'
import { createPolicy } from './policy.ts'
import type { ProviderContext } from './provider-context.ts'
import { registrationFeatures } from './registration/features.ts'
import { extraParams } from './requested-claims.ts'
import { resourceIndicators, validateBeforeRotation } from './resources.ts'
import { responseTypes } from './response-types.ts'

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** Seconds. */
export const idTokenLifetime = hour

const confidentialMethods = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
] as const

/** The maximum lifetime of a token signed now, in milliseconds. */
export async function maxTokenLifetime(clients: Pick<ClientStore, 'list'>): Promise<number> {
  const minutes = (await clients.list()).map(accessTokenMinutes)
  return Math.max(idTokenLifetime, ...minutes.map((duration) => duration * minute)) * 1000
}

/** Lifetimes in seconds; clients configure the lifetimes of their own tokens. */
const lifetimes = {
  AccessToken: accessTokenLifetime,
  AuthorizationCode: authorizationCodeLifetime,
  ClientCredentials: accessTokenLifetime,
  DeviceCode: 15 * minute,
  // A grant must outlive every refresh token that is rotated under it.
  Grant: 400 * day,
  IdToken: idTokenLifetime,
  // An interaction is valid for an hour (`interactions/interaction.ts`) and is kept one more day to offer a restart.
  Interaction: 25 * hour,
  // The library itself limits pushed requests to one minute.
  RefreshToken: refreshTokenLifetime,
  // The stored session lives as long as `overrides/session-writes.ts` specifies.
  Session: hour,
} as const satisfies Configuration['ttl']

function accessTokenLifetime(_ctx: unknown, { resourceServer }: ApiResource, client: object): number {
  return resourceServer?.accessTokenTTL ?? extras(client).pocket_access_token.lifetime
}

interface ApiResource {
  readonly resourceServer?: { readonly accessTokenTTL?: number | undefined } | undefined
}

/** FAPI 2.0 Security Profile §5.3.2.2: at most one minute. */
function authorizationCodeLifetime(_ctx: unknown, _code: unknown, client: object): number {
  return extras(client).pocket_protocol.fapi ? minute : 10 * minute
}

/** A sliding lifetime, limited by an absolute lifetime that starts with the first token of the rotation chain. */
function refreshTokenLifetime(ctx: KoaContextWithOIDC, token: { totalLifetime(): number }, client: object): number {
  const { pocket_refresh_token_lifetime: sliding, pocket_protocol: protocol } = extras(client)
  const { refreshTokenAbsoluteLifetimeMinutes: maxMinutes } = protocol
  if (maxMinutes === null) return sliding
  const start = authorizedAt(ctx.oidc.entities)
  const age = start === undefined ? token.totalLifetime() : Math.floor(Date.now() / 1000) - start
  return Math.max(1, Math.min(sliding, maxMinutes * minute - age))
}

/** The cookie names; existing API tools expect the session cookie under this name. */
function cookieNames({ secure, cookieName }: Pick<ProviderContext, 'secure' | 'cookieName'>) {
  return {
    session: `${secure ? '__Host-' : ''}${cookieName('access_token')}`,
    interaction: `${secure ? '__Secure-' : ''}${cookieName('interaction')}`,
    resume: `${secure ? '__Secure-' : ''}${cookieName('resume')}`,
  }
}

export function providerConfiguration(context: ProviderContext): Configuration {
  const { issuer, secure, pages } = context
  const cookie = { signed: true, httpOnly: true, sameSite: 'lax', secure } as const
  const indicators = resourceIndicators(context.apiAccess)
  return {
    adapter: context.adapter,
    findAccount: createFindAccount(context),
    loadExistingGrant: createGrantLoader(context),
    jwks: { keys: context.externalKeys.length > 0 ? [...context.externalKeys] : [...context.keys] },
    claims: { ...claimsByScope },
    scopes: [...supportedScopes],
    acrValues: [...acrValues],
    conformIdTokenClaims: false,
    extraParams,
    extraTokenClaims: addClientSubject,
    formats: { customizers: { jwt: customizeAccessTokens } },
    responseTypes: [...responseTypes(context.allowImplicit)],
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: libraryPairwiseIdentifier(context.pairwise),
    // Validated when a client is saved (`clients/sector.ts`), because the library would check its placeholder redirect URIs.
    sectorIdentifierUriValidate: () => false,
    clientAuthMethods: [...confidentialMethods, 'none'],
    assertJwtClientAuthClaimsAndHeader: assertOwnAssertion(assertFapiAssertion, Date.now),
    enabledJWA: enabledAlgorithms,
    extraClientMetadata: { properties: [...extraClientMetadata], validator: stripInternalMetadata },
    pkce: { required: (_ctx, client) => extras(client).pocket_pkce_required },
    clientBasedCORS: () => true,
    routes: { ...protocolRoutes, code_verification: deviceVerificationPath },
    cookies: {
      keys: context.cookieSignatures,
      names: cookieNames(context),
      // Not signed: the value cannot be guessed, and existing API clients keep only this cookie, without its signature.
      long: { ...cookie, signed: false, path: '/' },
      short: cookie,
    },
    interactions: {
      policy: createPolicy(context),
      url: (_ctx, interaction) => carriedUrl(`${issuer.path}/interaction/${interaction.uid}`),
    },
    ttl: lifetimes,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => false,
    // By default, revoking an access token keeps the grant, so tokens issued concurrently would remain valid.
    revokeGrantPolicy: async () => true,
    rotateRefreshToken: validateBeforeRotation(indicators, rotateRefreshToken),
    renderError: pages.renderError,
    fetch: outboundFetch(context.fetch),
    features: {
      backchannelLogout: { enabled: true },
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      clientCredentials: { enabled: true },
      deviceFlow,
      introspection: { enabled: true, allowedPolicy: introspectionPolicy(context) },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      pushedAuthorizationRequests: { enabled: true },
      jwtIntrospection: { enabled: true },
      resourceIndicators: indicators,
      richAuthorizationRequests: richAuthorizationRequests(context.authorizationDetailsTypes, context.hookTimeout),
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: pages.logoutSource,
        postLogoutSuccessSource: pages.postLogoutSuccessSource,
      },
      ...registrationFeatures(context.registrar),
      userinfo: { enabled: true },
      jwtUserinfo: { enabled: true },
      jwtResponseModes: { enabled: true },
      encryption: { enabled: true },
      ...(context.externalKeys.length > 0 && {
        externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      }),
      requestObjects: { enabled: true, assertJwtClaimsAndHeader: assertFapiRequestObject },
      dPoP: { enabled: true, nonceSecret: context.nonceSecret },
      fapi: { enabled: true, profile: fapiProfile },
    },
    discovery: {
      require_pushed_authorization_requests: false,
      introspection_endpoint_auth_methods_supported: [...confidentialMethods, 'Bearer'],
      ...(context.languages.length > 0 && { ui_locales_supported: [...context.languages] }),
    },
  }
}

/** The library's dispatcher rejects private addresses, even permitted ones; the guarded fetch uses its own. */
function outboundFetch(fetch: PublicFetch): NonNullable<Configuration['fetch']> {
  return async (url, init = {}) => {
    const { method = 'GET', headers, body, signal, redirect = 'follow' } = init
    const isPlain = body === undefined || body === null || typeof body === 'string' || body instanceof URLSearchParams
    if (!isPlain || url instanceof Request) throw new TypeError('An outgoing request must have a URL and a text body.')
    return fetch(url, {
      method,
      redirect,
      ...(headers !== undefined && { headers }),
      ...(body !== undefined && { body }),
      ...(signal !== undefined && { signal }),
    })
  }
}

const scopeSet = new Set<string>(supportedScopes)

/**
 * Removes metadata that a registering client may not set: our own properties and unknown scopes (RFC 7591 §2). Only
 * registration requests have a `ctx`.
 */
function stripInternalMetadata(ctx: unknown, key: string, _value: unknown, metadata: ClientMetadata): void {
  if (ctx === undefined) return
  Reflect.deleteProperty(metadata, key)
  if (typeof metadata.scope !== 'string') return
  const supported = metadata.scope.split(' ').filter((scope) => scopeSet.has(scope))
  if (supported.length > 0) metadata.scope = supported.join(' ')
  else Reflect.deleteProperty(metadata, 'scope')
}
