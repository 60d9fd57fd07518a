import { isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Whether this is a CIDR range of IPv6 that is not IPv4-mapped. */
export function isIPv6Range(text: string): boolean {
  const [address = ''] = text.split('/')
  return isIPv6(address) && ipaddr.IPv6.isValidCIDR(text) && ipaddr.process(address).kind() === 'ipv6'
}
