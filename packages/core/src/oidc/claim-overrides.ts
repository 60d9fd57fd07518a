import type Provider from 'oidc-provider'
import { protocolClaims } from '../accounts/reserved-claims.ts'
import { Misconfigured } from '../errors.ts'

/**
 * The library tells only claims whose names it was configured with. Which ones there are, administrators decide at any
 * time; `claimsFor` has chosen them already when the account was asked, so all of them are told.
 */
export function releaseChosenClaims(provider: Provider): void {
  const prototype = provider.Claims.prototype
  const { result } = prototype
  if (typeof result !== 'function')
    throw new Misconfigured('This version of oidc-provider has no Claims.result: it cannot be used.')
  prototype.result = async function (this: InstanceType<Provider['Claims']> & { readonly available?: unknown }) {
    const available = Object.entries(this.available ?? {})
    const chosen = available.filter(([claim, value]) => !protocolClaims.has(claim) && value !== undefined)
    return { ...Object.fromEntries(chosen), ...(await result.call(this)) }
  }
}
