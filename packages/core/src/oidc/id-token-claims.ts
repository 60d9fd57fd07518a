import Provider, { type KoaContextWithOIDC } from 'oidc-provider'
import { ConfigurationError } from '../errors.ts'
import { uuid } from '../random.ts'

type IdToken = InstanceType<Provider['IdToken']>
type RefreshToken = InstanceType<Provider['RefreshToken']>

/**
 * Claims that the API contract requires in addition to OpenID Connect Core §2: a unique ID, the token type, and the time of the
 * authorization request (in seconds).
 */
export function ownIdTokenClaims(requestedAt: number) {
  return { jti: uuid(), type: 'id-token', rat: requestedAt }
}

export function addIdTokenClaims(provider: Provider): void {
  const { issue } = provider.IdToken.prototype
  const { save } = provider.RefreshToken.prototype
  if (typeof issue !== 'function' || typeof save !== 'function')
    throw new ConfigurationError('This version of oidc-provider makes ID tokens in another way: it cannot be used.')
  provider.IdToken.prototype.issue = function (this: IdToken, options) {
    const isIdToken = options.use === 'idtoken'
    if (isIdToken)
      for (const [name, value] of Object.entries(ownIdTokenClaims(requestedAt(this.ctx)))) this.set(name, value)
    return issue.call(this, options)
  }
  // Start the rotation chain at the authorization; the library starts it at the code exchange.
  provider.RefreshToken.prototype.save = function (this: RefreshToken, ...more) {
    const { AuthorizationCode, DeviceCode } = Provider.ctx?.oidc?.entities ?? {}
    const { iat } = AuthorizationCode ?? DeviceCode ?? {}
    if (iat !== undefined) this.iiat = iat
    return save.apply(this, more)
  }
}

function requestedAt(ctx: KoaContextWithOIDC | undefined): number {
  const { AuthorizationCode, DeviceCode, RefreshToken } = ctx?.oidc.entities ?? {}
  return AuthorizationCode?.iat ?? DeviceCode?.iat ?? RefreshToken?.iiat ?? Math.floor(Date.now() / 1000)
}
