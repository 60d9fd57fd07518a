import { parse } from 'tldts'

/** Names of private networks, in which nobody can register one (RFC 8375 among them). */
const privateSuffixes = ['.home.arpa', '.internal', '.local']

/**
 * Whether all hosts that the pattern stands for belong to one owner: what follows the last `*` is a domain that somebody
 * registered, with a dot before it, or a name of a private network. `*.example.com` is; `*example.com`, `example.*`,
 * `*.co.uk` and `*.duckdns.org` are not, according to the Public Suffix List.
 */
export function isHostConfined(pattern: string): boolean {
  if (!pattern.includes('*')) return true
  const end = pattern.slice(pattern.lastIndexOf('*') + 1)
  const dot = end.indexOf('.')
  if (dot < 0 || dot === end.length - 1) return false
  const known = end.slice(dot)
  if (privateSuffixes.some((suffix) => known === suffix || known.endsWith(suffix))) return true
  const { domain, isIcann, isPrivate, isIp } = parse(`any${known}`, { allowPrivateDomains: true })
  if (isIp) return false
  if (!isIcann && !isPrivate) return true
  return domain !== null && known.endsWith(`.${domain}`)
}
