import { isIPv6 } from 'node:net'

/**
 * The network of an IP address: the 64-bit prefix of an IPv6 address, because one household has all addresses of the
 * prefix; an IPv4 address unchanged, also in IPv4-mapped form (RFC 4291 §2.5.5.2).
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const groups = parseIpv6Groups(address)
  const [high = 0, low = 0] = groups.slice(6)
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  return groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')
}

function parseIpv6Groups(address: string): readonly number[] {
  const [plain = ''] = address.split('%')
  const [head = [], tail = []] = plain.split('::').map(parseGroups)
  return [...head, ...Array<number>(Math.max(0, 8 - head.length - tail.length)).fill(0), ...tail]
}

function parseGroups(text: string): readonly number[] {
  return text
    .split(':')
    .filter((group) => group !== '')
    .flatMap((group) => {
      if (!group.includes('.')) return [Number.parseInt(group, 16)]
      const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
      return [a * 256 + b, c * 256 + d]
    })
}
