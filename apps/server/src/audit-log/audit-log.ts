import { randomUUID } from 'node:crypto'
import type { AuditEvent, AuditSink, Clock, RequestOrigin } from '@pocket/core'
import type { Place } from '../geoip/location.ts'
import type { AuditEntry } from './audit-entry.ts'
import type { AuditLogStore } from './audit-log-store.ts'
import { entryOf, type Names, type Subjects, subjectsOf } from './entry-of-event.ts'
import { repetitionOf } from './repetition.ts'

/** What people, clients and passkeys are called now; `null` where there is none of this id. */
export interface CurrentNames {
  account(id: string): Promise<string | null>
  client(id: string): Promise<string | null>
  passkey(accountId: string, id: string): Promise<string | null>
}

export interface AuditLogPorts {
  readonly store: AuditLogStore
  readonly names: CurrentNames
  /** Gets every event as well, before it is stored: it keeps those that could not be. */
  readonly log: AuditSink
  /** Where an address is. */
  readonly locationOf: (ipAddress: string | null) => Place
  readonly clock: Clock
}

/** Of what no request has asked for. */
const noOrigin: RequestOrigin = { requestId: null, ipAddress: null, userAgent: null }

/** Writes events into the table, within the transaction of whoever records them. A write that fails ends the request. */
export function createAuditLog({ store, names, log, locationOf, clock }: AuditLogPorts): AuditSink {
  const accountName = async (id: string | null) =>
    id === null ? null : ((await names.account(id)) ?? (await store.lastAccountName(id)))
  const clientName = async (id: string | null) =>
    id === null ? null : ((await names.client(id)) ?? (await store.lastClientName(id)))

  const namesOf = async ({ accountId, actorId, clientId, passkeyId }: Subjects): Promise<Names> => ({
    accountName: await accountName(accountId),
    actorName: await accountName(actorId),
    clientName: await clientName(clientId),
    passkeyName: accountId === null || passkeyId === null ? null : await names.passkey(accountId, passkeyId),
  })

  return {
    async record(event, origin) {
      await log.record(event, origin)
      const subjects = subjectsOf(event)
      const place = locationOf(origin.ipAddress)
      const entry = entryOf({ event, origin, subjects, names: await namesOf(subjects), place })
      const now = clock.now()
      const repetition = repetitionOf(event, origin, now)
      const once = { occurrences: 1, lastAt: now, last: null, repetition }
      await store.append({ id: randomUUID(), createdAt: now, ...entry, ...once })
    },
  }
}

/** An event, and what those it is about are called: whoever has changed thousands knows that already. */
export interface NamedEvent {
  readonly event: AuditEvent
  readonly names: Names
}

/** Writes many events by one statement, none of which repeats another. */
export type RecordMany = (events: readonly NamedEvent[]) => Promise<void>

/** Like {@link createAuditLog}, for what this server does by itself. */
export function createBulkAuditLog({ store, log, locationOf, clock }: Omit<AuditLogPorts, 'names'>): RecordMany {
  return async (events) => {
    const now = clock.now()
    const place = locationOf(null)
    const entries = events.map(({ event, names }): AuditEntry => {
      const entry = entryOf({ event, origin: noOrigin, subjects: subjectsOf(event), names, place })
      return { id: randomUUID(), createdAt: now, ...entry, occurrences: 1, lastAt: now, last: null, repetition: null }
    })
    for (const { event } of events) await log.record(event, noOrigin)
    await store.appendAll(entries)
  }
}

/** How many entries are removed at once, so that nobody waits long for the table. */
const batch = 1000

/** Removes what is older than this many milliseconds, in batches, until nothing is left of it or it is told to stop. */
export async function removeOldEntries(
  { store, clock }: Pick<AuditLogPorts, 'store' | 'clock'>,
  retention: number,
  signal: AbortSignal,
): Promise<void> {
  const before = clock.now() - retention
  while (!signal.aborted && (await store.removeBefore(before, batch)) === batch);
}
