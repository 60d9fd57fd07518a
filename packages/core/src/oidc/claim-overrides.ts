import type Provider from 'oidc-provider'
import { protocolClaims } from '../accounts/reserved-claims.ts'
import { ConfigurationError } from '../errors.ts'

/**
 * Releases all claims that `claimsFor` has chosen. By default the library releases only configured claim names, but
 * administrators can change the set of claims at any time.
 */
export function releaseChosenClaims(provider: Provider): void {
  const prototype = provider.Claims.prototype
  const { result } = prototype
  if (typeof result !== 'function')
    throw new ConfigurationError('This version of oidc-provider has no Claims.result: it cannot be used.')
  prototype.result = async function (this: InstanceType<Provider['Claims']> & { readonly available?: unknown }) {
    const available = Object.entries(this.available ?? {})
    const chosen = available.filter(([claim, value]) => !protocolClaims.has(claim) && value !== undefined)
    return { ...Object.fromEntries(chosen), ...(await result.call(this)) }
  }
}
