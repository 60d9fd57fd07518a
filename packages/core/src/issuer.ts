import { Misconfigured } from './errors.ts'

/**
 * The issuer as a URL (OpenID Connect Discovery §3): an https origin, or an http one on localhost, where browsers offer
 * passkeys as well.
 *
 * @throws {Misconfigured} for anything else
 */
export function issuerUrl(issuer: string): URL {
  const url = URL.parse(issuer)
  if (!url || url.href !== `${url.origin}/` || !(url.protocol === 'https:' || isLocal(url)))
    throw new Misconfigured(
      `The issuer "${issuer}" must be an https origin without a path, or an http one on localhost.`,
    )
  return url
}

/**
 * Further origins at which the same passkeys work (WebAuthn Level 3 §5.11).
 *
 * @throws {Misconfigured} for anything but an https origin
 */
export function relatedOrigins(origins: readonly string[]): readonly string[] {
  return origins.map((origin) => {
    const url = URL.parse(origin)
    if (url?.href !== `${url?.origin}/` || url.protocol !== 'https:')
      throw new Misconfigured(`The related origin "${origin}" must be an https origin without a path.`)
    return url.origin
  })
}

function isLocal({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && (hostname === 'localhost' || hostname.endsWith('.localhost'))
}
