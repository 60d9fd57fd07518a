import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { lan, type Place, tailscale } from './location.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** The IPv6 prefix of all tailnets; their IPv4 addresses are in the shared address space (RFC 6598). */
const tailnet = ipaddr.IPv6.parseCIDR('fd7a:115c:a1e0::/48')
/** By their names in ipaddr.js: RFC 1918, RFC 4193, loopback and link-local addresses. */
const own: ReadonlySet<string> = new Set(['private', 'loopback', 'linkLocal', 'uniqueLocal'])

/** Normalizes an IP address: unmaps IPv4-mapped IPv6 and removes the zone; `undefined` if it is invalid. */
export function plainAddress(text: string | null): Address | undefined {
  const [address = ''] = (text ?? '').split('%')
  return isIP(address) === 0 ? undefined : ipaddr.process(address)
}

/**
 * Classifies IP addresses that belong to internal networks.
 *
 * @param localIpv6Ranges - CIDR ranges that are internal although they look public
 */
export function createInternalNetworks(localIpv6Ranges: readonly string[]): (address: Address) => Place | undefined {
  const local = localIpv6Ranges.map((range) => ipaddr.IPv6.parseCIDR(range))
  return (address) => {
    const range: string = address.range()
    if (address instanceof ipaddr.IPv4)
      return range === 'carrierGradeNat' ? tailscale : own.has(range) ? lan : undefined
    if (local.some((each) => address.match(each))) return lan
    if (address.match(tailnet)) return tailscale
    return own.has(range) ? lan : undefined
  }
}
