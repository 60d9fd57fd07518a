import { randomUUID } from 'node:crypto'
import type { AuditSink, Clock } from '@pocket/core'
import type { Place } from '../places/place.ts'
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
  readonly placeOf: (ipAddress: string | null) => Place
  readonly clock: Clock
}

/** Writes events into the table, within the transaction of whoever records them. A write that fails ends the request. */
export function createAuditLog({ store, names, log, placeOf, clock }: AuditLogPorts): AuditSink {
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
      const place = placeOf(origin.ipAddress)
      const entry = entryOf({ event, origin, subjects, names: await namesOf(subjects), place })
      const now = clock.now()
      const repetition = repetitionOf(event, origin, now)
      const once = { occurrences: 1, lastAt: now, last: null, repetition }
      await store.append({ id: randomUUID(), createdAt: now, ...entry, ...once })
    },
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
