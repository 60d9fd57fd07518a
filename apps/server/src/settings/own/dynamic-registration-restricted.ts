import { parseBoolean } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'

/** Whether a dynamically registered client is blocked for all users until an administrator allows groups. */
export const dynamicRegistrationRestricted: OwnSetting<boolean> = {
  schema: {
    type: 'boolean',
    description: 'Whether a dynamically registered client has no users until an administrator allows groups.',
  },
  default: false,
  variable: {
    name: 'DYNAMIC_REGISTRATION_RESTRICTED',
    type: 'boolean',
    default: 'false',
    description: 'Whether a dynamically registered client has no users until an administrator allows groups.',
    parse: parseBoolean,
  },
  read: (value) => ({ value: value === true }),
}
