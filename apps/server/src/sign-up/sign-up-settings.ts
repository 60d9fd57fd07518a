import type { SettingValues } from '../settings/definitions.ts'
import type { OwnSettingValues } from '../settings/own/definitions.ts'
import { type UserSettings, userSettingsOf } from '../users/user-settings.ts'

/** Who may sign up: nobody, whoever has a token, or everybody. */
export type SignUpMode = SettingValues['allowUserSignups']

/** What the settings of the instance say about strangers. */
export interface SignUpSettings extends UserSettings {
  readonly mode: SignUpMode
  /** Whether people are asked to verify their e-mail address. */
  readonly verifyEmail: boolean
  /** Whether whoever signs up waits for an administrator. */
  readonly approval: boolean
  /** Whether whoever signs up waits until their e-mail address is verified. */
  readonly verification: boolean
}

/** What the settings of the instance say about strangers, as they are just now. */
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
