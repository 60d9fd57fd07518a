import { lengthAt, malformedMessage, tags } from './ber.ts'

/** The bytes of a message, truncated if the message is too large. */
export interface MessageBytes {
  readonly bytes: Buffer
  readonly isComplete: boolean
}

// Enough for the message ID and the entry name, regardless of the rest.
const maxPrefixBytes = 16 * 1024
const minHeaderLength = 2

/** Splits the stream into messages. Keeps only the beginning of a message that exceeds the limit. */
export class MessageSplitter {
  /** The maximum size of a complete message, in bytes. */
  maxMessageBytes: number
  #parts: Buffer[] = []
  #size = 0
  #neededBytes = minHeaderLength
  #bytesToSkip = 0

  constructor(maxMessageBytes: number) {
    this.maxMessageBytes = maxMessageBytes
  }

  /** Whether there are unprocessed bytes. */
  get hasUnprocessedBytes(): boolean {
    return this.#size > 0 || this.#bytesToSkip > 0
  }

  push(chunk: Buffer): void {
    const skipped = Math.min(this.#bytesToSkip, chunk.length)
    this.#bytesToSkip -= skipped
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
    if (this.#size < this.#neededBytes) return undefined
    const buffered = this.#parts.length === 1 && this.#parts[0] ? this.#parts[0] : Buffer.concat(this.#parts)
    this.#parts = [buffered]
    if (buffered[0] !== tags.sequence) throw malformedMessage()
    const length = lengthAt(buffered, 1)
    if (length === undefined) return this.#waitFor(buffered.length + 1)
    const total = length.end + length.value
    const messageLength = total > this.maxMessageBytes ? Math.min(total, maxPrefixBytes) : total
    if (buffered.length < messageLength) return this.#waitFor(messageLength)
    return this.#takeMessage(buffered, messageLength, total)
  }

  #waitFor(byteCount: number): undefined {
    this.#neededBytes = byteCount
    return undefined
  }

  #takeMessage(buffered: Buffer, messageLength: number, total: number): MessageBytes {
    const remaining = buffered.subarray(Math.min(total, buffered.length))
    this.#bytesToSkip = Math.max(0, total - buffered.length)
    this.#parts = remaining.length > 0 ? [remaining] : []
    this.#size = remaining.length
    this.#neededBytes = minHeaderLength
    return { bytes: buffered.subarray(0, messageLength), isComplete: total <= this.maxMessageBytes }
  }
}
