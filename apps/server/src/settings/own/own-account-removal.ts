import { parseBoolean } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'

const description = 'Whether people can delete their own account.'

/** Whether users may delete their own accounts, in addition to `allowOwnAccountEdit` of the contract. */
export const ownAccountRemoval: OwnSetting<boolean> = {
  schema: { type: 'boolean', description },
  default: false,
  variable: { name: 'OWN_ACCOUNT_REMOVAL', type: 'boolean', default: 'false', description, parse: parseBoolean },
  read: (value) => ({ value: value === true }),
}
