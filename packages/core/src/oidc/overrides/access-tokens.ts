import Provider from 'oidc-provider'
import { ConfigurationError } from '../../errors.ts'
import { extras } from '../client-metadata.ts'
import { type AccessTokenPayload, signLoginAccessToken } from '../login-access-tokens.ts'
import type { ProviderContext } from '../provider-context.ts'
import { readMember } from './members.ts'

type AccessToken = InstanceType<Provider['AccessToken']>

interface TokenValue {
  readonly value: string
  /** Absent if nothing is stored. */
  readonly payload?: AccessTokenPayload
}

const values = new WeakMap<AccessToken, string>()

/** The value of an access token that was issued by this request. */
export function issuedValue(token: AccessToken): string | undefined {
  return values.get(token)
}

/**
 * - Issues JWT access tokens (RFC 9068) to clients that read the token themselves. They are stored like opaque tokens, so that
 *   UserInfo accepts them and they end with their grant. The library's own JWTs are only for resource servers: they are not
 *   stored, and UserInfo rejects them.
 * - Adds the granted OpenID scopes to API access tokens and makes UserInfo accept these tokens, as existing API clients expect
 *   (RFC 8707 leaves both open). By default the library gives such a token only the scopes of the API, UserInfo rejects every
 *   token with an audience, and JWTs are not stored.
 */
export function accessTokenOverrides(provider: Provider, context: ProviderContext) {
  // The cast is safe: the library's types omit this method.
  const getValueAndPayload = readMember(provider, 'AccessToken.prototype.getValueAndPayload') as (
    this: AccessToken,
  ) => Promise<TokenValue>

  const createLoginToken = async (token: AccessToken): Promise<TokenValue> => {
    const created = await getValueAndPayload.call(token)
    const { client } = token
    if (!created.payload || !client || !extras(client).pocket_protocol.jwtAccessTokens) return created
    token.jti = await signLoginAccessToken(token, created.payload, context)
    return { ...created, value: token.jti }
  }

  const createApiToken = async (token: AccessToken): Promise<TokenValue> => {
    const login = getGrantedLogin()
    if (!login) return getValueAndPayload.call(token)
    token.scope = [login.scope, token.scope].filter(Boolean).join(' ')
    if (login.claims) token.claims = login.claims
    const created = await getValueAndPayload.call(token)
    if (created.payload !== undefined) return created
    const stored = toStoredToken(provider, token)
    token.jti = created.value
    const { payload } = await getValueAndPayload.call(stored)
    return { value: created.value, ...(payload && { payload }) }
  }

  return {
    async 'AccessToken.prototype.getValueAndPayload'(this: AccessToken): Promise<TokenValue> {
      const created = await (this.resourceServer ? createApiToken(this) : createLoginToken(this))
      values.set(this, created.value)
      return created
    },
  }
}

/** The opaque form of this token, which the library stores. */
function toStoredToken({ AccessToken }: Provider, token: AccessToken): AccessToken {
  const { client, expiration: expiresIn, accountId, grantId = '', gty = '' } = token
  if (!client) throw new ConfigurationError('An access token was created without a client.')
  const fields = Object.fromEntries(AccessToken.IN_PAYLOAD.map((name) => [name, Reflect.get(token, name)]))
  const stored = new AccessToken({ ...fields, client, expiresIn, accountId, grantId, gty })
  Reflect.set(stored, 'format', 'opaque')
  return stored
}

/** The OpenID scopes and claims granted for this token request, or `undefined` if there are none. */
function getGrantedLogin() {
  const { oidc } = Provider.ctx ?? {}
  if (oidc?.route !== 'token') return undefined
  const { AuthorizationCode, DeviceCode, RefreshToken, Grant } = oidc.entities
  const source = AuthorizationCode ?? DeviceCode ?? RefreshToken
  if (!source || !Grant) return undefined
  const isNarrowed = oidc.params?.grant_type === 'refresh_token' && oidc.params.scope
  const scope = Grant.getOIDCScopeFiltered(isNarrowed ? oidc.requestParamScopes : source.scopes)
  return scope === '' ? undefined : { scope, claims: source.claims }
}
