import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'

/** The start of a connection, according to the PROXY protocol. */
export type ProxyHeader =
  /** More bytes are needed. */
  | { readonly kind: 'incomplete' }
  /** The bytes are not a header. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'complete'; readonly length: number; readonly source: ProxySource | null }

/** The client of the proxy. */
export interface ProxySource {
  readonly address: string
  readonly port: number
}

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
const textStart = Buffer.from('PROXY ', 'latin1')
/** The longest header of version 1, with its line break. */
const maxTextLength = 107
const binaryHeaderLength = 16

/** Parses the header of version 1 or 2 at the start of these bytes (the PROXY protocol, §2.1 and §2.2). */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  if (hasPrefix(bytes, signature)) return bytes.length < binaryHeaderLength ? incomplete : parseBinary(bytes)
  if (hasPrefix(bytes, textStart)) return parseText(bytes)
  return { kind: 'absent' }
}

const incomplete: ProxyHeader = { kind: 'incomplete' }
const invalid: ProxyHeader = { kind: 'invalid' }

function hasPrefix(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length)
  return bytes.subarray(0, length).equals(start.subarray(0, length))
}

function parseText(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, maxTextLength).indexOf('\r\n')
  if (end < 0) return bytes.length < maxTextLength ? incomplete : invalid
  const length = end + 2
  const [, family, source = '', destination = '', sourcePort = '', destinationPort = '', ...more] = bytes
    .toString('latin1', 0, end)
    .split(' ')
  if (family === 'UNKNOWN') return { kind: 'complete', length, source: null }
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isIPv6 : () => false
  const isValid = [source, destination].every(isAddress) && [sourcePort, destinationPort].every(isPort)
  if (!isValid || more.length > 0) return invalid
  return { kind: 'complete', length, source: { address: source, port: Number(sourcePort) } }
}

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535
}

function parseBinary(bytes: Buffer): ProxyHeader {
  const [versionAndCommand = 0, family = 0] = bytes.subarray(12, 14)
  const length = binaryHeaderLength + bytes.readUInt16BE(14)
  // `0x20` (LOCAL): the proxy itself connects, for a health check. `0x21` (PROXY): for a client.
  if (versionAndCommand !== 0x20 && versionAndCommand !== 0x21) return invalid
  if (bytes.length < length) return incomplete
  const addressLength = { 17: 4, 33: 16 }[family]
  if (versionAndCommand === 0x20 || addressLength === undefined) return { kind: 'complete', length, source: null }
  const addresses = bytes.subarray(binaryHeaderLength, length)
  if (addresses.length < 2 * addressLength + 4) return invalid
  const address = ipaddr.fromByteArray([...addresses.subarray(0, addressLength)]).toString()
  return { kind: 'complete', length, source: { address, port: addresses.readUInt16BE(2 * addressLength) } }
}
