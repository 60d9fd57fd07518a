import type { AuditEntry } from './audit-entry.ts'

type SearchableFields = Pick<
  AuditEntry,
  | 'event'
  | 'accountName'
  | 'actorName'
  | 'clientId'
  | 'clientName'
  | 'ipAddress'
  | 'userAgent'
  | 'country'
  | 'city'
  | 'data'
  | 'changes'
>

const maxLength = 8000

/** The searchable text of an entry, folded like a search term. */
export function searchKey({ data, changes, ...entry }: SearchableFields): string {
  const { event, accountName, actorName, clientId, clientName, ipAddress, userAgent, country, city } = entry
  const changedTexts = Object.entries(changes ?? {}).flatMap(([name, { before, after }]) => [
    name,
    text(before),
    text(after),
  ])
  const parts = [
    event,
    accountName,
    actorName,
    clientId,
    clientName,
    ipAddress,
    userAgent,
    country,
    city,
    ...Object.values(data),
    ...changedTexts,
  ]
  const unique = new Set(parts.filter((part) => part !== null && part !== ''))
  return searchTerm([...unique].join('\n'))
    .slice(0, maxLength)
    .toWellFormed()
}

/** Folds case and Unicode variants for comparison. */
export function searchTerm(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}
