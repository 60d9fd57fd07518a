import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { ArchiveEnd } from './archive-format.ts'
import { createEncrypter, type Encryption, encrypt } from './encryption.ts'
import { type ArchiveSource, writeArchive } from './write-archive.ts'

export interface ExportTarget {
  readonly encryption: Encryption | undefined
  readonly output: NodeJS.WritableStream
  readonly signal?: AbortSignal | undefined
}

/** Writes an archive, optionally encrypted. */
export async function exportArchive(
  source: Omit<ArchiveSource, 'onEnd'>,
  { encryption, output, signal }: ExportTarget,
): Promise<ArchiveEnd> {
  const encrypter = encryption && createEncrypter(encryption)
  let end: ArchiveEnd | undefined
  const lines = Readable.from(writeArchive({ ...source, onEnd: (written) => (end = written) }), { objectMode: false })
  const compressed = createGzip()
  const compression = pipeline(lines, compressed)
  // Awaited below; an error that comes earlier also ends the pipeline to the output.
  compression.catch(() => undefined)
  const content = encrypter ? await encrypt(compressed, encrypter) : compressed
  await pipeline(content, output, signal ? { signal } : {})
  await compression
  if (end === undefined) throw new Error('The archive is incomplete')
  return end
}
