import { createPublicKey, KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import { ExternalSigningKey as ProviderSigningKey } from 'oidc-provider'
import { type SigningAlgorithm, signingAlgorithms } from '../clients/protocol.ts'
import type { FieldError } from '../errors.ts'
import { callHost } from '../host-rule.ts'
import { thumbprint } from './key-generation.ts'

/**
 * A signing key (RFC 7515 §5.1) whose private key is in an HSM or a key management service.
 *
 * @example
 * ```ts
 * const key: ExternalSigningKey = {
 *   algorithm: 'RS256',
 *   publicKey: createPublicKey(await kms.publicKeyPem(keyId)),
 *   sign: (data) => kms.sign(keyId, 'RSASSA_PKCS1_V1_5_SHA_256', data),
 * }
 * ```
 */
export interface ExternalSigningKey {
  readonly algorithm: SigningAlgorithm
  readonly publicKey: KeyObject | JWK
  /**
   * Signs the data itself, not its hash, within `limits.hookTimeout`. Signatures must follow RFC 7518 §3: for ES256 the concatenation
   * of both numbers, 64 bytes, not DER.
   */
  sign(data: Uint8Array): Promise<Uint8Array>
}

export class ExternalKey extends ProviderSigningKey {
  readonly #service: ExternalSigningKey
  readonly #publicKey: KeyObject
  readonly #kid: string
  readonly #hookTimeout: number

  /** @param hookTimeout - milliseconds */
  constructor(service: ExternalSigningKey, hookTimeout: number) {
    super()
    this.#service = service
    this.#publicKey = toPublicKey(service)
    this.#kid = thumbprint(this.#publicKey.export({ format: 'jwk' }))
    this.#hookTimeout = hookTimeout
  }

  override get kid(): string {
    return this.#kid
  }

  override get alg(): SigningAlgorithm {
    return this.#service.algorithm
  }

  override keyObject(): KeyObject {
    return this.#publicKey
  }

  /** @throws as `callHost` */
  override async sign(data: Uint8Array): Promise<Uint8Array> {
    const run = () => this.#service.sign(data)
    return callHost({ option: 'signingKeys.external', run, hookTimeout: this.#hookTimeout })
  }
}

/**
 * Validates the signing services. RS256 is required because it is the default algorithm of clients (OpenID Connect Core §15.1).
 */
export function externalKeyProblems(services: readonly ExternalSigningKey[]): readonly FieldError[] {
  const keyError = (code: string, message: string) => ({ field: 'signingKeys.external', code, message })
  const keyErrors = services.flatMap((service) => {
    if (!signingAlgorithms.includes(service.algorithm) || typeof service.sign !== 'function')
      return [keyError('invalid_type', 'must have a supported algorithm and a sign method')]
    try {
      return toPublicKey(service).asymmetricKeyType === keyTypes[service.algorithm]
        ? []
        : [keyError('contradiction', `the public key does not match ${service.algorithm}`)]
    } catch {
      return [keyError('invalid_format', `the public key for ${service.algorithm} cannot be read`)]
    }
  })
  const hasRs256 = services.some(({ algorithm }) => algorithm === 'RS256')
  return hasRs256 ? keyErrors : [...keyErrors, keyError('required', 'must contain a key for RS256')]
}

const keyTypes = { RS256: 'rsa', PS256: 'rsa', ES256: 'ec', EdDSA: 'ed25519' } as const satisfies Record<
  SigningAlgorithm,
  string
>

function toPublicKey({ publicKey }: ExternalSigningKey): KeyObject {
  return publicKey instanceof KeyObject ? publicKey : createPublicKey({ key: publicKey, format: 'jwk' })
}
