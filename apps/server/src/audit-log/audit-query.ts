import { type FieldError, InvalidInputError } from '@pocket/core/errors'
import type { ListRequest } from '../http/api/list.ts'
import type { AuditQuery } from './audit-log-store.ts'

type Query = Readonly<Record<string, string | readonly string[] | undefined>>

/** OpenAPI parameters for the time range of an audit log. */
export const rangeParameters = {
  from: { type: 'string', description: 'The first instant (RFC 3339), or the first day in UTC (2026-01-31).' },
  to: { type: 'string', description: 'The last instant (RFC 3339), or the last day in UTC, inclusive.' },
} as const

const day = 86_400_000

/**
 * Parses the audit log query of a request.
 *
 * @throws {InvalidInputError} `validation_failed` on `from` or `to`
 */
export function auditQuery(accountId: string | null, query: Query, { filters, search }: ListRequest): AuditQuery {
  const problems: FieldError[] = []
  const parseBoundary = (field: 'from' | 'to') => {
    const text = [query[field] ?? ''].flat()[0] ?? ''
    if (text === '') return null
    const instant = parseInstant(text, field === 'to')
    if (instant === undefined)
      problems.push({ field, code: 'invalid_format', message: 'must be an instant (RFC 3339) or a day (2026-01-31)' })
    return instant ?? null
  }
  const [from, to] = [parseBoundary('from'), parseBoundary('to')]
  if (problems.length > 0)
    throw new InvalidInputError(
      'validation_failed',
      problems.map(({ field, message }) => `${field} ${message}`).join(', '),
      {
        fields: problems,
      },
    )
  return { accountId, from, to, filters, search }
}

function parseInstant(text: string, isEnd: boolean): number | undefined {
  const isWholeDay = /^\d{4}-\d{2}-\d{2}$/.test(text)
  if (!isWholeDay && !/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})$/.test(text))
    return undefined
  const instant = Date.parse(text.toUpperCase().replace(' ', 'T'))
  // `Date` turns the 31st of February into a day in March.
  if (Number.isNaN(instant) || (isWholeDay && new Date(instant).toISOString().slice(0, 10) !== text)) return undefined
  return isWholeDay && isEnd ? instant + day - 1 : instant
}
