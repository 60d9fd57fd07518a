import type Provider from 'oidc-provider'
import type { ProviderContext } from '../provider-context.ts'

/** Accepts each URL of an endpoint as the audience of client assertions (RFC 7523 §3). */
export function assertionAudienceOverrides(provider: Provider, { issuer, internalOrigin }: ProviderContext) {
  const { prototype } = provider.OIDCContext
  const { clientJwtAuthExpectedAudience: expectedAudience } = prototype
  const origins = internalOrigin === undefined ? [] : [issuer.origin, internalOrigin]
  return {
    'OIDCContext.prototype.clientJwtAuthExpectedAudience'(this: typeof prototype): Set<string> {
      const audiences = expectedAudience.call(this)
      const paths = [...audiences].map((url) => new URL(url).pathname).filter((pathname) => pathname !== '/')
      return new Set([...audiences, ...paths.flatMap((path) => origins.map((origin) => origin + path))])
    },
  }
}
