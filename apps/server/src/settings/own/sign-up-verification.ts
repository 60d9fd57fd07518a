import { parseBoolean } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'

const description =
  'Whether people who sign up must verify an e-mail address first. Unverified sign-ups are deleted after a day.'

/** Whether self-registered users must verify their e-mail address first. */
export const signUpVerification: OwnSetting<boolean> = {
  schema: { type: 'boolean', description },
  default: false,
  variable: { name: 'SIGN_UP_VERIFICATION', type: 'boolean', default: 'false', description, parse: parseBoolean },
  read: (value) => ({ value: value === true }),
}
