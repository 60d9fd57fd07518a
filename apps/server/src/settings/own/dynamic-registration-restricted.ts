import { type GivenValue, WrongValue } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'

/** Whether clients that programs have registered are for nobody until an administrator allows groups. */
export const dynamicRegistrationRestricted: OwnSetting<boolean> = {
  schema: {
    type: 'boolean',
    description: 'Whether a client that a program has registered is for nobody until an administrator allows groups.',
  },
  default: false,
  variable: {
    name: 'DYNAMIC_REGISTRATION_RESTRICTED',
    type: 'boolean',
    default: 'false',
    description: 'Whether a client that a program has registered is for nobody until an administrator allows groups.',
    parse,
  },
  read: (value) => ({ value: value === true }),
}

function parse({ text }: GivenValue): boolean {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  throw new WrongValue(`"${text.slice(0, 100)}" is neither true nor false`, 'Write true or false.')
}
