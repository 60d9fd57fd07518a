import { type Readable, Transform } from 'node:stream'
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { messageOf } from '../../logging/failure.ts'
import { sourceError } from './source-error.ts'

/** Entries of one archive: more than a million pictures are not plausible. */
const maxEntries = 1_000_000

/** The files of a ZIP archive. */
export interface Archive extends AsyncDisposable {
  readonly names: readonly string[]
  has(name: string): boolean
  size(name: string): number
  /** The content, whose checksum is verified at its end. */
  open(name: string): Promise<Readable>
}

/** @throws {ConfigurationError} if it is not a ZIP archive, or a truncated one */
export async function openArchive(path: string): Promise<Archive> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch((cause: unknown) => {
    throw sourceError(`${path} is not a ZIP archive, or it is truncated: ${messageOf(cause)}.`, cause)
  })
  const entries = new Map<string, Entry>()
  try {
    if (zip.entryCount > maxEntries) throw new Error('it has too many files')
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry)
  } catch (cause) {
    zip.close()
    throw sourceError(`The archive ${path} is damaged: ${messageOf(cause)}.`, cause)
  }
  const find = (name: string): Entry => {
    const entry = entries.get(name)
    if (entry === undefined) throw sourceError(`The archive ${path} has no file ${name}.`)
    return entry
  }
  return {
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    size: (name) => find(name).uncompressedSize,
    open: (name) => openVerified(zip, find(name)),
    async [Symbol.asyncDispose]() {
      zip.close()
    },
  }
}

async function openVerified(zip: ZipFile, entry: Entry): Promise<Readable> {
  const damagedError = (cause?: unknown) => sourceError(`The file ${entry.fileName} of the archive is damaged.`, cause)
  const content = await zip.openReadStreamPromise(entry).catch((cause: unknown) => {
    throw damagedError(cause)
  })
  let checksum = 0
  const verified = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      checksum = crc32(chunk, checksum)
      done(null, chunk)
    },
    flush(done) {
      done(checksum === entry.crc32 ? null : damagedError())
    },
  })
  content.on('error', (cause) => verified.destroy(damagedError(cause)))
  return content.pipe(verified)
}
