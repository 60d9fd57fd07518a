import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'

/** Bytes. */
const saltLength = 12
const nonceLength = 12
const tagLength = 16
const algorithm = 'aes-256-gcm'

/**
 * AES-256-GCM with a separate key for each value, derived from a random salt: a single key with random nonces would be
 * limited to 2^32 values (NIST SP 800-38D §8.3), and anyone can request an unlimited number of sealed values.
 *
 * @param key - 32 bytes
 */
export function createSealer(key: Buffer) {
  // Node takes several times as long for keys that are buffers.
  const secretKey = createSecretKey(key)
  const deriveKey = (salt: Buffer): KeyObject => createSecretKey(createHmac('sha256', secretKey).update(salt).digest())
  return {
    /** @param context - the purpose of the value; it is authenticated but not included in the result */
    seal(plain: string | Buffer, context: string): Buffer {
      const header = randomBytes(saltLength + nonceLength)
      const cipher = createCipheriv(algorithm, deriveKey(header.subarray(0, saltLength)), header.subarray(saltLength))
      cipher.setAAD(Buffer.from(context))
      return Buffer.concat([header, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    },

    /** `undefined` if the value was sealed with another key or for another context, or was modified. */
    open(sealed: Buffer, context: string): Buffer | undefined {
      const headerLength = saltLength + nonceLength
      if (sealed.length < headerLength + tagLength) return undefined
      const nonce = sealed.subarray(saltLength, headerLength)
      const decipher = createDecipheriv(algorithm, deriveKey(sealed.subarray(0, saltLength)), nonce, {
        authTagLength: tagLength,
      })
      decipher.setAAD(Buffer.from(context))
      decipher.setAuthTag(sealed.subarray(-tagLength))
      const plain = decipher.update(sealed.subarray(headerLength, -tagLength))
      try {
        return Buffer.concat([plain, decipher.final()])
      } catch {
        return undefined
      }
    },
  }
}

export type Sealer = ReturnType<typeof createSealer>
