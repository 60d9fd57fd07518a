import { createCipheriv, randomBytes, scrypt } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGunzip } from 'node:zlib'
import { ConfigurationError } from '@pocket/core/errors'
import { Decrypter, Encrypter, type Recipient, Stanza } from 'age-encryption'
import { ArchiveError } from '../database/staged-database.ts'
import { messageOf } from '../logging/failure.ts'
import { PocketIdArchiveError } from './pocket-id-archive.ts'

const minPassphraseLength = 12

export type Encryption = { readonly passphrase: string } | { readonly recipients: readonly string[] }

/** How an archive is encrypted, for the audit log. */
export function encryptionName(encryption: Encryption | undefined): 'none' | 'passphrase' | 'recipient' {
  if (encryption === undefined) return 'none'
  return 'passphrase' in encryption ? 'passphrase' : 'recipient'
}

export interface DecryptionSecrets {
  /** Called only if the archive is encrypted with a passphrase. */
  readonly passphrase: () => Promise<string>
  /** Age identities: `AGE-SECRET-KEY-1…`. */
  readonly identities: readonly string[]
}

/** @throws {ConfigurationError} if a recipient is invalid or the passphrase is too short */
export function createEncrypter(encryption: Encryption): Encrypter {
  const encrypter = new Encrypter()
  if ('passphrase' in encryption) {
    if ([...encryption.passphrase].length < minPassphraseLength)
      throw new ConfigurationError(`The passphrase needs at least ${minPassphraseLength} characters.`)
    encrypter.addRecipient(passphraseRecipient(encryption.passphrase))
    return encrypter
  }
  for (const recipient of encryption.recipients) {
    try {
      encrypter.addRecipient(recipient)
    } catch (cause) {
      throw new ConfigurationError(`"${recipient}" is not an age recipient (age1…): ${messageOf(cause)}`, { cause })
    }
  }
  return encrypter
}

export async function encrypt(content: Readable, encrypter: Encrypter): Promise<Readable> {
  // Casts, since the stream types of Node and of the browser differ only in name.
  const encrypted = await encrypter.encrypt(Readable.toWeb(content) as ReadableStream<Uint8Array>)
  return Readable.fromWeb(encrypted as Parameters<typeof Readable.fromWeb>[0])
}

const ageMagic = 'age-encryption.org/v1\n'
const zipMagic = 'PK'
const gzipMagic = '\x1f\x8b'

/**
 * Decrypts and decompresses an archive.
 *
 * @throws {ArchiveError} if it is not an archive, or if no secret fits
 */
export async function openArchive(
  input: AsyncIterable<Buffer>,
  secrets: DecryptionSecrets,
): Promise<AsyncGenerator<Buffer>> {
  const { start, content } = await peek(input, 200)
  if (start.startsWith(zipMagic)) throw new PocketIdArchiveError()
  if (start.startsWith(gzipMagic)) return decompress(content)
  if (!start.startsWith(ageMagic)) throw new ArchiveError('This is not an archive of Pocket.')
  const decrypter = new Decrypter()
  if (start.includes('\n-> scrypt ')) decrypter.addPassphrase(await secrets.passphrase())
  else if (secrets.identities.length === 0)
    throw new ArchiveError(
      'The archive is encrypted to a recipient: name the file with its identity (--identity-file).',
    )
  for (const identity of secrets.identities) {
    try {
      decrypter.addIdentity(identity)
    } catch {
      throw new ConfigurationError('The identity file contains a line that is not an age identity (AGE-SECRET-KEY-1…).')
    }
  }
  try {
    const decrypted = await decrypter.decrypt(Readable.toWeb(content) as ReadableStream<Uint8Array>)
    return decompress(Readable.fromWeb(decrypted as Parameters<typeof Readable.fromWeb>[0]))
  } catch (cause) {
    throw new ArchiveError(
      'The archive cannot be decrypted: the passphrase or the identity is wrong, or it is damaged.',
      {
        cause,
      },
    )
  }
}

async function* decompress(content: Readable): AsyncGenerator<Buffer> {
  const gunzip = createGunzip()
  const decompression = pipeline(content, gunzip)
  // Awaited below; an error that comes earlier also ends the loop.
  decompression.catch(() => undefined)
  try {
    for await (const chunk of gunzip) yield chunk
    await decompression
  } catch (cause) {
    throw new ArchiveError('The archive is truncated, altered or damaged.', { cause })
  }
}

async function peek(input: AsyncIterable<Buffer>, length: number) {
  const chunks = input[Symbol.asyncIterator]()
  let start = Buffer.alloc(0)
  while (start.length < length) {
    const { done, value } = await chunks.next()
    if (done) break
    start = Buffer.concat([start, value])
  }
  async function* all() {
    yield start
    yield* { [Symbol.asyncIterator]: () => chunks }
  }
  return { start: start.subarray(0, length).toString('latin1'), content: Readable.from(all(), { objectMode: false }) }
}

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt)
/** The default of age: 256 MiB and about a second. */
const logN = 18

/**
 * The scrypt recipient of age (https://age-encryption.org/v1). The library derives the key in JavaScript, which would block
 * the server for seconds.
 */
function passphraseRecipient(passphrase: string): Recipient {
  return {
    async wrapFileKey(fileKey) {
      const salt = randomBytes(16)
      const labelAndSalt = Buffer.concat([Buffer.from('age-encryption.org/v1/scrypt'), salt])
      const N = 2 ** logN
      const key = await derive(passphrase, labelAndSalt, 32, { N, r: 8, p: 1, maxmem: 2 * 128 * N * 8 })
      const cipher = createCipheriv('chacha20-poly1305', key, Buffer.alloc(12), { authTagLength: 16 })
      const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()])
      return [new Stanza(['scrypt', salt.toString('base64').replaceAll('=', ''), String(logN)], new Uint8Array(body))]
    },
  }
}
