import { createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import { isJsonObject } from '@pocket/core/internal'
import type { Source } from './source/source.ts'
import { sourceError } from './source/source-error.ts'

/** A private signing key (RFC 7517) with its ID and its algorithm. */
export interface SourceSigningKey {
  readonly kid: string
  readonly alg: string
  readonly jwk: Readonly<Record<string, unknown>>
}

/**
 * Derives Pocket ID's keys from its `ENCRYPTION_KEY` and decrypts the signing key with it.
 *
 * @throws {ConfigurationError} if it is not the key of this source
 */
export async function openSecrets(source: Source, encryptionKey: Buffer) {
  const values = new Map<string, string>()
  for await (const { key, value } of source.rows('kv')) values.set(key, value)
  const encryptedKey = values.get('jwt_private_key.json')
  const keyEncryptionKey = createHmac('sha3-256', encryptionKey)
    .update(`pocketid/${values.get('instance_id') ?? ''}/jwk-kek`)
    .digest()
  const textKey = derive(encryptionKey, 'pocketid/encrypted_string')
  return {
    /** `undefined` if the instance never signed anything. */
    signingKey: encryptedKey === undefined ? undefined : parseSigningKey(decrypt(keyEncryptionKey, encryptedKey)),
    /** The key of the HMAC of refresh tokens. */
    tokenKey: derive(encryptionKey, 'pocketid/fosite_global_secret'),
    /** @throws {ConfigurationError} if it was encrypted with another key */
    decryptText: (encrypted: string): string =>
      encrypted === '' ? '' : decrypt(textKey, encrypted, 'encrypted_string'),
  }
}

/** The secrets of a Pocket ID instance, decrypted with its encryption key. */
export type SourceSecrets = Awaited<ReturnType<typeof openSecrets>>

function derive(encryptionKey: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', encryptionKey, '', use, 32))
}

/** AES-256-GCM of `nonce ‖ ciphertext ‖ tag` in base64. */
function decrypt(key: Buffer, encrypted: string, additionalData = ''): string {
  const sealed = Buffer.from(encrypted, 'base64')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(additionalData))
    decipher.setAuthTag(sealed.subarray(-16))
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw sourceError(
      'The encryption key does not match the source: it is not the ENCRYPTION_KEY of that Pocket ID.',
      cause,
    )
  }
}

function parseSigningKey(text: string): SourceSigningKey {
  const jwk: unknown = JSON.parse(text)
  if (!isJsonObject(jwk) || typeof jwk.kid !== 'string' || typeof jwk.alg !== 'string')
    throw sourceError('The signing key of the source has no kid or no algorithm.')
  return { kid: jwk.kid, alg: jwk.alg, jwk }
}
