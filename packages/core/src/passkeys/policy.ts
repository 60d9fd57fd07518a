/** The WebAuthn relying party. */
export interface RelyingParty {
  /** The RP ID: the host name that passkeys are permanently bound to (WebAuthn Level 3 §5.1.2). */
  readonly rpId: string
  readonly rpName: string
  /** The accepted origins: the issuer's and its related origins (WebAuthn Level 3 §5.11). */
  readonly origins: readonly string[]
  /** How long a challenge is valid, in milliseconds. */
  readonly challengeLifetime: number
}

/**
 * The requirements for passkeys, set by administrators (user verification and attestation: WebAuthn Level 3 §5.8.6, §5.4.7).
 *
 * @example
 * ```ts
 * passkeys: { policy: async () => ({ ...defaultPasskeyPolicy, allowSynced: false }) }
 * ```
 */
export interface PasskeyPolicy {
  readonly userVerification: 'required' | 'preferred'
  readonly attachment: 'any' | 'platform' | 'cross-platform'
  /** Whether synced passkeys are accepted. */
  readonly allowSynced: boolean
  /** AAGUIDs of the accepted models; empty accepts all. */
  readonly allowedModels: readonly string[]
  /** AAGUIDs of rejected models. */
  readonly deniedModels: readonly string[]
  /** `required` rejects models without an attestation that the FIDO Metadata Service can verify. */
  readonly attestation: 'none' | 'required'
  /** Whether a counter regression is only recorded, or the sign-in rejected too. */
  readonly counterRegression: 'audit' | 'refuse'
  /** How to treat existing passkeys that violate the policy. */
  readonly nonCompliance: 'keep' | 'warn' | 'require'
}

/** The default requirements. */
export const defaultPasskeyPolicy: PasskeyPolicy = {
  userVerification: 'required',
  attachment: 'any',
  allowSynced: true,
  allowedModels: [],
  deniedModels: [],
  attestation: 'none',
  counterRegression: 'audit',
  nonCompliance: 'keep',
}

/** Returns the current policy. */
export type ReadPasskeyPolicy = () => Promise<PasskeyPolicy>
