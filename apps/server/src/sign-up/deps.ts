import type { MasterKey } from '@pocket/core'
import type { Mail } from '../email/email-service.ts'
import type { Deps } from '../http/deps.ts'
import type { ApprovalStore } from './approval-store.ts'
import type { SignUpSettings } from './sign-up-settings.ts'
import type { SignupTokenStore } from './signup-token-store.ts'

export interface SignUpDeps extends Deps {
  readonly database: {
    readonly signupTokens: SignupTokenStore
    readonly approvals: ApprovalStore
    readonly masterKey: MasterKey
  }
  readonly mail: Mail
  readonly signUpSettings: () => Promise<SignUpSettings>
  /** Deletes the related data of a user, within the transaction. */
  readonly deleteUserData: (userId: string) => Promise<void>
}
