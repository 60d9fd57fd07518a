import { sendSignal } from '@simplewebauthn/browser'
import { assertArgument, assertTexts } from './server.ts'

/**
 * The account data for password managers (WebAuthn Level 3 §5.1.10). The passkey list must be complete, because missing
 * passkeys are removed.
 */
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
 * Sends the passkeys and names of the signed-in user to the password manager (WebAuthn Level 3 §5.1.10). Browsers
 * without this API ignore the call.
 *
 * @throws {@link PasskeyError} if a member is missing
 *
 * @example
 * ```ts
 * await signalAccount({ rpId: 'id.example.com', userId, credentialIds, userName: 'ada', displayName: 'Ada Koch' })
 * ```
 */
export async function signalAccount(signals: AccountSignals): Promise<void> {
  assertTexts(signals, 'rpId', 'userId', 'userName', 'displayName')
  assertArgument(Array.isArray(signals.credentialIds), 'credentialIds', 'array')
  const { rpId: rpID, userId: userID, credentialIds, userName, displayName } = signals
  await sendQuietly({
    signalName: 'allAcceptedCredentials',
    rpID,
    userID,
    allAcceptedCredentialIDs: [...credentialIds],
  })
  await sendQuietly({ signalName: 'currentUserDetails', rpID, userID, userName, userDisplayName: displayName })
}

/** Reports that a passkey is no longer registered, so that it is no longer offered. */
export function signalUnknownCredential(rpId: string, credentialId: string): Promise<void> {
  return sendQuietly({ signalName: 'unknownCredential', rpID: rpId, credentialID: credentialId })
}

async function sendQuietly(signal: Parameters<typeof sendSignal>[0]): Promise<void> {
  // The signal is optional, and browsers do not report whether it was handled.
  await sendSignal(signal).catch(() => undefined)
}
