import { randomUUID } from 'node:crypto'
import type { AuditEntry } from './audit-entry.ts'
import type { AuditDestination, OutboxEntry } from './audit-outbox.table.ts'
import type { AuditOutboxStore } from './audit-outbox-store.ts'
import { exportedEntry } from './export.ts'

/** A forwarded entry. Each of its deliveries has the same ID. */
export interface ForwardedEntry {
  readonly createdAt: number
  readonly event: string
  /** JSON, on one line. */
  readonly json: string
}

/** Resolves once the receiver has all entries; if it rejects, they are sent again. */
export type SendEntries = (entries: readonly ForwardedEntry[]) => Promise<void>

/** Where the audit log goes in addition to the table. */
export type AuditDestinations = Readonly<Partial<Record<AuditDestination, SendEntries>>>

/** Queues entries in the transaction that writes them. */
export interface AuditOutbox {
  add(entry: AuditEntry): Promise<void>
  addAll(entries: readonly AuditEntry[]): Promise<void>
}

const batchSize = 500

export function createAuditOutbox(
  store: AuditOutboxStore,
  destinations: AuditDestinations,
): AuditOutbox & { send(signal: AbortSignal): Promise<void> } {
  const configured = Object.entries(destinations) as readonly [AuditDestination, SendEntries][]
  const rowsOf = (entry: AuditEntry): OutboxEntry[] =>
    configured.map(([destination]) => ({
      destination,
      key: entry.repetition ?? entry.id,
      createdAt: entry.createdAt,
      // An entry that is repeated keeps its ID in the table, but each of its deliveries is a separate event.
      entry: JSON.stringify({ ...exportedEntry(entry), id: entry.repetition === null ? entry.id : randomUUID() }),
      occurrences: 1,
    }))

  const sendTo = async (destination: AuditDestination, send: SendEntries, signal: AbortSignal) => {
    while (!signal.aborted) {
      const rows = await store.next(destination, batchSize)
      if (rows.length === 0) return
      await send(rows.map(toForwardedEntry))
      await store.remove(rows)
    }
  }

  return {
    async add(entry) {
      for (const row of rowsOf(entry)) await store.add(row)
    },
    addAll: (entries) => store.addAll(entries.flatMap(rowsOf)),
    async send(signal) {
      const results = await Promise.allSettled(
        configured.map(([destination, send]) => sendTo(destination, send, signal)),
      )
      const failure = results.find((result) => result.status === 'rejected')
      if (failure) throw failure.reason
    },
  }
}

function toForwardedEntry({ createdAt, entry, occurrences }: OutboxEntry): ForwardedEntry {
  const record: Readonly<Record<string, unknown>> = JSON.parse(entry)
  const json = occurrences === 1 ? entry : JSON.stringify({ ...record, occurrences })
  return { createdAt, event: String(record.event), json }
}
