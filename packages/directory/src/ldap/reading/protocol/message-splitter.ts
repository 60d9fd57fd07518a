import { lengthAt, malformed, tags } from './ber.ts'

/** The bytes of a message, truncated if the message is too large. */
export interface MessageBytes {
  readonly bytes: Buffer
  readonly isWhole: boolean
}

// Enough for the message ID and the entry name, regardless of the rest.
const headBytes = 16 * 1024
const minHeaderLength = 2

/** Splits the stream into messages. Keeps only the beginning of a message that exceeds the limit. */
export class MessageSplitter {
  /** The maximum size of a complete message, in bytes. */
  largest: number
  #parts: Buffer[] = []
  #size = 0
  #needed = minHeaderLength
  #toSkip = 0

  constructor(largest: number) {
    this.largest = largest
  }

  /** Whether there are unprocessed bytes. */
  get hasMore(): boolean {
    return this.#size > 0 || this.#toSkip > 0
  }

  push(chunk: Buffer): void {
    const skipped = Math.min(this.#toSkip, chunk.length)
    this.#toSkip -= skipped
    if (skipped === chunk.length) return
    this.#parts.push(chunk.subarray(skipped))
    this.#size += chunk.length - skipped
  }

  /**
   * The next message; `undefined` if it is incomplete.
   *
   * @throws LdapError `ldap_not_ldap` if the data is not LDAP.
   */
  shift(): MessageBytes | undefined {
    if (this.#size < this.#needed) return undefined
    const all = this.#parts.length === 1 && this.#parts[0] ? this.#parts[0] : Buffer.concat(this.#parts)
    this.#parts = [all]
    if (all[0] !== tags.sequence) throw malformed()
    const length = lengthAt(all, 1)
    if (length === undefined) return this.#wait(all.length + 1)
    const total = length.end + length.value
    const wanted = total > this.largest ? Math.min(total, headBytes) : total
    if (all.length < wanted) return this.#wait(wanted)
    return this.#take(all, wanted, total)
  }

  #wait(needed: number): undefined {
    this.#needed = needed
    return undefined
  }

  #take(all: Buffer, wanted: number, total: number): MessageBytes {
    const rest = all.subarray(Math.min(total, all.length))
    this.#toSkip = Math.max(0, total - all.length)
    this.#parts = rest.length > 0 ? [rest] : []
    this.#size = rest.length
    this.#needed = minHeaderLength
    return { bytes: all.subarray(0, wanted), isWhole: total <= this.largest }
  }
}
