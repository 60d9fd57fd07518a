import { isIP } from 'node:net'
import { isPublicSuffix } from './clients/host-wildcards.ts'
import { ConfigurationError } from './errors.ts'

/** The issuer URL and its parts. */
export interface Issuer {
  /** The `iss` value of tokens: origin and path without a trailing slash. */
  readonly id: string
  readonly origin: string
  readonly host: string
  readonly hostname: string
  readonly protocol: string
  /** The base path of this provider without a trailing slash: `''` at the root of the host. */
  readonly path: string
}

/**
 * Parses the issuer (OpenID Connect Discovery §3, RFC 8414 §2): https, or http on localhost, where browsers also
 * support passkeys. An optional path consists of letters, digits, `-` and `_`.
 *
 * @throws {ConfigurationError} for any other URL
 */
export function parseIssuer(issuer: string): Issuer {
  const url = URL.parse(issuer)
  const path = url?.pathname.replace(/\/$/, '') ?? ''
  if (url && isIpAddress(url.hostname))
    throw new ConfigurationError(
      `The issuer "${issuer}" must have a domain name: browsers support no passkeys at an IP address. For development, use http://localhost.`,
    )
  if (!url || url.href.replace(/\/$/, '') !== url.origin + path || !/^(\/[\w-]+)*$/.test(path) || !isSafe(url))
    throw new ConfigurationError(
      `The issuer "${issuer}" must be an https URL, or an http one on localhost, without a query; a path may hold letters, digits, - and _.`,
    )
  const { origin, host, hostname, protocol } = url
  if (isPublicSuffix(hostname))
    throw new ConfigurationError(
      `The issuer "${issuer}" must have its own domain name: browsers support no passkeys at a public suffix.`,
    )
  return { id: origin + path, origin, host, hostname, protocol, path }
}

/** Providers on the same host share the cookies of that host, so each needs its own cookie names. */
export function cookieSuffix(issuerPath: string): string {
  return issuerPath.replaceAll('/', '.')
}

/**
 * Validates additional origins that accept the same passkeys (WebAuthn Level 3 §5.11).
 *
 * @throws {ConfigurationError} for any origin that is not https
 */
export function relatedOrigins(origins: readonly string[]): readonly string[] {
  return origins.map((origin) => {
    const url = URL.parse(origin)
    if (url?.href !== `${url?.origin}/` || url.protocol !== 'https:')
      throw new ConfigurationError(`The related origin "${origin}" must be an https origin without a path.`)
    return url.origin
  })
}

function isIpAddress(hostname: string): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
}

function isSafe({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' || (protocol === 'http:' && (hostname === 'localhost' || hostname.endsWith('.localhost')))
  )
}
