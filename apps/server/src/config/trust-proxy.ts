import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { TrustProxy } from '@pocket/core'
import ipaddr from 'ipaddr.js'
import { asBoolean, InvalidValueError, type RawValue } from './variable.ts'

type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

const remedy =
  'Write true, false, or addresses, networks and "samenet", separated by commas, such as "10.0.0.0/8, 192.168.1.5".'

export const trustNone: TrustProxy = () => false
const trustAll: TrustProxy = () => true

/**
 * Proxies whose `X-Forwarded-*` headers are trusted. An IPv4 address also matches its IPv4-mapped IPv6 form. `samenet`
 * (a word of PostgreSQL's `pg_hba.conf`) means the networks of this machine's interfaces.
 *
 * @throws {InvalidValueError} naming the part that is neither an IP address, a network nor `samenet`
 */
export function parseTrustProxy({ text }: RawValue): TrustProxy {
  const trustsEveryPeer = asBoolean(text)
  if (trustsEveryPeer !== undefined) return trustsEveryPeer ? trustAll : trustNone
  const parts = text.split(',').map((part) => part.trim())
  const networks = parts
    .filter((part) => part !== '')
    .flatMap((part) => (part === 'samenet' ? ownNetworks() : [parseNetwork(part)]))
  if (networks.length === 0) throw new InvalidValueError(`"${text}" contains no address`, remedy)
  // Separate, because a list would compare an IPv4 address with IPv6 networks such as `::/0` too.
  const trusted = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const [base, bits] of networks) trusted[base.kind()].addSubnet(base.toString(), bits, base.kind())
  return (address) => {
    if (isIP(address) === 0) return false
    const peer = /^[0:]*:ffff:/i.test(address) ? ipaddr.process(address).toString() : address
    const kind = isIP(peer) === 4 ? 'ipv4' : 'ipv6'
    return trusted[kind].check(peer, kind)
  }
}

function parseNetwork(text: string): Network {
  // ipaddr.js parses "10" as 0.0.0.10, which is never intended here.
  if (isIP(text.split('/')[0] ?? '') === 0 || !(isIP(text) !== 0 || ipaddr.isValidCIDR(text)))
    throw new InvalidValueError(`"${text}" is neither an IP address nor a network`, remedy)
  if (text.includes('/')) return unmapNetwork(ipaddr.parseCIDR(text))
  const address = ipaddr.process(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

function ownNetworks(): Network[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return addresses.flatMap(({ cidr }) => (cidr === null ? [] : [unmapNetwork(ipaddr.parseCIDR(cidr))]))
}

/** `::ffff:10.0.0.0/104` equals `10.0.0.0/8`. */
function unmapNetwork([base, bits]: Network): Network {
  if (base.kind() !== 'ipv6' || bits < 96) return [base, bits]
  const address = ipaddr.process(base.toString())
  return address.kind() === 'ipv4' ? [address, bits - 96] : [base, bits]
}
