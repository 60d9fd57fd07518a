import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { text as textArgument } from './arguments.ts'
import { ConfigurationError } from './errors.ts'

/** The use that chains the audit log of the server. */
export const auditSealUse = 'audit seal'
/**
 * Keys for these uses must not change when the master key is replaced: clients identify users by pairwise subjects, printed
 * recovery codes stay valid, and earlier batches of the audit log are verified.
 */
export const durableUses = ['pairwise subject', 'recovery code', auditSealUse] as const
/** Uses of stored values that core encrypts with the master key. */
export const encryptionUses = {
  signingKey: 'signing key',
  clientSecret: 'client secret',
  importedToken: 'imported refresh tokens',
} as const

const minBytes = 16
const version = 'v1'

/**
 * The fingerprint of the master key that encrypted a value, or `undefined` if the value is not an encrypted envelope.
 *
 * @example
 * ```ts
 * const fits = fingerprintOf(stored.encryptedJwk) === masterKey.fingerprint
 * ```
 */
export function fingerprintOf(envelope: string): string | undefined {
  const [prefix, fingerprint, ...rest] = envelope.split('.')
  return prefix === version && rest.length === 1 ? fingerprint : undefined
}

/**
 * The secret that protects all other secrets. HKDF-SHA-256 (RFC 5869 §2) derives a separate key for each use, with the
 * name of the use as context, so a value encrypted for one use cannot be decrypted for another.
 *
 * @example
 * ```ts
 * const masterKey = MasterKey.from(await readFile('/run/secrets/master-key'))
 * ```
 */
export class MasterKey {
  /** Identifies the key without revealing it: 16 hexadecimal characters. */
  readonly fingerprint: string
  readonly #bytes: Buffer
  readonly #derived = new Map<string, Buffer>()
  readonly #secretKeys = new Map<string, KeyObject>()

  private constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.fingerprint = this.derive('fingerprint').subarray(0, 8).toString('hex')
  }

  /**
   * @param bytes - at least 16 bytes; text is encoded as UTF-8
   * @throws {ConfigurationError} if it is shorter or of another type
   */
  static from(bytes: Buffer | string): MasterKey {
    if (typeof bytes !== 'string' && !ArrayBuffer.isView(bytes))
      throw new ConfigurationError('The encryption key must be a string or a Buffer.')
    const buffer = Buffer.from(bytes)
    if (buffer.length < minBytes)
      throw new ConfigurationError(`The encryption key has ${buffer.length} bytes; it needs at least ${minBytes}.`)
    return new MasterKey(buffer)
  }

  /** The same key, except that these uses keep the keys that another master key derived. */
  withDerived(keys: ReadonlyMap<string, Buffer>): MasterKey {
    const key = new MasterKey(this.#bytes)
    for (const [use, derived] of keys) key.#derived.set(use, derived)
    return key
  }

  /** Derives 32 bytes for the named use. */
  derive(use: string): Buffer {
    const cached = this.#derived.get(use)
    if (cached) return cached
    const key = Buffer.from(hkdfSync('sha256', this.#bytes, '', `pocket ${use}`, 32))
    this.#derived.set(use, key)
    return key
  }

  /** HMAC-SHA-256 of a string with the key of the named use, base64url. */
  mac(use: string, text: string): string {
    textArgument('text')(text)
    return createHmac('sha256', this.#secretKey(use)).update(text).digest('base64url')
  }

  /**
   * AES-256-GCM with the key of the named use.
   *
   * @returns `v1.<fingerprint>.<base64url of nonce, ciphertext and tag>`
   */
  encrypt(use: string, text: string): string {
    textArgument('text')(text)
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#secretKey(use), nonce)
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return `${version}.${this.fingerprint}.${sealed.toString('base64url')}`
  }

  /** @throws {ConfigurationError} if the value was encrypted with another key or for another use, or was modified */
  decrypt(use: string, envelope: string): string {
    textArgument('envelope')(envelope)
    const expected = fingerprintOf(envelope)
    if (expected !== this.fingerprint)
      throw new ConfigurationError(
        `The encryption key does not match: its fingerprint is ${this.fingerprint}, but the stored value requires ${expected ?? 'an unknown one'}. Use the masterKey with which the stores were filled.`,
      )
    const sealed = Buffer.from(envelope.slice(envelope.lastIndexOf('.') + 1), 'base64url')
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#secretKey(use), sealed.subarray(0, 12), {
        authTagLength: 16,
      })
      decipher.setAuthTag(sealed.subarray(-16))
      return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8')
    } catch (cause) {
      throw new ConfigurationError(`A stored value for "${use}" cannot be decrypted: it was modified or is damaged.`, {
        cause,
      })
    }
  }

  /** Node takes several times as long for keys that are buffers. */
  #secretKey(use: string): KeyObject {
    const key = this.#secretKeys.get(use) ?? createSecretKey(this.derive(use))
    this.#secretKeys.set(use, key)
    return key
  }
}
