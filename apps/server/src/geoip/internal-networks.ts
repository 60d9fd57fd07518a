import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { type Location, lan, tailscale } from './location.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** The IPv6 prefix of all tailnets; their IPv4 addresses are in the shared address space (RFC 6598). */
const tailnet = ipaddr.IPv6.parseCIDR('fd7a:115c:a1e0::/48')
/** By their names in ipaddr.js: RFC 1918, RFC 4193, loopback and link-local addresses. */
const internalRanges: ReadonlySet<string> = new Set(['private', 'loopback', 'linkLocal', 'uniqueLocal'])

/** Normalizes an IP address: unmaps IPv4-mapped IPv6 and removes the zone; `undefined` if it is invalid. */
export function parseAddress(text: string | null): Address | undefined {
  const [address = ''] = (text ?? '').split('%')
  return isIP(address) === 0 ? undefined : ipaddr.process(address)
}

/**
 * Classifies IP addresses that belong to internal networks.
 *
 * @param localIpv6Ranges - CIDR ranges that are internal although they look public
 */
export function createInternalNetworks(localIpv6Ranges: readonly string[]): (address: Address) => Location | undefined {
  const local = localIpv6Ranges.map((range) => ipaddr.IPv6.parseCIDR(range))
  return (address) => {
    const range: string = address.range()
    if (address instanceof ipaddr.IPv4)
      return range === 'carrierGradeNat' ? tailscale : internalRanges.has(range) ? lan : undefined
    if (local.some((localRange) => address.match(localRange))) return lan
    if (address.match(tailnet)) return tailscale
    return internalRanges.has(range) ? lan : undefined
  }
}
