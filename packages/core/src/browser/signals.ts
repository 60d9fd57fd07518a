import { sendSignal } from '@simplewebauthn/browser'

/** What a password manager may know about the person who is signed in (WebAuthn Level 3 §5.1.10): complete, or passkeys disappear from it. */
export interface AccountSignals {
  readonly rpId: string
  /** The user handle, in base64url. */
  readonly userId: string
  /** Every passkey of the account, in base64url. */
  readonly credentialIds: readonly string[]
  readonly userName: string
  readonly displayName: string
}

/**
 * Tells the browser's password manager which passkeys the person who is signed in has, and what they are called
 * (WebAuthn Level 3 §5.1.10). Browsers that do not know these signals do nothing.
 *
 * @example
 * ```ts
 * await signalAccount({ rpId: 'id.example.com', userId, credentialIds, userName: 'ada', displayName: 'Ada Koch' })
 * ```
 */
export async function signalAccount(signals: AccountSignals): Promise<void> {
  const { rpId: rpID, userId: userID, credentialIds, userName, displayName } = signals
  await told({ signalName: 'allAcceptedCredentials', rpID, userID, allAcceptedCredentialIDs: [...credentialIds] })
  await told({ signalName: 'currentUserDetails', rpID, userID, userName, userDisplayName: displayName })
}

/** Tells it that nobody has this passkey any more, so that it is not offered again. */
export function signalUnknownCredential(rpId: string, credentialId: string): Promise<void> {
  return told({ signalName: 'unknownCredential', rpID: rpId, credentialID: credentialId })
}

async function told(signal: Parameters<typeof sendSignal>[0]): Promise<void> {
  // Nothing depends on it, and the browser does not say whether anybody listens.
  await sendSignal(signal).catch(() => undefined)
}
