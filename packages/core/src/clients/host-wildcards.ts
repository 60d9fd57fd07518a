import { parse } from 'tldts'

/** Suffixes of private networks, where no one can register a public domain (RFC 8375 and others). */
const privateSuffixes = ['.home.arpa', '.internal', '.local']

/**
 * Whether all hosts that match the pattern belong to the same owner: a dot and a registered domain, or a private
 * network suffix, must follow the last `*`. This is true for `*.example.com`, and false for `*example.com`,
 * `example.*`, `*.co.uk` and `*.duckdns.org`, according to the Public Suffix List.
 */
export function isHostConfined(pattern: string): boolean {
  if (!pattern.includes('*')) return true
  const afterWildcard = pattern.slice(pattern.lastIndexOf('*') + 1)
  const dot = afterWildcard.indexOf('.')
  if (dot < 0 || dot === afterWildcard.length - 1) return false
  const hostSuffix = afterWildcard.slice(dot)
  if (privateSuffixes.some((suffix) => hostSuffix === suffix || hostSuffix.endsWith(suffix))) return true
  const { domain, isIcann, isPrivate, isIp } = parse(`any${hostSuffix}`, { allowPrivateDomains: true })
  if (isIp) return false
  if (!isIcann && !isPrivate) return true
  return domain !== null && hostSuffix.endsWith(`.${domain}`)
}

/** Whether many owners have domains below this host name, according to the Public Suffix List. */
export function isPublicSuffix(hostname: string): boolean {
  const { publicSuffix, isIcann, isPrivate } = parse(hostname, { allowPrivateDomains: true })
  return publicSuffix === hostname && (isIcann === true || isPrivate === true)
}
