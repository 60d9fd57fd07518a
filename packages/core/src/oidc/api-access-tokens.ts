import Provider, { type AdapterPayload } from 'oidc-provider'
import { ConfigurationError } from '../errors.ts'

type AccessToken = InstanceType<Provider['AccessToken']>

/** The result of the library method `getValueAndPayload`, which its types omit. */
interface Made {
  readonly value: string
  /** Absent if nothing is stored. */
  readonly payload?: object
}

/**
 * Adds the granted OpenID scopes to API access tokens and makes UserInfo accept these tokens, as existing API clients expect
 * (RFC 8707 leaves both open). By default the library gives such a token only the scopes of the API, UserInfo rejects every
 * token with an audience, and JWTs are not stored.
 */
export function mergeLoginScopes(provider: Provider): void {
  const { prototype } = provider.AccessToken
  const make: unknown = Reflect.get(prototype, 'getValueAndPayload')
  if (typeof make !== 'function')
    throw new ConfigurationError('This version of oidc-provider makes access tokens in another way: it cannot be used.')
  Object.defineProperty(prototype, 'getValueAndPayload', {
    configurable: true,
    writable: true,
    async value(this: AccessToken): Promise<Made> {
      const login = this.resourceServer && loginHere()
      if (!login) return make.call(this)
      this.scope = [login.scope, this.scope].filter(Boolean).join(' ')
      if (login.claims) this.claims = login.claims
      const made: Made = await make.call(this)
      if (made.payload !== undefined) return made
      const stored = storedForm(provider, this)
      this.jti = made.value
      const { payload }: Made = await make.call(stored)
      return { value: made.value, ...(payload && { payload }) }
    },
  })
}

/** Removes the audience of an API token for UserInfo requests, because the audience is the API. */
export function withoutAudience(payload: AdapterPayload | undefined): AdapterPayload | undefined {
  if (Provider.ctx?.oidc?.route !== 'userinfo' || !payload?.scope?.split(' ').includes('openid')) return payload
  const { aud: _, ...rest } = payload
  return rest
}

/** The opaque form of this token, which the library stores. */
function storedForm({ AccessToken }: Provider, token: AccessToken): AccessToken {
  const { client, expiration: expiresIn, accountId, grantId = '', gty = '' } = token
  if (!client) throw new ConfigurationError('An access token was made without a client.')
  const fields = Object.fromEntries(AccessToken.IN_PAYLOAD.map((name) => [name, Reflect.get(token, name)]))
  const stored = new AccessToken({ ...fields, client, expiresIn, accountId, grantId, gty })
  Reflect.set(stored, 'format', 'opaque')
  return stored
}

/** The OpenID scopes and claims granted for this token request, or `undefined` if there are none. */
function loginHere() {
  const { oidc } = Provider.ctx ?? {}
  if (oidc?.route !== 'token') return undefined
  const { AuthorizationCode, DeviceCode, RefreshToken, Grant } = oidc.entities
  const source = AuthorizationCode ?? DeviceCode ?? RefreshToken
  if (!source || !Grant) return undefined
  const isNarrowed = oidc.params?.grant_type === 'refresh_token' && oidc.params.scope
  const scope = Grant.getOIDCScopeFiltered(isNarrowed ? oidc.requestParamScopes : source.scopes)
  return scope === '' ? undefined : { scope, claims: source.claims }
}
