import { isIPv6 } from 'node:net'

/**
 * Whom an address stands for: the first 64 bits of one of IPv6, since a household has all that follow; any other as it is,
 * also where it is written as one of IPv6 (RFC 4291 §2.5.5.2).
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [, mapped] = /^(?:0*:)*:?ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? []
  if (mapped !== undefined) return mapped
  const plain = address.split('%')[0]?.replace(/:\d+\.\d+\.\d+\.\d+$/, ':0:0') ?? ''
  const [head = '', tail] = plain.split('::')
  const [first, last] = [head, tail ?? ''].map((part) => part.split(':').filter((group) => group !== ''))
  const gap = tail === undefined ? 0 : 8 - (first?.length ?? 0) - (last?.length ?? 0)
  const groups = [...(first ?? []), ...Array<string>(Math.max(0, gap)).fill('0'), ...(last ?? [])]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
