import { isHostConfined } from './host-wildcards.ts'
import { matchesPattern, parsePattern } from './redirect-uri-pattern.ts'

/** Why a redirect URI cannot be registered. */
export type RedirectUriProblem = 'invalid' | 'fragment' | 'scheme' | 'wildcard' | 'insecure' | 'too_long'

/** The redirect URI policy of the provider (RFC 6749 §3.1.2). */
export interface RedirectUriPolicy {
  /** Whether plain http redirect URIs may use hosts other than loopback addresses. */
  readonly allowInsecure: boolean
}

/**
 * Maximum characters of a registered redirect URI, and of a requested one that is matched against wildcards: the cost
 * of matching grows with both lengths, and anyone can send requests.
 */
const maxRedirectUriLength = 2000
export const maxRedirectUris = 500

const permissivePolicy: RedirectUriPolicy = { allowInsecure: true }
const dangerousSchemes = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:'])

/**
 * Why this redirect URI cannot be registered (RFC 6749 §3.1.2), or `undefined`. It may contain wildcards
 * (`parsePattern`), but not a `*` that matches every URI.
 */
export function redirectUriProblem(uri: string, { allowInsecure } = permissivePolicy): RedirectUriProblem | undefined {
  if (uri.length > maxRedirectUriLength) return 'too_long'
  if (/^\*+$/.test(uri) || /^[^:/]*\*[^:/]*:/.test(uri)) return 'wildcard'
  const pattern = uri.includes('*') ? parsePattern(uri) : undefined
  if (uri.includes('*') && !pattern) return 'invalid'
  const url = URL.parse(pattern ? `${pattern.scheme}://any${pattern.path}` : uri)
  // A URI that the parser would repair (spaces, backslashes, missing slashes) could never match the URI that a client
  // sends.
  if (!url || /[\s\\<>"^`{|}]/.test(uri)) return 'invalid'
  if (dangerousSchemes.has(url.protocol)) return 'scheme'
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:'
  // A user means host and port by `nas:5001`, but a parser reads a scheme.
  if (!/^[a-z][a-z0-9+.-]*:\//i.test(uri)) return 'invalid'
  if (isWeb && (!/^https?:\/\/[^/]/i.test(uri) || url.username !== '' || url.password !== '')) return 'invalid'
  if (uri.includes('#')) return 'fragment'
  return allowInsecure || !isInsecure(uri) ? undefined : 'insecure'
}

/**
 * Whether a requested redirect URI matches a registered one. It must be identical except for the ASCII case of scheme and
 * host, the slash of a root URL, the port of a loopback address (RFC 8252 §7.3) and registered wildcards. It must not have
 * a fragment.
 */
export function redirectUriAllowed(
  registered: readonly string[],
  requested: string,
  policy = permissivePolicy,
): boolean {
  const url = URL.parse(requested)
  if (!url || requested.includes('#') || dangerousSchemes.has(url.protocol)) return false
  if (!policy.allowInsecure && isInsecure(requested)) return false
  return registered.some((uri) => matchesUri(uri.replace(/#.*$/s, ''), requested))
}

function matchesUri(registered: string, requested: string): boolean {
  if (!registered.includes('*')) return isSameResource(registered, requested)
  const pattern = requested.length > maxRedirectUriLength ? undefined : parsePattern(registered)
  if (!pattern) return false
  const uriWithoutPort = parseLoopback(requested)?.address
  return matchesPattern(pattern, requested) || (uriWithoutPort !== undefined && matchesPattern(pattern, uriWithoutPort))
}

/** `https://host` and `https://host/` identify the same resource (RFC 3986 §6.2.3); other paths must match exactly. */
function isSameResource(registered: string, requested: string): boolean {
  const [left, right] = [registered, replaceBackslashes(requested)].map((uri) =>
    lowerOrigin(parseLoopback(uri)?.address ?? uri).replace(rootUrl, '$1'),
  )
  return left === right
}

/** Scheme and host of a web URI have no case (RFC 3986 §6.2.2.1); letters outside ASCII stay. */
function lowerOrigin(uri: string): string {
  return uri.replace(/^https?:\/\/[^/?#@]*(?=[/?#]|$)/i, (origin) =>
    origin.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()),
  )
}

/** Whether the URI is the root of a web server, with or without a trailing slash. */
export function isRootUrl(uri: string): boolean {
  return rootUrl.test(uri.replace(/\/?$/, '/'))
}

const rootUrl = /^(https?:\/\/[^/?#\\]+)\/$/

/** Browsers treat a backslash in an http URL as a slash. */
function replaceBackslashes(uri: string): string {
  return /^https?:/i.test(uri) ? uri.replaceAll('\\', '/') : uri
}

/** A plain http loopback address without its port. */
function parseLoopback(uri: string): { readonly address: string } | undefined {
  const [, origin, pathAndQuery = ''] =
    /^(http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]))(?::\d{1,5})?([/?].*)?$/is.exec(uri) ?? []
  return origin === undefined ? undefined : { address: `${origin}${pathAndQuery}` }
}

/**
 * Whether an app on the user's device receives the redirect: through a loopback address or a custom scheme (RFC 8252
 * §7). Any app on the device can claim it.
 */
export function isNativeRedirectUri(uri: string): boolean {
  const url = URL.parse(uri)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return true
  return /^(?:(?:.+\.)?localhost\.?|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f.*\])$/.test(url.hostname)
}

function isInsecure(uri: string): boolean {
  return /^http:/i.test(uri) && !parseLoopback(uri.replace(/:\*(?=[/?]|$)/, ''))
}

/**
 * The additional URIs that a registered redirect URI matches: `nothing` if the pattern is invalid and matches nothing
 * (a bare `*` of an import), `other_domains` if anyone can own a matching host, otherwise `subdomains`, `ports` or
 * `paths` of the same owner.
 */
export type WildcardScope = 'nothing' | 'other_domains' | 'subdomains' | 'ports' | 'paths'

/** The scope of a redirect URI with wildcards (RFC 6749 §3.1.2). */
export function wildcardScope(uri: string): WildcardScope | undefined {
  if (!uri.includes('*')) return undefined
  const pattern = redirectUriProblem(uri.replace(/#.*$/s, '')) === undefined ? parsePattern(uri) : undefined
  if (!pattern) return 'nothing'
  if (!isHostConfined(pattern.host)) return 'other_domains'
  if (pattern.host.includes('*')) return 'subdomains'
  return pattern.port.includes('*') ? 'ports' : 'paths'
}

/** The result of correcting a redirect URI that a user entered. */
export interface CorrectedRedirectUri {
  readonly given: string
  readonly corrected: string
}

/**
 * The redirect URI for Synology DSM: its bare origin. Users often paste a browser URL such as
 * `https://nas:5001/#/signin`, which old instructions recommended; but a fragment is not allowed, and DSM always uses
 * the last one of several URIs. A value that is not a web URL is returned unchanged.
 */
export function synologyRedirectUri(input: string): CorrectedRedirectUri {
  const absoluteUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(input) ? input : `https://${input}`
  const url = URL.parse(absoluteUrl)
  if (!url || !(url.protocol === 'https:' || url.protocol === 'http:')) return { given: input, corrected: input }
  return { given: input, corrected: isSameResource(input, url.origin) ? input : url.origin }
}
