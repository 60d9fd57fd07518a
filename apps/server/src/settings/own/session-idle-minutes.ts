import { type GivenValue, InvalidValueError } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'

const most = 525_600

const description =
  'The idle timeout of a session; with 0 the session duration counts from the last use instead of the sign-in.'

/** The idle timeout of a session, in addition to `sessionDuration` of the contract. */
export const sessionIdleMinutes: OwnSetting<number> = {
  schema: { type: 'integer', minimum: 0, maximum: most, description: `${description} In minutes.` },
  default: 0,
  variable: {
    name: 'SESSION_IDLE_MINUTES',
    type: `integer, 0 to ${most}`,
    default: '0',
    unit: 'minutes',
    description,
    parse,
  },
  read: (value) => ({ value: Number(value) }),
}

function parse({ text }: GivenValue): number {
  const minutes = /^\d{1,9}$/.test(text) ? Number(text) : most + 1
  if (minutes > most)
    throw new InvalidValueError(
      `"${text.slice(0, 100)}" is not a number of minutes from 0 to ${most}`,
      'Write 30, for instance.',
    )
  return minutes
}
