import type { SettingValues } from '../settings/definitions.ts'
import { type UserSettings, userSettingsOf } from '../users/user-settings.ts'

/** Who may sign up: no one, holders of a token, or everyone. */
export type SignUpMode = SettingValues['allowUserSignups']

export interface SignUpSettings extends UserSettings {
  readonly mode: SignUpMode
  /** Whether new users are asked to verify their e-mail address. */
  readonly verifyEmail: boolean
  /** Whether sign-ups need the approval of an administrator. */
  readonly approval: boolean
  /** Whether sign-ups wait until the e-mail address is verified. */
  readonly verification: boolean
}

/** The current instance settings for sign-up. */
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
