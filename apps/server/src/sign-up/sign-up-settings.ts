import type { SettingValues } from '../settings/definitions.ts'
import type { OwnSettingValues } from '../settings/own/definitions.ts'
import { type UserSettings, userSettingsOf } from '../users/user-settings.ts'

/** Who may sign up: nobody, holders of a token, or everyone. */
export type SignUpMode = SettingValues['allowUserSignups']

/** The instance settings for sign-up. */
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
export function signUpSettingsOf(
  values: SettingValues,
  own: Pick<OwnSettingValues, 'ownAccountRemoval' | 'signUpApproval' | 'signUpVerification'>,
): SignUpSettings {
  const users = userSettingsOf(values, own)
  return {
    ...users,
    requireEmail: users.requireEmail || own.signUpVerification,
    mode: values.allowUserSignups,
    verifyEmail: values.emailVerificationEnabled === 'true',
    approval: own.signUpApproval,
    verification: own.signUpVerification && !users.emailsVerified,
  }
}
