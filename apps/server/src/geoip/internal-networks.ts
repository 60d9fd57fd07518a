import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { lan, type Place, tailscale } from './location.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** The one IPv6 prefix of every tailnet; its IPv4 addresses are those that are kept for carriers (RFC 6598). */
const tailnet = ipaddr.IPv6.parseCIDR('fd7a:115c:a1e0::/48')
/** By their names in ipaddr.js: RFC 1918, RFC 4193, loopback and link-local addresses. */
const own: ReadonlySet<string> = new Set(['private', 'loopback', 'linkLocal', 'uniqueLocal'])

/** An address in its plainest form: IPv4 where it is that inside of IPv6, without a zone; `undefined` where it is none. */
export function plainAddress(text: string | null): Address | undefined {
  const [address = ''] = (text ?? '').split('%')
  return isIP(address) === 0 ? undefined : ipaddr.process(address)
}

/**
 * Says which addresses belong to networks of somebody's own.
 *
 * @param localIpv6Ranges - CIDR ranges whose addresses look public
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
