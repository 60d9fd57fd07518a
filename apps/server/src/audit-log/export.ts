import { stringify } from 'csv-stringify/sync'
import type { AuditEntry } from './audit-entry.ts'
import type { AuditLogStore, AuditQuery } from './audit-log-store.ts'

export const exportFormats = ['csv', 'jsonl'] as const
export type ExportFormat = (typeof exportFormats)[number]

export const exportTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/x-ndjson; charset=utf-8',
}

const columns = [
  'id',
  'createdAt',
  'lastAt',
  'occurrences',
  'event',
  'userID',
  'username',
  'actorUserID',
  'actorUsername',
  'clientID',
  'clientName',
  'ipAddress',
  'country',
  'city',
  'userAgent',
  'lastIpAddress',
  'lastUserAgent',
  'requestID',
  'data',
  'changes',
] as const

const batchSize = 500

/** Streams the filtered entries, newest first, as chunks of a file with backpressure. */
export async function* exportChunks(
  store: Pick<AuditLogStore, 'next'>,
  query: AuditQuery,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield csv([columns])
  for (let entries = await store.next(query, batchSize); entries.length > 0; ) {
    const records = entries.map(exportedEntry)
    yield format === 'csv' ? csv(records.map(cells)) : records.map((record) => `${JSON.stringify(record)}\n`).join('')
    entries = await store.next(query, batchSize, entries.at(-1))
  }
}

type ExportedEntry = Readonly<Record<(typeof columns)[number], unknown>>

export function exportedEntry(entry: AuditEntry): ExportedEntry {
  return {
    id: entry.id,
    createdAt: new Date(entry.createdAt).toISOString(),
    lastAt: new Date(entry.lastAt).toISOString(),
    occurrences: entry.occurrences,
    event: entry.event,
    userID: entry.accountId,
    username: entry.accountName,
    actorUserID: entry.actorId,
    actorUsername: entry.actorName,
    clientID: entry.clientId,
    clientName: entry.clientName,
    ipAddress: entry.ipAddress,
    country: entry.country ?? '',
    city: entry.city ?? '',
    userAgent: entry.userAgent,
    lastIpAddress: entry.last?.ipAddress ?? null,
    lastUserAgent: entry.last?.userAgent ?? null,
    requestID: entry.requestId,
    data: entry.data,
    changes: entry.changes,
  }
}

function cells(values: ExportedEntry): readonly unknown[] {
  return columns.map((name) => {
    const value = values[name]
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
  })
}

/** RFC 4180. Prefixes formulas with an apostrophe, because users choose names that a spreadsheet would evaluate. */
export function csv(lines: readonly (readonly unknown[])[]): string {
  return stringify([...lines.map((line) => [...line])], { record_delimiter: 'windows', escape_formulas: true })
}
