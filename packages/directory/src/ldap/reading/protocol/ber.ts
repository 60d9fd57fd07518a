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
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** The tag of the next value; `undefined` at the end. */
  get tag(): number | undefined {
    return this.#bytes[this.#at]
  }

  /** The content of the next value, which must have this tag. Not copied. */
  octets(tag: number = tags.octets): Buffer {
    const [start, end] = this.#bounds(tag)
    if (end > this.#bytes.length) throw malformed()
    this.#at = end
    return this.#bytes.subarray(start, end)
  }

  text(tag: number = tags.octets): string {
    return this.octets(tag).toString('utf8')
  }

  /** An INTEGER or ENUMERATED of at most four bytes. */
  integer(tag: number = tags.integer): number {
    const octets = this.octets(tag)
    if (octets.length === 0 || octets.length > 4) throw malformed()
    return octets.readIntBE(0, octets.length)
  }

  into(tag: number): Ber {
    return new Ber(this.octets(tag))
  }

  /** Like {@link into}, for a value that may be truncated. */
  intoHead(tag: number): Ber {
    const [start, end] = this.#bounds(tag)
    return new Ber(this.#bytes.subarray(start, end))
  }

  skip(): void {
    this.octets(this.#bytes[this.#at] ?? tags.octets)
  }

  #bounds(tag: number): readonly [start: number, end: number] {
    if (this.#bytes[this.#at] !== tag) throw malformed()
    const length = lengthAt(this.#bytes, this.#at + 1)
    if (length === undefined) throw malformed()
    return [length.end, length.end + length.value]
  }
}

/**
 * Reads the length at this position and where it ends; `undefined` if bytes are missing.
 *
 * @throws LdapError `ldap_not_ldap` for lengths that LDAP forbids: indefinite or longer than four bytes.
 */
export function lengthAt(bytes: Buffer, at: number): { readonly value: number; readonly end: number } | undefined {
  const first = bytes[at]
  if (first === undefined) return undefined
  if (first < 0x80) return { value: first, end: at + 1 }
  const count = first & 0x7f
  if (count === 0 || count > 4) throw malformed()
  if (at + 1 + count > bytes.length) return undefined
  return { value: bytes.readUIntBE(at + 1, count), end: at + 1 + count }
}

export function malformed(): LdapError {
  return new LdapError('ldap_not_ldap')
}
