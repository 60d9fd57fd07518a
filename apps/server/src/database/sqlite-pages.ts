import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { Misconfigured } from '@pocket/core/errors'
import { codeOf, messageOf } from '../logging/failure.ts'

/*
 * The pages of an SQLite database, read from outside: SQLite itself cannot open a database in write-ahead mode without
 * leaving files beside it. See https://www.sqlite.org/fileformat2.html, sections 1 and 4.
 */

const magic = 'SQLite format 3\0'
const headerSize = 100
const logHeaderSize = 32
const frameHeaderSize = 24

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/** The committed pages of a database: those of the file, and in front of them those of its write-ahead log. */
export class SqlitePages implements Disposable {
  readonly pageSize: number
  /** What is left of a page when an extension has taken its share from the end. */
  readonly usableSize: number
  readonly encoding: TextEncoding
  readonly #file: OpenFile
  readonly #log: WriteAheadLog

  /** @throws {Misconfigured} where the file is no SQLite database */
  constructor(path: string) {
    this.#file = new OpenFile(path)
    this.#log = new WriteAheadLog(`${path}-wal`)
    const header = this.#log.page(1) ?? this.#file.read(0, headerSize)
    if (header.toString('latin1', 0, magic.length) !== magic || header.length < headerSize)
      throw new Misconfigured(`The file ${path} is not an SQLite database.`)
    this.pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16)
    this.usableSize = this.pageSize - header.readUInt8(20)
    this.encoding = (['utf-8', 'utf-8', 'utf-16le', 'utf-16be'] as const)[header.readUInt32BE(56)] ?? 'utf-8'
  }

  /** @param number - counted from 1 */
  page(number: number): Buffer {
    const bytes = this.#log.page(number) ?? this.#file.read((number - 1) * this.pageSize, this.pageSize)
    if (bytes.length < this.pageSize) throw new RangeError(`The database has no page ${number}`)
    return bytes
  }

  /** Whether the log was begun anew since: then pages of two points in time may have been mixed. */
  get changed(): boolean {
    return this.#log.changed
  }

  [Symbol.dispose](): void {
    this.#file.close()
    this.#log.close()
  }
}

class WriteAheadLog {
  readonly #file: OpenFile
  readonly #header: Buffer
  readonly #pageSize: number = 0
  /** Page number -> where its latest committed content begins in the log. */
  readonly #committed = new Map<number, number>()

  constructor(path: string) {
    this.#file = new OpenFile(path)
    this.#header = this.#file.read(0, logHeaderSize)
    if (this.#header.length < logHeaderSize) return
    const sum = new Checksum(this.#header.readUInt32BE(0) === 0x377f0683)
    sum.add(this.#header.subarray(0, 24))
    if (!sum.equals(this.#header.subarray(24))) return
    this.#pageSize = this.#header.readUInt32BE(8)
    this.#readFrames(sum)
  }

  page(number: number): Buffer | undefined {
    const at = this.#committed.get(number)
    return at === undefined ? undefined : this.#file.read(at, this.#pageSize)
  }

  get changed(): boolean {
    return !this.#file.read(0, logHeaderSize).equals(this.#header)
  }

  close(): void {
    this.#file.close()
  }

  /** A frame counts when its checksum, which goes on from the one before, is right and a commit follows. */
  #readFrames(sum: Checksum): void {
    const uncommitted = new Map<number, number>()
    const size = frameHeaderSize + this.#pageSize
    for (let at = logHeaderSize; ; at += size) {
      const frame = this.#file.read(at, size)
      if (frame.length < size || !frame.subarray(8, 16).equals(this.#header.subarray(16, 24))) return
      sum.add(frame.subarray(0, 8))
      sum.add(frame.subarray(frameHeaderSize))
      if (!sum.equals(frame.subarray(16, 24))) return
      uncommitted.set(frame.readUInt32BE(0), at + frameHeaderSize)
      if (frame.readUInt32BE(4) === 0) continue
      for (const [number, content] of uncommitted) this.#committed.set(number, content)
      uncommitted.clear()
    }
  }
}

/** The running checksum of a write-ahead log (section 4.2 of the format). */
class Checksum {
  readonly #bigEndian: boolean
  #first = 0
  #second = 0

  constructor(bigEndian: boolean) {
    this.#bigEndian = bigEndian
  }

  add(bytes: Buffer): void {
    for (let at = 0; at + 8 <= bytes.length; at += 8) {
      this.#first = (this.#first + this.#word(bytes, at) + this.#second) >>> 0
      this.#second = (this.#second + this.#word(bytes, at + 4) + this.#first) >>> 0
    }
  }

  equals(stored: Buffer): boolean {
    return stored.readUInt32BE(0) === this.#first && stored.readUInt32BE(4) === this.#second
  }

  #word(bytes: Buffer, at: number): number {
    return this.#bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)
  }
}

/** A file that is only read; one that does not exist is empty. */
class OpenFile {
  readonly #descriptor: number | undefined

  constructor(path: string) {
    this.#descriptor = openIfPresent(path)
  }

  /** Fewer bytes than asked for where the file ends. */
  read(position: number, length: number): Buffer {
    const buffer = Buffer.alloc(length)
    if (this.#descriptor === undefined) return buffer.subarray(0, 0)
    let done = 0
    while (done < length) {
      const count = readSync(this.#descriptor, buffer, done, length - done, position + done)
      if (count === 0) break
      done += count
    }
    return buffer.subarray(0, done)
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
  }
}

function openIfPresent(path: string): number | undefined {
  try {
    const descriptor = openSync(path, 'r')
    if (fstatSync(descriptor).isFile()) return descriptor
    closeSync(descriptor)
    throw new Misconfigured(`${path} is not a file.`)
  } catch (cause) {
    if (cause instanceof Misconfigured) throw cause
    if (codeOf(cause) === 'ENOENT') return undefined
    throw new Misconfigured(`${path} cannot be read (${messageOf(cause)}).`, { cause })
  }
}
