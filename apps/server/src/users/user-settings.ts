import type { CustomClaim } from '@pocket/directory'
import type { SettingValues } from '../settings/definitions.ts'
import type { OwnSettingValues } from '../settings/own/definitions.ts'

/** What the settings of the instance say about users. */
export interface UserSettings {
  /** Whether everybody has to have an e-mail address. */
  readonly requireEmail: boolean
  /** Whether people may change more of themselves than their language. */
  readonly editOwnAccount: boolean
  /** Whether people may delete themselves. */
  readonly removeOwnAccount: boolean
  /** Whether an e-mail address that a person gives is taken for verified. */
  readonly emailsVerified: boolean
  /** The groups of a new user for whom nobody has chosen any. */
  readonly defaultGroupIds: readonly string[]
  /** The claims of a new user. */
  readonly defaultClaims: readonly CustomClaim[]
}

/** What the settings of the instance say about users, as they are just now. */
export function userSettingsOf(
  values: SettingValues,
  { ownAccountRemoval }: Pick<OwnSettingValues, 'ownAccountRemoval'>,
): UserSettings {
  return {
    requireEmail: values.requireUserEmail === 'true',
    editOwnAccount: values.allowOwnAccountEdit === 'true',
    removeOwnAccount: ownAccountRemoval,
    emailsVerified: values.emailsVerified === 'true',
    // Both were checked when they were written.
    defaultGroupIds: JSON.parse(values.signupDefaultUserGroupIDs),
    defaultClaims: JSON.parse(values.signupDefaultCustomClaims),
  }
}
