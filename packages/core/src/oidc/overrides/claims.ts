import type Provider from 'oidc-provider'
import { protocolClaims } from '../../accounts/reserved-claims.ts'
import { ownClaims } from '../id-token-claims.ts'

type Claims = InstanceType<Provider['Claims']> & { readonly available?: Available }

interface Available {
  readonly [name: string]: unknown
  readonly [ownClaims]?: Readonly<Record<string, unknown>>
}

/** Administrators can change the set of claims at any time, but the library releases only configured names. */
export function claimOverrides(provider: Provider) {
  const { result } = provider.Claims.prototype
  return {
    async 'Claims.prototype.result'(this: Claims) {
      const { [ownClaims]: own, ...available }: Available = this.available ?? {}
      const chosen = Object.entries(available).filter(
        ([claim, value]) => !protocolClaims.has(claim) && value !== undefined,
      )
      return { ...Object.fromEntries(chosen), ...(await result.call(this)), ...own }
    },
  }
}
