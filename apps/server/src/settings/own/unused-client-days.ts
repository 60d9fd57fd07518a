import { type GivenValue, InvalidValueError } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'

const usual = 30
const most = 3650

/** The number of days after which an unused dynamically registered client is deleted. */
export const unusedClientDays: OwnSetting<number> = {
  schema: {
    type: 'integer',
    minimum: 1,
    maximum: most,
    description: 'After how many days a client that was registered openly is removed, where nobody has ever used it.',
  },
  default: usual,
  variable: {
    name: 'UNUSED_CLIENT_DAYS',
    type: `integer, 1 to ${most}`,
    default: String(usual),
    unit: 'days',
    description: 'How long an openly registered client that was never used is kept.',
    parse,
  },
  read: (value) => ({ value: Number(value) }),
}

function parse({ text }: GivenValue): number {
  const days = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (days < 1 || days > most)
    throw new InvalidValueError(
      `"${text.slice(0, 100)}" is not a number of days from 1 to ${most}`,
      `Write ${usual}, for instance.`,
    )
  return days
}
