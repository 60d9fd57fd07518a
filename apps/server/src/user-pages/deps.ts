import type { ReadPasskeyPolicy } from '@pocket/core'
import type { AuditLogStore } from '../audit-log/audit-log-store.ts'
import type { Mail } from '../email/email-service.ts'
import type { PageDeps } from '../http/deps.ts'
import type { ProfilePictures } from '../images/profile-pictures.ts'
import type { CountPeople } from '../overview/people-count.ts'
import type { RecoveryRequests } from '../recovery/recovery-requests.ts'
import type { SessionAdministration } from '../sessions/session-administration.ts'
import type { Settings } from '../settings/settings.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import type { PasskeyRemovalReview } from '../webauthn/passkey-removals.ts'

export interface UserPageDeps extends PageDeps {
  readonly users: UserAdministration
  readonly sessions: SessionAdministration
  readonly auditLog: AuditLogStore
  readonly passkeyPolicy: ReadPasskeyPolicy
  readonly passkeyRemovals: PasskeyRemovalReview
  readonly profilePictures: ProfilePictures
  readonly userPictures: (userIds: readonly string[]) => Promise<ReadonlyMap<string, string>>
  readonly recoveryRequests: Pick<RecoveryRequests, 'listPending' | 'pendingUntil' | 'stopByUser'>
  readonly settings: Settings
  readonly mail: Mail
  readonly countPeople: CountPeople
}
