import type { Passkey } from '@pocket/core'
import type { AccountSignals } from '@pocket/core/browser'
import type { User } from '@pocket/directory'

/** Account data for the browser's password manager (WebAuthn Level 3 §5.1.10). */
export function signalsOf(
  issuer: string,
  { id, userName, displayName }: Pick<User, 'id' | 'userName' | 'displayName'>,
  passkeys: readonly Pick<Passkey, 'credentialId'>[],
): AccountSignals {
  return {
    rpId: new URL(issuer).hostname,
    userId: Buffer.from(id).toString('base64url'),
    credentialIds: passkeys.map(({ credentialId }) => credentialId),
    userName,
    displayName,
  }
}
