import type { CustomClaim } from '@pocket/directory'
import type { SettingValues } from '../settings/definitions.ts'
import { isEmailRequired } from '../settings/required-email.ts'

export interface UserSettings {
  readonly requireEmail: boolean
  /** Whether users may edit more of their profile than the language. */
  readonly editOwnAccount: boolean
  readonly removeOwnAccount: boolean
  /** Whether e-mail addresses that users enter count as verified. */
  readonly emailsVerified: boolean
  readonly defaultGroupIds: readonly string[]
  readonly defaultClaims: readonly CustomClaim[]
}

export function userSettingsOf(values: SettingValues): UserSettings {
  return {
    requireEmail: isEmailRequired(values),
    editOwnAccount: values.allowOwnAccountEdit,
    removeOwnAccount: values.ownAccountRemoval,
    emailsVerified: values.emailsVerified,
    // Both were validated when they were stored.
    defaultGroupIds: JSON.parse(values.signupDefaultUserGroupIDs),
    defaultClaims: JSON.parse(values.signupDefaultCustomClaims),
  }
}
