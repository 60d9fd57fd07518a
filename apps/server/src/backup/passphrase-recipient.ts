import { createCipheriv, randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { type Recipient, Stanza } from 'age-encryption'

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt)
/** The default of age: 256 MiB and about a second. */
const logN = 18

/**
 * The scrypt recipient of age (https://age-encryption.org/v1). The library derives the key in JavaScript, which would block
 * the server for seconds.
 */
export function passphraseRecipient(passphrase: string): Recipient {
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
