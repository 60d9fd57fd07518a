import type { SettingValues } from '../settings/definitions.ts'
import { type UserSettings, userSettingsOf } from '../users/user-settings.ts'

/** Who may sign up: no one, holders of a token, or everyone. */
export type SignUpMode = SettingValues['allowUserSignups']

export interface SignUpSettings extends UserSettings {
  readonly mode: SignUpMode
  readonly verifyEmail: boolean
  readonly approval: boolean
  /** Whether sign-ups wait until the e-mail address is verified. */
  readonly verification: boolean
}

export function signUpSettingsOf(values: SettingValues): SignUpSettings {
  const users = userSettingsOf(values)
  return {
    ...users,
    requireEmail: users.requireEmail || values.signUpVerification,
    mode: values.allowUserSignups,
    verifyEmail: values.emailVerificationEnabled,
    approval: values.signUpApproval,
    verification: values.signUpVerification && !users.emailsVerified,
  }
}
