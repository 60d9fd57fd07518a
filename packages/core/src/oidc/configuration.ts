import type { Adapter, Configuration } from 'oidc-provider'
import type { AccountStore } from '../accounts/account-store.ts'
import { claimsByScope, supportedScopes } from '../accounts/claims.ts'
import type { ApiAccessReader } from '../apis/access.ts'
import type { Clock } from '../clock.ts'
import type { ConsentStore } from '../consents/consent-store.ts'
import type { PublicFetch } from '../outbound/public-fetch.ts'
import { createFindAccount } from './accounts.ts'
import { extraClientMetadata, extras } from './client-metadata.ts'
import { createGrantLoader } from './grants.ts'
import { introspectionPolicy } from './introspection.ts'
import type { SigningKey } from './keys.ts'
import type { ProtocolPages } from './pages.ts'
import { protocolRoutes } from './paths.ts'
import { createPolicy } from './policy.ts'
import { resourceIndicators } from './resources.ts'

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** How long things live, in seconds; a client's tokens live as long as it says. */
const lifetimes = {
  AccessToken: accessTokenLifetime,
  AuthorizationCode: 10 * minute,
  ClientCredentials: accessTokenLifetime,
  // A grant outlives every refresh token that may be rotated under it.
  Grant: 400 * day,
  IdToken: hour,
  // An interaction is open for an hour (`interactions/interaction.ts`); for a day more it can say how to start again.
  Interaction: 25 * hour,
  PushedAuthorizationRequest: 90,
  RefreshToken: (_ctx, _token, client) => extras(client).pocket_refresh_token_lifetime,
} as const satisfies Configuration['ttl']

function accessTokenLifetime(_ctx: unknown, _token: unknown, client: object): number {
  return extras(client).pocket_access_token_lifetime
}

export interface ConfigurationPorts {
  readonly adapter: (model: string) => Adapter
  readonly accounts: AccountStore
  readonly consents: ConsentStore
  readonly apiAccess: ApiAccessReader
  readonly clock: Clock
  readonly keys: readonly SigningKey[]
  readonly cookieKeys: readonly string[]
  /** Whether cookies are for https alone. */
  readonly secure: boolean
  /** Seconds. */
  readonly sessionLifetime: number
  readonly pages: ProtocolPages
  readonly fetch: PublicFetch
}

/** The names of the cookies; the session's is the one that tools for this API look for. */
export function cookieNames(secure: boolean) {
  return {
    session: secure ? '__Host-access_token' : 'access_token',
    interaction: secure ? '__Secure-interaction' : 'interaction',
    resume: secure ? '__Secure-resume' : 'resume',
  }
}

/** Everything that oidc-provider is told. */
export function providerConfiguration(ports: ConfigurationPorts): Configuration {
  const { accounts, secure, pages } = ports
  const cookie = { signed: true, httpOnly: true, sameSite: 'lax', secure } as const
  return {
    adapter: ports.adapter,
    findAccount: createFindAccount(accounts),
    loadExistingGrant: createGrantLoader(ports.consents),
    jwks: { keys: [...ports.keys] },
    claims: { ...claimsByScope },
    scopes: [...supportedScopes],
    acrValues: ['phr', '0'],
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
    enabledJWA: signingAlgorithms,
    extraClientMetadata: { properties: [...extraClientMetadata] },
    pkce: { required: (_ctx, client) => extras(client).pocket_pkce_required },
    clientBasedCORS: () => true,
    routes: protocolRoutes,
    cookies: {
      keys: [...ports.cookieKeys],
      names: cookieNames(secure),
      long: { ...cookie, path: '/' },
      short: cookie,
    },
    interactions: { policy: createPolicy(ports.clock), url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    ttl: { ...lifetimes, Session: ports.sessionLifetime },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => false,
    rotateRefreshToken: true,
    renderError: pages.renderError,
    fetch: outboundFetch(ports.fetch),
    features: {
      backchannelLogout: { enabled: true },
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: introspectionPolicy(ports) },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      pushedAuthorizationRequests: { enabled: true },
      jwtIntrospection: { enabled: true },
      resourceIndicators: resourceIndicators(ports.apiAccess),
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: pages.logoutSource,
        postLogoutSuccessSource: pages.postLogoutSuccessSource,
      },
      userinfo: { enabled: true },
    },
    discovery: { prompt_values_supported: ['none', 'login', 'consent', 'select_account'] },
  }
}

/** RS256 alone, until a client can choose another; never an algorithm whose key is a client's secret. */
const signingAlgorithms: NonNullable<Configuration['enabledJWA']> = {
  idTokenSigningAlgValues: ['RS256'],
  // HS256 only as the key of a client's own assertions, for a client that asks for it.
  clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256'],
  introspectionSigningAlgValues: ['RS256'],
}

/** The library's dispatcher refuses private addresses, allowed ones too; the guarded fetch has one of its own. */
function outboundFetch(fetch: PublicFetch): NonNullable<Configuration['fetch']> {
  return async (url, init = {}) => {
    const { method = 'GET', headers, body, signal, redirect = 'follow' } = init
    const isPlain = body === undefined || body === null || typeof body === 'string' || body instanceof URLSearchParams
    if (!isPlain || url instanceof Request) throw new TypeError('An outgoing request is an address and a text.')
    return fetch(url, {
      method,
      redirect,
      ...(headers !== undefined && { headers }),
      ...(body !== undefined && { body }),
      ...(signal !== undefined && { signal }),
    })
  }
}
