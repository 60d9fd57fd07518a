import type { ReadPasskeyPolicy } from '@pocket/core'
import type { UserAdministration } from '../users/user-administration.ts'
import type { OwnPasskeys } from './own-passkeys.ts'
import type { PasskeyRemovalReview } from './passkey-removals.ts'

/** Additional dependencies of the pages and operations of passkeys. */
export interface PasskeyServices {
  readonly users: UserAdministration
  readonly ownPasskeys: OwnPasskeys
  readonly passkeyRemovals: PasskeyRemovalReview
  readonly passkeyPolicy: ReadPasskeyPolicy
}
