import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { ConfigurationError } from '../errors.ts'

type AccessToken = InstanceType<Provider['AccessToken']>
type IdToken = InstanceType<Provider['IdToken']>

/**
 * Adds `at_hash` (OpenID Connect Core §3.1.3.6) to ID tokens of the token endpoint. oidc-provider omits it, but some clients
 * check it.
 */
export function hashAccessTokens(provider: Provider): void {
  const values = new WeakMap<object, string>()
  const { save } = provider.AccessToken.prototype
  const { issue } = provider.IdToken.prototype
  if (typeof save !== 'function' || typeof issue !== 'function')
    throw new ConfigurationError('This version of oidc-provider makes tokens in another way: it cannot be used.')
  provider.AccessToken.prototype.save = async function (this: AccessToken, ...more) {
    const value = await save.apply(this, more)
    values.set(this, value)
    return value
  }
  provider.IdToken.prototype.issue = function (this: IdToken, options) {
    // Undefined if the token is issued outside a request.
    const ctx: KoaContextWithOIDC | undefined = this.ctx
    const beside = ctx?.oidc.route === 'token' && options.use === 'idtoken' ? ctx.oidc.entities.AccessToken : undefined
    const value = beside && values.get(beside)
    if (value !== undefined) this.set('at_hash', value)
    return issue.call(this, options)
  }
}
