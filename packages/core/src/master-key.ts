import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { argument, text as textArgument } from './arguments.ts'
import { ConfigurationError } from './errors.ts'

/** The purpose of the key that chains the audit log of the server. */
export const auditSealPurpose = 'audit seal'
/**
 * Keys for these purposes must not change when the master key is replaced: clients identify users by pairwise subjects, printed
 * recovery codes stay valid, and earlier batches of the audit log are verified.
 */
export const durablePurposes = ['pairwise subject', 'recovery code', auditSealPurpose] as const
/** Purposes of the keys that encrypt stored values of core. */
export const encryptionPurposes = {
  signingKey: 'signing key',
  clientSecret: 'client secret',
  importedToken: 'imported refresh tokens',
} as const

const minBytes = 16
const derivedKeys = argument(
  'keys',
  'must be a Map of names and Buffers',
  (value) =>
    value instanceof Map && [...value].every(([purpose, key]) => typeof purpose === 'string' && Buffer.isBuffer(key)),
)
const version = 'v1'

/** The fingerprint of the master key that encrypted a value, or `undefined` if the value is not an encrypted envelope. */
export function fingerprintOf(envelope: string): string | undefined {
  const [prefix, fingerprint, ...rest] = envelope.split('.')
  return prefix === version && rest.length === 1 ? fingerprint : undefined
}

/**
 * The secret that protects all other secrets. HKDF-SHA-256 (RFC 5869 §2) derives a separate key for each purpose, with
 * the purpose as context, so a value encrypted for one purpose cannot be decrypted for another.
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

  private constructor(bytes: Buffer | string) {
    if (typeof bytes !== 'string' && !ArrayBuffer.isView(bytes))
      throw new ConfigurationError('The encryption key must be a string or a Buffer.')
    this.#bytes = Buffer.from(bytes)
    const { length } = this.#bytes
    if (length < minBytes)
      throw new ConfigurationError(`The encryption key has ${length} bytes; it needs at least ${minBytes}.`)
    this.fingerprint = this.derive('fingerprint').subarray(0, 8).toString('hex')
  }

  /**
   * @param bytes - at least 16 bytes; text is encoded as UTF-8
   * @throws {ConfigurationError} if it is shorter or of another type
   */
  static from(bytes: Buffer | string): MasterKey {
    return new MasterKey(bytes)
  }

  /** The same key, except that these purposes keep the keys that another master key derived. */
  withDerived(keys: ReadonlyMap<string, Buffer>): MasterKey {
    derivedKeys(keys)
    const key = new MasterKey(this.#bytes)
    for (const [purpose, derived] of keys) key.#derived.set(purpose, derived)
    return key
  }

  /** Derives 32 bytes for this purpose. */
  derive(purpose: string): Buffer {
    const cached = this.#derived.get(purpose)
    if (cached) return cached
    textArgument('purpose')(purpose)
    const key = Buffer.from(hkdfSync('sha256', this.#bytes, '', `pocket ${purpose}`, 32))
    this.#derived.set(purpose, key)
    return key
  }

  /** HMAC-SHA-256 of a string with the key for this purpose, base64url. */
  mac(purpose: string, text: string): string {
    textArgument('text')(text)
    return createHmac('sha256', this.#secretKey(purpose)).update(text).digest('base64url')
  }

  /**
   * AES-256-GCM with the key for this purpose.
   *
   * @returns `v1.<fingerprint>.<base64url of nonce, ciphertext and tag>`
   */
  encrypt(purpose: string, text: string): string {
    textArgument('text')(text)
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#secretKey(purpose), nonce)
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return `${version}.${this.fingerprint}.${sealed.toString('base64url')}`
  }

  /** @throws {ConfigurationError} if the value was encrypted with another key or for another purpose, or was modified */
  decrypt(purpose: string, envelope: string): string {
    textArgument('envelope')(envelope)
    const expected = fingerprintOf(envelope)
    if (expected !== this.fingerprint)
      throw new ConfigurationError(
        `The encryption key does not match: its fingerprint is ${this.fingerprint}, but the stored value requires ${expected ?? 'an unknown one'}. Use the masterKey with which the stores were filled.`,
      )
    const sealed = Buffer.from(envelope.slice(envelope.lastIndexOf('.') + 1), 'base64url')
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#secretKey(purpose), sealed.subarray(0, 12), {
        authTagLength: 16,
      })
      decipher.setAuthTag(sealed.subarray(-16))
      return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8')
    } catch (cause) {
      throw new ConfigurationError(
        `A stored value for "${purpose}" cannot be decrypted: it was modified or is damaged.`,
        {
          cause,
        },
      )
    }
  }

  /** Node takes several times as long for keys that are buffers. */
  #secretKey(purpose: string): KeyObject {
    const key = this.#secretKeys.get(purpose) ?? createSecretKey(this.derive(purpose))
    this.#secretKeys.set(purpose, key)
    return key
  }
}
