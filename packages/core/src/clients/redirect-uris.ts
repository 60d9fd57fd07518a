/** Why a redirect URI cannot be registered. */
export type RedirectUriProblem = 'invalid' | 'fragment' | 'scheme'

const dangerousSchemes = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:'])

/** What stands in the way of registering this redirect URI (RFC 6749 §3.1.2), or `undefined`. */
export function redirectUriProblem(uri: string): RedirectUriProblem | undefined {
  const url = URL.parse(uri)
  // What a parser would quietly repair (spaces, backslashes, missing slashes) could never match what a client sends.
  if (!url || /[\s\\<>"^`{|}*]/.test(uri)) return 'invalid'
  if (dangerousSchemes.has(url.protocol)) return 'scheme'
  const web = url.protocol === 'https:' || url.protocol === 'http:'
  // `nas:5001` is a host and a port to whoever typed it, and a scheme to a parser.
  if (!/^[a-z][a-z0-9+.-]*:\//i.test(uri)) return 'invalid'
  if (web && (!/^https?:\/\/[^/]/i.test(uri) || url.username !== '' || url.password !== '')) return 'invalid'
  if (uri.includes('#')) return 'fragment'
  return undefined
}

/** Whether a requested redirect URI is one of the registered ones: exactly, but for the slash of a bare root. */
export function redirectUriAllowed(registered: readonly string[], requested: string): boolean {
  return registered.includes(requested) || registered.some((uri) => sameRoot(uri, requested))
}

/** `https://host` and `https://host/` name the same resource (RFC 3986 §6.2.3); no other path is forgiven anything. */
function sameRoot(left: string, right: string): boolean {
  return left.replace(rootSlash, '$1') === right.replace(rootSlash, '$1')
}

const rootSlash = /^(https?:\/\/[^/?#\\]+)\/$/

/** What became of a redirect URI that a person typed or pasted. */
export interface CorrectedRedirectUri {
  readonly given: string
  readonly corrected: string
}

/**
 * The address that Synology DSM has to be given: its bare origin. People paste what their browser shows, such as
 * `https://nas:5001/#/signin`, as old instructions told them to; but a fragment may not be sent, and with several addresses
 * DSM would always use the last. What is no address of a web server comes back as it is.
 */
export function dsmAddress(given: string): CorrectedRedirectUri {
  const complete = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `https://${given}`
  const url = URL.parse(complete)
  if (!url || !(url.protocol === 'https:' || url.protocol === 'http:')) return { given, corrected: given }
  return { given, corrected: sameRoot(given, url.origin) ? given : url.origin }
}
