/** The destination after sign-in: a path on this server, or the fallback for any other URL. */
export function sameSitePath(value: unknown, fallback: string): string {
  if (typeof value !== 'string' || !value.startsWith('/')) return fallback
  const base = 'http://base.invalid'
  const url = URL.parse(value, base)
  // Resolving dot segments can leave two leading slashes, which browsers interpret as a host.
  if (url?.origin !== base || url.pathname.startsWith('//')) return fallback
  return `${url.pathname}${url.search}`
}
