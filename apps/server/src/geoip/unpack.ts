import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { finished, pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { Parser, type ReadEntry } from 'tar'
import { GeoIpError, maxDatabaseBytes } from './geoip-error.ts'

/** Offset of the magic number in a tar archive (POSIX ustar). */
const magicOffset = 257

/**
 * Extracts the database from a download: from a `.tar.gz`, a `.gz`, or the file itself.
 *
 * @throws {GeoIpError} `not_unpacked`, `too_large`
 */
export async function unpack(from: string, to: string, signal: AbortSignal): Promise<void> {
  const isGzip = (await readStart(from, 2)).equals(Buffer.from([0x1f, 0x8b]))
  if (!isGzip) return rename(from, to)
  try {
    if (await isArchive(from)) await extractDatabase(from, to, signal)
    else await pipeline(decompress(from), createWriteStream(to), { signal })
  } catch (error) {
    if (error instanceof GeoIpError || signal.aborted) throw error
    throw new GeoIpError('not_unpacked', 'The archive is damaged or incomplete.', error)
  }
}

/** Writes only the database; discards all other entries regardless of their names. */
async function extractDatabase(from: string, to: string, signal: AbortSignal): Promise<void> {
  let extraction: Promise<void> | undefined
  const failed = Promise.withResolvers<never>()
  // Prevents an unhandled rejection if it fails before it is awaited.
  failed.promise.catch(() => undefined)
  const parser = new Parser({
    strict: true,
    onReadEntry(entry: ReadEntry) {
      if (extraction !== undefined || entry.type !== 'File' || !entry.path.endsWith('.mmdb')) return void entry.resume()
      const file = createWriteStream(to)
      extraction = finished(file)
      extraction.catch(failed.reject)
      entry.pipe(file)
    },
  })
  parser.on('error', failed.reject)
  const ended = new Promise<void>((resolve) => parser.on('end', resolve))
  for await (const chunk of decompress(from)) {
    signal.throwIfAborted()
    if (!parser.write(chunk))
      await Promise.race([new Promise<void>((resolve) => parser.once('drain', resolve)), failed.promise])
  }
  parser.end()
  await Promise.race([ended, failed.promise])
  if (extraction === undefined) throw new GeoIpError('not_unpacked', 'The archive contains no database (.mmdb).')
  await extraction
}

async function* decompress(path: string): AsyncGenerator<Buffer> {
  let size = 0
  const gunzip = createGunzip()
  const decompression = pipeline(createReadStream(path), gunzip)
  decompression.catch(() => undefined)
  for await (const chunk of gunzip) {
    size += chunk.length
    if (size > maxDatabaseBytes) throw new GeoIpError('too_large', 'The content of the archive is larger than 300 MB.')
    yield chunk
  }
  await decompression
}

async function isArchive(path: string): Promise<boolean> {
  const header = Buffer.alloc(magicOffset + 5)
  let size = 0
  for await (const chunk of decompress(path)) {
    size += chunk.copy(header, size)
    if (size === header.length) break
  }
  return header.subarray(magicOffset).toString('latin1') === 'ustar'
}

async function readStart(path: string, length: number): Promise<Buffer> {
  await using file = await open(path)
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, 0)
  return buffer.subarray(0, bytesRead)
}
