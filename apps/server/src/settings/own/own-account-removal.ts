import { parseBoolean } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'

const description = 'Whether people can delete their own account.'

/** Whether people may delete themselves, beside the `allowOwnAccountEdit` of the contract. */
export const ownAccountRemoval: OwnSetting<boolean> = {
  schema: { type: 'boolean', description },
  default: false,
  variable: { name: 'OWN_ACCOUNT_REMOVAL', type: 'boolean', default: 'false', description, parse: parseBoolean },
  read: (value) => ({ value: value === true }),
}
