import type { AuditEntry } from './audit-entry.ts'

type Searched = Pick<
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

const longest = 8000

/** What an entry can be found by, folded as a search term is. */
export function searchKey({ data, changes, ...entry }: Searched): string {
  const { event, accountName, actorName, clientId, clientName, ipAddress, userAgent, country, city } = entry
  const changed = Object.entries(changes ?? {}).flatMap(([name, { before, after }]) => [
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
    ...changed,
  ]
  const unique = new Set(parts.filter((part) => part !== null && part !== ''))
  return searchTerm([...unique].join('\n'))
    .slice(0, longest)
    .toWellFormed()
}

/** Letters as they are compared, whatever their case and however they were typed. */
export function searchTerm(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}
