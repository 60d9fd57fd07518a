import { isHostConfined } from './host-wildcards.ts'
import { fitsPattern, parsePattern } from './redirect-uri-pattern.ts'

/** Why a redirect URI cannot be registered. */
export type RedirectUriProblem = 'invalid' | 'fragment' | 'scheme' | 'wildcard' | 'insecure' | 'too_long'

/** How an instance decides about redirect URIs (RFC 6749 §3.1.2). */
export interface RedirectUriPolicy {
  /** Whether plain http may lead to other hosts than loopback ones. */
  readonly allowInsecure: boolean
}

/**
 * Characters of a redirect URI, and of a requested one that is compared with wildcards: what a comparison costs grows with
 * both lengths, and requests come from anybody.
 */
const maxRedirectUriLength = 2000
/** How many a client may have of each kind. */
export const maxRedirectUris = 500

const lenient: RedirectUriPolicy = { allowInsecure: true }
const dangerousSchemes = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:'])

/**
 * What stands in the way of registering this redirect URI (RFC 6749 §3.1.2), or `undefined`. It may hold wildcards
 * (`parsePattern`), but no `*` that would let everything in.
 *
 * @example
 * ```ts
 * redirectUriProblem('http://app.example/#fragment') // 'fragment'
 * ```
 */
export function redirectUriProblem(uri: string, { allowInsecure } = lenient): RedirectUriProblem | undefined {
  if (uri.length > maxRedirectUriLength) return 'too_long'
  if (/^\*+$/.test(uri) || /^[^:/]*\*[^:/]*:/.test(uri)) return 'wildcard'
  const pattern = uri.includes('*') ? parsePattern(uri) : undefined
  if (uri.includes('*') && !pattern) return 'invalid'
  const url = URL.parse(pattern ? `${pattern.scheme}://any${pattern.path}` : uri)
  // What a parser would quietly repair (spaces, backslashes, missing slashes) could never match what a client sends.
  if (!url || /[\s\\<>"^`{|}]/.test(uri)) return 'invalid'
  if (dangerousSchemes.has(url.protocol)) return 'scheme'
  const web = url.protocol === 'https:' || url.protocol === 'http:'
  // `nas:5001` is a host and a port to whoever typed it, and a scheme to a parser.
  if (!/^[a-z][a-z0-9+.-]*:\//i.test(uri)) return 'invalid'
  if (web && (!/^https?:\/\/[^/]/i.test(uri) || url.username !== '' || url.password !== '')) return 'invalid'
  if (uri.includes('#')) return 'fragment'
  return allowInsecure || !isInsecure(uri) ? undefined : 'insecure'
}

/**
 * Whether a requested redirect URI is one of the registered ones: exactly, but for the slash of a bare root, the port of a
 * loopback address (RFC 8252 §7.3) and what a registered wildcard stands for. It may have no fragment.
 */
export function redirectUriAllowed(registered: readonly string[], requested: string, policy = lenient): boolean {
  const url = URL.parse(requested)
  if (!url || requested.includes('#') || dangerousSchemes.has(url.protocol)) return false
  if (!policy.allowInsecure && isInsecure(requested)) return false
  return registered.some((uri) => matches(uri.replace(/#.*$/s, ''), requested))
}

function matches(registered: string, requested: string): boolean {
  if (!registered.includes('*')) return sameResource(registered, requested)
  const pattern = requested.length > maxRedirectUriLength ? undefined : parsePattern(registered)
  if (!pattern) return false
  const portless = loopback(requested)?.address
  return fitsPattern(pattern, requested) || (portless !== undefined && fitsPattern(pattern, portless))
}

/** `https://host` and `https://host/` name the same resource (RFC 3986 §6.2.3); no other path is forgiven anything. */
function sameResource(registered: string, requested: string): boolean {
  const [left, right] = [registered, withSlashes(requested)].map((uri) =>
    (loopback(uri)?.address ?? uri).replace(rootSlash, '$1'),
  )
  return left === right
}

/** Whether it names the root of a web server, with its slash or without. */
export function isBareRoot(uri: string): boolean {
  return rootSlash.test(uri.replace(/\/?$/, '/'))
}

const rootSlash = /^(https?:\/\/[^/?#\\]+)\/$/

/** Browsers take a backslash in a web address for a slash. */
function withSlashes(uri: string): string {
  return /^https?:/i.test(uri) ? uri.replaceAll('\\', '/') : uri
}

/** A loopback address of plain http, without its port. */
function loopback(uri: string): { readonly address: string } | undefined {
  const [, start, end = ''] =
    /^(http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]))(?::\d{1,5})?([/?].*)?$/is.exec(uri) ?? []
  return start === undefined ? undefined : { address: `${start}${end}` }
}

/**
 * Whether an application on the person's own device receives what is sent there: at a loopback address, or by a custom
 * scheme (RFC 8252 §7). Any application on the device can ask for it.
 */
export function isNativeRedirectUri(uri: string): boolean {
  const url = URL.parse(uri)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return true
  return /^(?:(?:.+\.)?localhost\.?|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f.*\])$/.test(url.hostname)
}

function isInsecure(uri: string): boolean {
  return /^http:/i.test(uri) && !loopback(uri.replace(/:\*(?=[/?]|$)/, ''))
}

/**
 * What a registered redirect URI lets in beyond itself: `nothing` where it is no usable pattern and matches nothing (a bare
 * `*` of an import), `other_domains` where the hosts may belong to anybody, or else `subdomains`, `ports` or `paths` of one's own.
 */
export type RedirectUriOpening = 'nothing' | 'other_domains' | 'subdomains' | 'ports' | 'paths'

/**
 * How wide a redirect URI with wildcards is open (RFC 6749 §3.1.2).
 *
 * @example
 * ```ts
 * redirectUriOpening('https://*.example.com/callback')
 * ```
 */
export function redirectUriOpening(uri: string): RedirectUriOpening | undefined {
  if (!uri.includes('*')) return undefined
  const pattern = redirectUriProblem(uri.replace(/#.*$/s, '')) === undefined ? parsePattern(uri) : undefined
  if (!pattern) return 'nothing'
  if (!isHostConfined(pattern.host)) return 'other_domains'
  if (pattern.host.includes('*')) return 'subdomains'
  return pattern.port.includes('*') ? 'ports' : 'paths'
}

/** What became of a redirect URI that a person typed or pasted. */
export interface CorrectedRedirectUri {
  readonly given: string
  readonly corrected: string
}

/**
 * The address that Synology DSM has to be given: its bare origin. People paste what their browser shows, such as
 * `https://nas:5001/#/signin`, as old instructions told them to; but a fragment may not be sent, and with several addresses
 * DSM would always use the last. What is no address of a web server comes back as it is.
 *
 * @example
 * ```ts
 * dsmAddress('https://nas:5001/#/signin').corrected // 'https://nas:5001'
 * ```
 */
export function dsmAddress(given: string): CorrectedRedirectUri {
  const complete = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `https://${given}`
  const url = URL.parse(complete)
  if (!url || !(url.protocol === 'https:' || url.protocol === 'http:')) return { given, corrected: given }
  return { given, corrected: sameResource(given, url.origin) ? given : url.origin }
}
