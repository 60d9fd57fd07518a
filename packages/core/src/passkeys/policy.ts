/** What a passkey must be able to do. */
export interface PasskeyPolicy {
  /** The RP ID: the host name that passkeys are bound to, for ever (WebAuthn Level 3 §5.1.2). */
  readonly rpId: string
  readonly rpName: string
  /** The origins whose answers count. */
  readonly origins: readonly string[]
  readonly userVerification: 'required' | 'preferred'
  /** How long a challenge waits for its answer, in milliseconds. */
  readonly challengeLifetime: number
}
