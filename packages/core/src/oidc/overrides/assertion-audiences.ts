import type Provider from 'oidc-provider'

export interface AssertionAudiencePorts {
  readonly issuer: string
  /** The origin at which clients reach the back-channel endpoints. */
  readonly internalOrigin?: string | undefined
}

/** Accepts each URL of an endpoint as the audience of client assertions (RFC 7523 §3). */
export function assertionAudienceOverrides(provider: Provider, { issuer, internalOrigin }: AssertionAudiencePorts) {
  const { prototype } = provider.OIDCContext
  const { clientJwtAuthExpectedAudience: expectedAudience } = prototype
  const origins = internalOrigin === undefined ? [] : [new URL(issuer).origin, internalOrigin]
  return {
    'OIDCContext.prototype.clientJwtAuthExpectedAudience'(this: typeof prototype): Set<string> {
      const audiences = expectedAudience.call(this)
      const paths = [...audiences].map((url) => new URL(url).pathname).filter((pathname) => pathname !== '/')
      return new Set([...audiences, ...paths.flatMap((path) => origins.map((origin) => origin + path))])
    },
  }
}
