import Provider from 'oidc-provider'
import { ConfigurationError } from '../../errors.ts'
import { clientSubject } from '../access-token-claims.ts'
import { extras } from '../client-metadata.ts'
import { type AccessTokenPayload, signAccessToken } from '../jwt-access-tokens.ts'
import { getSubject } from '../pairwise.ts'
import type { ProviderContext } from '../provider-context.ts'
import { readMember } from './members.ts'

type AccessToken = InstanceType<Provider['AccessToken']>
type ClientCredentials = InstanceType<Provider['ClientCredentials']>

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
 * - Issues JWT access tokens (RFC 9068) for logins and to clients that act for themselves, depending on the client. The library
 *   issues JWTs only to resource servers.
 * - Stores JWTs like opaque tokens, so that they can be introspected and revoked, end with their grant, and UserInfo accepts
 *   those with OpenID scopes. The library stores no JWT.
 * - Adds the granted OpenID scopes to API access tokens, as existing API clients expect (RFC 8707 leaves it open).
 */
export function accessTokenOverrides(provider: Provider, context: ProviderContext) {
  // The casts are safe: the library's types omit these methods.
  const accessTokenValue = readMember(provider, 'AccessToken.prototype.getValueAndPayload') as (
    this: AccessToken,
  ) => Promise<TokenValue>
  const clientCredentialsValue = readMember(provider, 'ClientCredentials.prototype.getValueAndPayload') as (
    this: ClientCredentials,
  ) => Promise<TokenValue>

  const createLoginToken = async (token: AccessToken): Promise<TokenValue> => {
    const created = await accessTokenValue.call(token)
    const { client } = token
    if (!created.payload || !client || !extras(client).pocket_protocol.jwtAccessTokens) return created
    token.jti = await signAccessToken(
      token,
      created.payload,
      getSubject(context.pairwise, token.accountId, client),
      context,
    )
    return { ...created, value: token.jti }
  }

  const createApiToken = async (token: AccessToken): Promise<TokenValue> => {
    const login = getGrantedLogin()
    if (login) {
      token.scope = [login.scope, token.scope].filter(Boolean).join(' ')
      if (login.claims) token.claims = login.claims
    }
    const created = await accessTokenValue.call(token)
    if (created.payload !== undefined) return created
    const { accountId, grantId = '', gty = '' } = token
    const stored = new provider.AccessToken({ ...storedFields(provider.AccessToken, token), accountId, grantId, gty })
    return storeJwt(token, created.value, await accessTokenValue.call(asOpaque(stored)))
  }

  const createClientToken = async (token: ClientCredentials): Promise<TokenValue> => {
    const created = await clientCredentialsValue.call(token)
    const { client, resourceServer } = token
    if (!created.payload) {
      const stored = new provider.ClientCredentials(storedFields(provider.ClientCredentials, token))
      return storeJwt(token, created.value, await clientCredentialsValue.call(asOpaque(stored)))
    }
    if (resourceServer || !client || extras(client).pocket_protocol.opaqueClientCredentials) return created
    token.jti = await signAccessToken(token, created.payload, clientSubject(client.clientId), context)
    return { ...created, value: token.jti }
  }

  return {
    async 'AccessToken.prototype.getValueAndPayload'(this: AccessToken): Promise<TokenValue> {
      const created = await (this.resourceServer ? createApiToken(this) : createLoginToken(this))
      values.set(this, created.value)
      return created
    },
    async 'ClientCredentials.prototype.getValueAndPayload'(this: ClientCredentials): Promise<TokenValue> {
      return createClientToken(this)
    },
  }
}

/** Makes the library store the opaque form of a JWT under the value of the JWT. */
function storeJwt(token: AccessToken | ClientCredentials, value: string, { payload }: TokenValue): TokenValue {
  token.jti = value
  return { value, ...(payload && { payload }) }
}

function storedFields(
  { IN_PAYLOAD }: { readonly IN_PAYLOAD: readonly string[] },
  token: AccessToken | ClientCredentials,
) {
  const { client, expiration: expiresIn } = token
  if (!client) throw new ConfigurationError('An access token was created without a client.')
  return { ...Object.fromEntries(IN_PAYLOAD.map((name) => [name, Reflect.get(token, name)])), client, expiresIn }
}

function asOpaque<Token extends AccessToken | ClientCredentials>(token: Token): Token {
  Reflect.set(token, 'format', 'opaque')
  return token
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
