import { parseBoolean } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'

const description = 'Whether an administrator must approve each sign-up.'

/** Whether self-registered users need the approval of an administrator. */
export const signUpApproval: OwnSetting<boolean> = {
  schema: { type: 'boolean', description },
  default: false,
  variable: { name: 'SIGN_UP_APPROVAL', type: 'boolean', default: 'false', description, parse: parseBoolean },
  read: (value) => ({ value: value === true }),
}
