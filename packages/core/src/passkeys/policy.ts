/** Whom passkeys are made for. */
export interface RelyingParty {
  /** The RP ID: the host name that passkeys are bound to, for ever (WebAuthn Level 3 §5.1.2). */
  readonly rpId: string
  readonly rpName: string
  /** The origins whose answers count: the issuer's, and those related to it (WebAuthn Level 3 §5.11). */
  readonly origins: readonly string[]
  /** How long a challenge waits for its answer, in milliseconds. */
  readonly challengeLifetime: number
}

/**
 * What a passkey must be able to do, as an administrator decides (user verification and attestation: WebAuthn Level 3 §5.8.6, §5.4.7).
 *
 * @example
 * ```ts
 * passkeyPolicy: async () => ({ ...defaultPasskeyPolicy, allowSynced: false })
 * ```
 */
export interface PasskeyPolicy {
  readonly userVerification: 'required' | 'preferred'
  readonly attachment: 'any' | 'platform' | 'cross-platform'
  /** Whether passkeys that can be copied to other devices are accepted. */
  readonly allowSynced: boolean
  /** AAGUIDs of the only models that are accepted; empty for all. */
  readonly allowedModels: readonly string[]
  /** AAGUIDs of models that are not accepted. */
  readonly deniedModels: readonly string[]
  /** `required` refuses models that cannot prove themselves by an attestation the FIDO Metadata Service vouches for. */
  readonly attestation: 'none' | 'required'
  /** Whether a signature counter that does not rise is only written down, or the sign-in refused as well. */
  readonly counterRegression: 'audit' | 'refuse'
  /** What becomes of passkeys that were registered before the policy became what it is. */
  readonly nonCompliance: 'keep' | 'warn' | 'require'
  /** From when on `require` refuses them, in milliseconds since the Unix epoch. */
  readonly nonComplianceFrom: number
}

/** What passkeys have to be able to do where nothing else is said. */
export const defaultPasskeyPolicy: PasskeyPolicy = {
  userVerification: 'required',
  attachment: 'any',
  allowSynced: true,
  allowedModels: [],
  deniedModels: [],
  attestation: 'none',
  counterRegression: 'audit',
  nonCompliance: 'keep',
  nonComplianceFrom: 0,
}

/** The policy of this moment. */
export type ReadPasskeyPolicy = () => Promise<PasskeyPolicy>
