/** The values of attestation objects and COSE keys. A list of pairs is a map; the caller is responsible for its order. */
export type CborValue = number | string | Uint8Array | CborList | CborMap
export interface CborList {
  readonly list: readonly CborValue[]
}
/** A CBOR map (RFC 8949 §3.1) with numbers or strings as keys. */
export type CborMap = readonly (readonly [key: number | string, value: CborValue])[]

const unsigned = 0
const negative = 1
const bytes = 2
const text = 3
const array = 4
const map = 5

/**
 * Encodes `value` in CBOR with definite lengths and the shortest heads (RFC 8949 §4.2.1), as CTAP2 requires.
 *
 * @example
 * ```ts
 * const attestationObject = encodeCbor([['fmt', 'none']])
 * ```
 */
export function encodeCbor(value: CborValue): Uint8Array {
  if (typeof value === 'number') return value < 0 ? head(negative, -1 - value) : head(unsigned, value)
  if (typeof value === 'string') {
    const content = Buffer.from(value, 'utf8')
    return Buffer.concat([head(text, content.length), content])
  }
  if (value instanceof Uint8Array) return Buffer.concat([head(bytes, value.length), value])
  if ('list' in value) return Buffer.concat([head(array, value.list.length), ...value.list.map(encodeCbor)])
  return Buffer.concat([
    head(map, value.length),
    ...value.flatMap(([key, item]) => [encodeCbor(key), encodeCbor(item)]),
  ])
}

function head(majorType: number, argument: number): Uint8Array {
  if (!Number.isSafeInteger(argument) || argument > 0xffff_ffff) {
    throw new RangeError(`CBOR: ${argument} does not fit the whole numbers up to 32 bits that this encoder knows`)
  }
  const type = majorType << 5
  if (argument < 24) return Uint8Array.of(type | argument)
  if (argument <= 0xff) return Uint8Array.of(type | 24, argument)
  const large = argument > 0xffff
  const encoded = Buffer.alloc(large ? 5 : 3)
  encoded[0] = type | (large ? 26 : 25)
  if (large) encoded.writeUInt32BE(argument, 1)
  else encoded.writeUInt16BE(argument, 1)
  return encoded
}
