import Provider, { type AdapterPayload } from 'oidc-provider'
import { Misconfigured } from '../errors.ts'

type AccessToken = InstanceType<Provider['AccessToken']>

/** What the library's token has beside its types. */
interface Made {
  readonly value: string
  /** Absent where nothing is stored. */
  readonly payload?: object
}

/**
 * The access token of a login that names an API says what was allowed of the person too, and UserInfo takes it, as programs
 * for the contract expect (RFC 8707 leaves both to us). The library keeps the two apart: its token for an API has the
 * API's scopes alone, UserInfo refuses whatever has an audience, and a JWT is not stored.
 */
export function mergeLoginScopes(provider: Provider): void {
  const { prototype } = provider.AccessToken
  const make: unknown = Reflect.get(prototype, 'getValueAndPayload')
  if (typeof make !== 'function')
    throw new Misconfigured('This version of oidc-provider makes access tokens in another way: it cannot be used.')
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

/** What the library is given of such a token: for UserInfo it has no audience, which is the API's. */
export function withoutAudience(payload: AdapterPayload | undefined): AdapterPayload | undefined {
  if (Provider.ctx?.oidc?.route !== 'userinfo' || !payload?.scope?.split(' ').includes('openid')) return payload
  const { aud: _, ...rest } = payload
  return rest
}

/** The same token as the library stores one that is opaque. */
function storedForm({ AccessToken }: Provider, token: AccessToken): AccessToken {
  const { client, expiration: expiresIn, accountId, grantId = '', gty = '' } = token
  if (!client) throw new Misconfigured('An access token was made without a client.')
  const fields = Object.fromEntries(AccessToken.IN_PAYLOAD.map((name) => [name, Reflect.get(token, name)]))
  const stored = new AccessToken({ ...fields, client, expiresIn, accountId, grantId, gty })
  Reflect.set(stored, 'format', 'opaque')
  return stored
}

/** What the person has allowed to be told, of what this request of a token is for; `undefined` where that is nothing. */
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
