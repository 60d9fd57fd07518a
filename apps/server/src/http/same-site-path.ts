/** Where to go after signing in: a path on this server, or the fallback for anything that would lead elsewhere. */
export function sameSitePath(value: unknown, fallback: string): string {
  if (typeof value !== 'string' || !value.startsWith('/')) return fallback
  const base = 'http://base.invalid'
  const url = URL.parse(value, base)
  return url?.origin === base ? `${url.pathname}${url.search}` : fallback
}
