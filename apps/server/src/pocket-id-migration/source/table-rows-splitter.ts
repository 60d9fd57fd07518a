import { isJsonObject } from '@pocket/core/internal'
import { sourceError } from './source-error.ts'

/** Bytes of one row; the longest hold the request of a token. */
const maxRowBytes = 16 * 1024 * 1024
/** Bytes of everything outside the rows. */
const maxEnvelopeBytes = 64 * 1024

const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
/** The depth of a row in `{ tables: { users: [ {…} ] } }`. */
const rowDepth = 3

/**
 * Splits `database.json` into the rows of its tables, so that memory does not grow with the export. Rows are cut out by counting
 * brackets; what remains is a small document that `JSON.parse` validates, like each row.
 */
export class TableRowsSplitter {
  /** The length of the envelope at the first row of the table. */
  #tableAt = -1
  #depth = 0
  #isInText = false
  #isEscaped = false
  #isInRow = false
  #row: Buffer[] = []
  #rowBytes = 0
  #envelope = ''
  /** The table whose rows are being read. */
  #table = ''

  /** The document without its rows. @throws {ConfigurationError} if it is not JSON */
  end(): Readonly<Record<string, unknown>> {
    try {
      const envelope = JSON.parse(this.#envelope)
      if (isJsonObject(envelope)) return envelope
    } catch (cause) {
      throw damagedError(cause)
    }
    throw damagedError()
  }

  /** Yields the rows that end in this part of the document. */
  *split(chunk: Buffer): Iterable<{ readonly table: string; readonly json: string }> {
    let start = 0
    for (let position = 0; position < chunk.length; position++) {
      const byte = chunk[position]
      if (this.#isInText) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (byte === backslash) this.#isEscaped = true
        else if (byte === quote) this.#isInText = false
      } else if (byte === quote) this.#isInText = true
      else if (byte === openBrace || byte === openBracket) {
        if (byte === openBrace && this.#depth === rowDepth && this.#startsRow(chunk.subarray(start, position))) {
          start = position
          this.#isInRow = true
        }
        this.#depth++
      } else if (byte === closeBrace || byte === closeBracket) {
        this.#depth--
        if (this.#isInRow && this.#depth === rowDepth) {
          this.#keepRow(chunk.subarray(start, position + 1))
          start = position + 1
          yield { table: this.#table, json: Buffer.concat(this.#row).toString('utf8') }
          this.#isInRow = false
          this.#row = []
          this.#rowBytes = 0
        }
      }
    }
    if (this.#isInRow) this.#keepRow(chunk.subarray(start))
    else this.#keepEnvelope(chunk.subarray(start))
  }

  /** Whether the text before a brace ends the name of a table and the bracket of its rows, or a comma between two rows. */
  #startsRow(before: Buffer): boolean {
    this.#keepEnvelope(before)
    if (this.#envelope.length === this.#tableAt) return true
    const path = /"tables"\s*:\s*\{[^{}]*"([a-z0-9_]+)"\s*:\s*\[[\s,]*$/.exec(this.#envelope)
    if (path?.[1] === undefined) return false
    this.#table = path[1]
    this.#tableAt = this.#envelope.length
    return true
  }

  #keepRow(part: Buffer): void {
    this.#rowBytes += part.length
    if (this.#rowBytes > maxRowBytes) throw damagedError()
    // A copy, since the stream reuses the chunk.
    this.#row.push(Buffer.from(part))
  }

  #keepEnvelope(part: Buffer): void {
    // Commas between rows are dropped, so that memory does not grow with the number of rows.
    const text = part.toString('latin1')
    if (/^[\s,]*$/.test(text) && /\[\s*$/.test(this.#envelope)) return
    this.#envelope += text
    if (this.#envelope.length > maxEnvelopeBytes) throw damagedError()
  }
}

function damagedError(cause?: unknown): Error {
  return sourceError('The file database.json of the archive is damaged.', cause)
}
