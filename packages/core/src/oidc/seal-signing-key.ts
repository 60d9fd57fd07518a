import { signingAlgorithms } from '../clients/protocol.ts'
import { encryptionPurposes, type MasterKey } from '../master-key.ts'
import type { KeyStatus, StoredKey } from './key-store.ts'

/** A private signing key of another provider, as a JWK (RFC 7517). */
export interface ImportedSigningKey {
  readonly kid: string
  readonly alg: string
  readonly jwk: Readonly<Record<string, unknown>>
}

/** The algorithms of which this provider publishes imported keys, but with which it does not sign. */
const verificationAlgorithms: readonly string[] = ['RS384', 'RS512', 'ES384', 'ES512']

/**
 * Whether an imported key signs (`current`) or only verifies earlier tokens (`previous`); `undefined` if it is of no use.
 */
export function importedKeyStatus(alg: string): KeyStatus | undefined {
  if (signingAlgorithms.some((each) => each === alg)) return 'current'
  return verificationAlgorithms.includes(alg) ? 'previous' : undefined
}

/** The stored form of an imported key. */
export function sealSigningKey(
  masterKey: MasterKey,
  { kid, alg, jwk }: ImportedSigningKey,
  { status, at }: { readonly status: KeyStatus; readonly at: number },
): StoredKey {
  // The library requires the private part also of keys that do not sign.
  const encryptedJwk = masterKey.encrypt(
    encryptionPurposes.signingKey,
    JSON.stringify({ ...jwk, kid, alg, use: 'sig' }),
  )
  return { kid, algorithm: alg, status, encryptedJwk, statusSince: at, replacementRequestedAt: null }
}
