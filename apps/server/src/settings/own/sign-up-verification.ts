import { parseBoolean } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'

const description =
  'Whether whoever signs up needs an e-mail address and waits until they have verified it. Who has not within a day is removed.'

/** Whether strangers who sign up wait until their address is verified. */
export const signUpVerification: OwnSetting<boolean> = {
  schema: { type: 'boolean', description },
  default: false,
  variable: { name: 'SIGN_UP_VERIFICATION', type: 'boolean', default: 'false', description, parse: parseBoolean },
  read: (value) => ({ value: value === true }),
}
