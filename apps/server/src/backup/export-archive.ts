import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { ArchiveEnd } from './archive-format.ts'
import { createEncrypter, type Encryption, encrypt } from './encryption.ts'
import { type ArchiveSource, writeArchive } from './write-archive.ts'

/** Writes an archive, optionally encrypted. */
export async function exportArchive(
  source: Omit<ArchiveSource, 'onEnd'>,
  { encryption, output }: { readonly encryption: Encryption | undefined; readonly output: NodeJS.WritableStream },
): Promise<ArchiveEnd> {
  const encrypter = encryption && createEncrypter(encryption)
  let end: ArchiveEnd | undefined
  const lines = Readable.from(writeArchive({ ...source, onEnd: (written) => (end = written) }), { objectMode: false })
  const compressed = createGzip()
  const compression = pipeline(lines, compressed)
  compression.catch(() => undefined)
  await pipeline(encrypter ? await encrypt(compressed, encrypter) : compressed, output)
  await compression
  if (end === undefined) throw new Error('The archive has no end')
  return end
}
