import type { ReadPasskeyPolicy } from '@pocket/core'
import type { Mail } from '../email/email-service.ts'
import type { PageDeps } from '../http/deps.ts'
import type { ProfilePictures } from '../images/profile-pictures.ts'
import type { Recovery } from '../recovery/recovery.ts'
import type { SessionAdministration } from '../sessions/session-administration.ts'
import type { Settings } from '../settings/settings.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import type { OwnPasskeys } from '../webauthn/own-passkeys.ts'
import type { PasskeyRemovalReview } from '../webauthn/passkey-removals.ts'
import type { OwnData } from './own-data.ts'
import type { SecondPasskey } from './second-passkey.ts'

export interface AccountDeps extends PageDeps {
  readonly users: UserAdministration
  readonly sessions: SessionAdministration
  readonly ownData: OwnData
  readonly ownPasskeys: OwnPasskeys
  readonly passkeyRemovals: PasskeyRemovalReview
  readonly passkeyPolicy: ReadPasskeyPolicy
  readonly secondPasskey: SecondPasskey
  readonly recovery: Recovery
  readonly profilePictures: ProfilePictures
  readonly userPictures: (userIds: readonly string[]) => Promise<ReadonlyMap<string, string>>
  readonly settings: Settings
  readonly mail: Mail
}
