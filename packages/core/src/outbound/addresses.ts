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
const hostNamePattern = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i

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

/** Whether this is a host name, an IP address or a CIDR range (RFC 4632 §3.1). */
export function isHostOrRange(value: string): boolean {
  return parseRange(value) !== undefined || isHostName(value)
}

/** Parses host names, IP addresses and CIDR ranges. @throws {RangeError} naming the first invalid entry */
export function allowedHosts(entries: readonly string[]): AllowedHosts {
  const invalidEntry = entries.find((entry) => !isHostOrRange(entry))
  if (invalidEntry !== undefined) throw new RangeError(`"${invalidEntry}" is not a host name, IP address or CIDR range`)
  const ranges = entries.map(parseRange).filter((range) => range !== undefined)
  const names = new Set(entries.filter(isHostName).map((name) => name.toLowerCase()))
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
function isHostName(value: string): boolean {
  return hostNamePattern.test(value) && !/(^|\.)(\d+|0x[0-9a-f]*)$/i.test(value)
}

function parseRange(value: string): Network | undefined {
  if (isIP(value) !== 0) {
    const address = ipaddr.process(value)
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  }
  return isIP(value.split('/')[0] ?? '') !== 0 && ipaddr.isValidCIDR(value) ? ipaddr.parseCIDR(value) : undefined
}
