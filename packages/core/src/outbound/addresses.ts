import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/** Private hosts and addresses that an administrator allows this server to reach. */
export interface AllowedHosts {
  hasName(hostname: string): boolean
  hasAddress(address: string): boolean
}

/** IANA IPv6 Global Unicast; all other IPv6 ranges have a special purpose. */
const globalIpv6: Network = ipaddr.parseCIDR('2000::/3')
const hostName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i

/**
 * Whether an IP address is public: not private, loopback, link-local, multicast, reserved or an IPv4 address embedded
 * in IPv6 (RFC 6890). `false` for an invalid address.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false
  const parsed = ipaddr.parse(address)
  if (parsed.kind() === 'ipv6' && !parsed.match(...globalIpv6)) return false
  return parsed.range() === 'unicast'
}

/**
 * Whether this is a host name, an IP address or a CIDR range (RFC 4632 §3.1).
 *
 * @example
 * ```ts
 * isHostOrRange('10.0.0.0/8') // true
 * ```
 */
export function isHostOrRange(text: string): boolean {
  return rangeOf(text) !== undefined || isName(text)
}

/** Parses host names, IP addresses and CIDR ranges. @throws {RangeError} naming the first invalid entry */
export function allowedHosts(entries: readonly string[]): AllowedHosts {
  const wrong = entries.find((entry) => !isHostOrRange(entry))
  if (wrong !== undefined) throw new RangeError(`"${wrong}" is no host name, no address and no CIDR range`)
  const ranges = entries.map(rangeOf).filter((range) => range !== undefined)
  const names = new Set(entries.filter(isName).map((name) => name.toLowerCase()))
  return {
    hasName: (hostname) => names.has(hostname.toLowerCase()),
    hasAddress(address) {
      if (isIP(address) === 0) return false
      const parsed = ipaddr.process(address)
      return ranges.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base, bits))
    },
  }
}

/** A host name whose last label is a number is parsed as an IPv4 address (WHATWG URL §3.5). */
function isName(text: string): boolean {
  return hostName.test(text) && !/(^|\.)(\d+|0x[0-9a-f]*)$/i.test(text)
}

function rangeOf(text: string): Network | undefined {
  if (isIP(text) !== 0) {
    const address = ipaddr.process(text)
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  }
  return isIP(text.split('/')[0] ?? '') !== 0 && ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : undefined
}
