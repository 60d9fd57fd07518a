import { type SigningAlgorithm, signingAlgorithms } from '../clients/protocol.ts'
import { encryptionUses, type MasterKey } from '../master-key.ts'
import type { StoredKey } from './key-store.ts'

/** A private signing key of another provider, as a JWK (RFC 7517). */
export interface ImportedSigningKey {
  readonly kid: string
  readonly alg: string
  readonly jwk: Readonly<Record<string, unknown>>
}

/**
 * The stored form of a key that signs from now on; `undefined` for an algorithm that this provider does not use.
 *
 * @example
 * ```ts
 * const stored = sealSigningKey(masterKey, { kid, alg: 'RS256', jwk }, Date.now())
 * ```
 */
export function sealSigningKey(
  masterKey: MasterKey,
  { kid, alg, jwk }: ImportedSigningKey,
  at: number,
): (StoredKey & { readonly algorithm: SigningAlgorithm }) | undefined {
  const algorithm = signingAlgorithms.find((each) => each === alg)
  if (algorithm === undefined) return undefined
  const encryptedJwk = masterKey.encrypt(encryptionUses.signingKey, JSON.stringify({ ...jwk, kid, alg, use: 'sig' }))
  return { kid, algorithm, status: 'current', encryptedJwk, statusSince: at, replacementRequestedAt: null }
}
