import { Misconfigured } from './errors.ts'

/** Who this provider is, and where. */
export interface Issuer {
  /** As tokens say it: the origin and the path, without a slash at the end. */
  readonly id: string
  readonly origin: string
  readonly host: string
  readonly hostname: string
  readonly protocol: string
  /** The path below which everything of this provider is, without a slash at the end: `''` for one at the root. */
  readonly path: string
}

/**
 * The issuer (OpenID Connect Discovery §3, RFC 8414 §2): https, or http on localhost, where browsers offer passkeys as well.
 * Its path, if it has one, consists of letters, digits, `-` and `_`.
 *
 * @throws {Misconfigured} for anything else
 */
export function issuerOf(issuer: string): Issuer {
  const url = URL.parse(issuer)
  const path = url?.pathname.replace(/\/$/, '') ?? ''
  if (!url || url.href.replace(/\/$/, '') !== url.origin + path || !/^(\/[\w-]+)*$/.test(path) || !isSafe(url))
    throw new Misconfigured(
      `The issuer "${issuer}" must be an https address, or an http one on localhost, without a query; a path may hold letters, digits, - and _.`,
    )
  const { origin, host, hostname, protocol } = url
  return { id: origin + path, origin, host, hostname, protocol, path }
}

/** Providers at one host see each other's cookies, which have to be there for every page of the host: their names differ. */
export function cookieSuffix(issuerPath: string): string {
  return issuerPath.replaceAll('/', '.')
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

function isSafe({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' || (protocol === 'http:' && (hostname === 'localhost' || hostname.endsWith('.localhost')))
  )
}
