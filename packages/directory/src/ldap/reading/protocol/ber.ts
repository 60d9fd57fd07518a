import { LdapError } from '../ldap-error.ts'

/** Tags of BER that LDAP uses (RFC 4511 §5.1). */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  enumerated: 0x0a,
  sequence: 0x30,
  set: 0x31,
} as const

/**
 * Parses untrusted BER: checks every length against the available bytes, and every read makes progress or throws.
 *
 * @throws LdapError `ldap_not_ldap`
 */
export class Ber {
  readonly #bytes: Buffer
  #offset = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#offset >= this.#bytes.length
  }

  /** The tag of the next value; `undefined` at the end. */
  get tag(): number | undefined {
    return this.#bytes[this.#offset]
  }

  /** The content of the next value, which must have this tag. Not copied. */
  octets(tag: number = tags.octets): Buffer {
    const [start, end] = this.#bounds(tag)
    if (end > this.#bytes.length) throw malformedMessage()
    this.#offset = end
    return this.#bytes.subarray(start, end)
  }

  text(tag: number = tags.octets): string {
    return this.octets(tag).toString('utf8')
  }

  /** An INTEGER or ENUMERATED of at most four bytes. */
  integer(tag: number = tags.integer): number {
    const octets = this.octets(tag)
    if (octets.length === 0 || octets.length > 4) throw malformedMessage()
    return octets.readIntBE(0, octets.length)
  }

  readNested(tag: number): Ber {
    return new Ber(this.octets(tag))
  }

  /** Like {@link readNested}, for a value that may be truncated. */
  readNestedPrefix(tag: number): Ber {
    const [start, end] = this.#bounds(tag)
    return new Ber(this.#bytes.subarray(start, end))
  }

  skip(): void {
    this.octets(this.#bytes[this.#offset] ?? tags.octets)
  }

  #bounds(tag: number): readonly [start: number, end: number] {
    if (this.#bytes[this.#offset] !== tag) throw malformedMessage()
    const length = lengthAt(this.#bytes, this.#offset + 1)
    if (length === undefined) throw malformedMessage()
    return [length.end, length.end + length.value]
  }
}

/**
 * Reads the length at this position and where it ends; `undefined` if bytes are missing.
 *
 * @throws LdapError `ldap_not_ldap` for lengths that LDAP forbids: indefinite or longer than four bytes.
 */
export function lengthAt(bytes: Buffer, offset: number): { readonly value: number; readonly end: number } | undefined {
  const firstByte = bytes[offset]
  if (firstByte === undefined) return undefined
  if (firstByte < 0x80) return { value: firstByte, end: offset + 1 }
  const count = firstByte & 0x7f
  if (count === 0 || count > 4) throw malformedMessage()
  if (offset + 1 + count > bytes.length) return undefined
  return { value: bytes.readUIntBE(offset + 1, count), end: offset + 1 + count }
}

export function malformedMessage(): LdapError {
  return new LdapError('ldap_not_ldap')
}
