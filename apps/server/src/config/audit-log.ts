import type { Reader } from './reader.ts'
import { type GivenValue, type Section, type Variable, WrongValue } from './variable.ts'

const usualDays = 90
/** A hundred years; more is a mistake, and instants would leave the range of dates. */
const mostDays = 36_500

const retention: Variable<number> = {
  name: 'AUDIT_LOG_RETENTION_DAYS',
  type: `integer, 1 to ${mostDays}`,
  default: String(usualDays),
  unit: 'days',
  description: 'How long entries of the audit log are kept. Older ones are removed every hour.',
  parse: parseDays,
}

export const auditLogSection = {
  title: 'Audit log',
  variables: { retention },
} satisfies Section

export interface AuditLogConfig {
  /** How long entries of the audit log are kept, in days. */
  readonly auditLogRetentionDays: number
}

export function readAuditLog(reader: Reader): AuditLogConfig {
  return { auditLogRetentionDays: reader.read(retention) ?? usualDays }
}

function parseDays({ text }: GivenValue): number {
  const days = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (days < 1 || days > mostDays)
    throw new WrongValue(`"${text}" is not a number of days from 1 to ${mostDays}`, `Write ${usualDays}, for instance.`)
  return days
}
