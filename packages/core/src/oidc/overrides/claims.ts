import type Provider from 'oidc-provider'
import { protocolClaims } from '../../accounts/reserved-claims.ts'
import { internalClaims } from '../id-token-claims.ts'

type Claims = InstanceType<Provider['Claims']> & { readonly available?: AvailableClaims }

interface AvailableClaims {
  readonly [name: string]: unknown
  readonly [internalClaims]?: Readonly<Record<string, unknown>>
}

/** Administrators can change the set of claims at any time, but the library releases only configured names. */
export function claimOverrides(provider: Provider) {
  const { result } = provider.Claims.prototype
  return {
    async 'Claims.prototype.result'(this: Claims) {
      const { [internalClaims]: internal, ...available }: AvailableClaims = this.available ?? {}
      const entries = Object.entries(available).filter(
        ([claim, value]) => !protocolClaims.has(claim) && value !== undefined,
      )
      return { ...Object.fromEntries(entries), ...(await result.call(this)), ...internal }
    },
  }
}
