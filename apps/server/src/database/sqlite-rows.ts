import { TextDecoder } from 'node:util'
import type { SqlitePages } from './sqlite-pages.ts'

/** A value that is kept where its row begins; blobs and fractions are of no interest here. */
export type StoredValue = string | number | null

const leaf = 0x0d
const interior = 0x05
/** Bytes of a whole number by its serial type, 0 to 6. */
const integerSizes = [0, 1, 2, 3, 4, 6, 8]

/**
 * The rows of a table, from the page where it begins. Long values are cut off where they leave their row's page.
 * https://www.sqlite.org/fileformat2.html, sections 1.6 and 2.1.
 */
export function* rowsOf(pages: SqlitePages, rootPage: number): Generator<readonly StoredValue[]> {
  const seen = new Set<number>()
  const ahead = [rootPage]
  for (let number = ahead.pop(); number !== undefined; number = ahead.pop()) {
    if (seen.has(number)) throw new RangeError(`Page ${number} of the database is its own descendant`)
    seen.add(number)
    const page = pages.page(number)
    const start = number === 1 ? 100 : 0
    const kind = page.readUInt8(start)
    const cells = cellsOf(page, start + (kind === interior ? 12 : 8), page.readUInt16BE(start + 3))
    if (kind === interior) ahead.push(page.readUInt32BE(start + 8), ...cells.map((at) => page.readUInt32BE(at)))
    else if (kind === leaf) for (const at of cells) yield readRow(page, at, pages)
    else throw new RangeError(`Page ${number} of the database belongs to no table`)
  }
}

function cellsOf(page: Buffer, pointers: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => page.readUInt16BE(pointers + 2 * index))
}

function readRow(page: Buffer, at: number, { usableSize, encoding }: SqlitePages): readonly StoredValue[] {
  const [size, afterSize] = varint(page, at)
  const [, start] = varint(page, afterSize)
  const record = page.subarray(start, start + localSize(size, usableSize))
  const decoder = new TextDecoder(encoding)
  const [headerSize, firstType] = varint(record, 0)
  const values: StoredValue[] = []
  let type = firstType
  let value = headerSize
  while (type < headerSize) {
    const [serial, next] = varint(record, type)
    const length = serial < 12 ? (integerSizes[serial] ?? (serial === 7 ? 8 : 0)) : Math.floor((serial - 12) / 2)
    values.push(decode(record.subarray(value, value + length), serial, decoder))
    type = next
    value += length
  }
  return values
}

function decode(bytes: Buffer, serial: number, decoder: TextDecoder): StoredValue {
  if (serial >= 13 && serial % 2 === 1) return decoder.decode(bytes)
  if (serial === 8 || serial === 9) return serial - 8
  const size = integerSizes[serial]
  if (!size || bytes.length < size) return null
  return size === 8 ? Number(bytes.readBigInt64BE()) : bytes.readIntBE(0, size)
}

/** How much of a row stands on its page; the rest is elsewhere. */
function localSize(size: number, usableSize: number): number {
  if (size <= usableSize - 35) return size
  const least = Math.floor(((usableSize - 12) * 32) / 255) - 23
  const fitting = least + ((size - least) % (usableSize - 4))
  return fitting <= usableSize - 35 ? fitting : least
}

/** A number of one to nine bytes, and where the next thing begins. */
function varint(bytes: Buffer, at: number): readonly [value: number, next: number] {
  let value = 0
  for (let index = 0; index < 8; index++) {
    const byte = bytes.readUInt8(at + index)
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return [value, at + index + 1]
  }
  return [value * 256 + bytes.readUInt8(at + 8), at + 9]
}
