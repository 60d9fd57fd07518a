/** Where to go after signing in: a path on this server, or the fallback for anything that would lead elsewhere. */
export function sameSitePath(value: unknown, fallback: string): string {
  if (typeof value !== 'string' || !value.startsWith('/')) return fallback
  const base = 'http://base.invalid'
  const url = URL.parse(value, base)
  // Two slashes may be left at the front when dots are resolved, and a browser takes what follows them for a host.
  if (url?.origin !== base || url.pathname.startsWith('//')) return fallback
  return `${url.pathname}${url.search}`
}
