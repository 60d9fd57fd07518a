import { type GivenValue, InvalidValueError } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'

const usual = 90
/** A hundred years; more is a mistake and would exceed the range of dates. */
const most = 36_500

export const auditLogRetentionDays: OwnSetting<number> = {
  schema: {
    type: 'integer',
    minimum: 1,
    maximum: most,
    description: 'How long entries of the audit log are kept, in days.',
  },
  default: usual,
  variable: {
    name: 'AUDIT_LOG_RETENTION_DAYS',
    type: `integer, 1 to ${most}`,
    default: String(usual),
    unit: 'days',
    description: 'The retention of audit events. Older ones are deleted every hour.',
    parse,
  },
  read: (value) => ({ value: Number(value) }),
}

function parse({ text }: GivenValue): number {
  const days = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (days < 1 || days > most)
    throw new InvalidValueError(`"${text}" is not a number of days from 1 to ${most}`, `Write ${usual}, for instance.`)
  return days
}
