/**
 * The return URL of a sign-in, as a path of this origin; `/` for any other value, so that a link cannot send a user who just
 * signed in to another site.
 */
export function toReturnPath(value: unknown, origin: string): string {
  const url = typeof value === 'string' ? URL.parse(value, origin) : null
  // A path that begins with two slashes would name another host.
  if (url?.origin !== origin || url.pathname.startsWith('//')) return '/'
  return url.pathname + url.search + url.hash
}
