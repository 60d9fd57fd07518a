import type { AuditSink } from '../audit/audit-sink.ts'
import type { Clock } from '../clock.ts'
import type { Transaction } from '../transaction.ts'
import { clientChanges } from './client-changes.ts'
import type { ClientStore } from './client-store.ts'
import type { Clients } from './registration.ts'

export interface UnusedClientPorts {
  readonly store: ClientStore
  readonly clients: Pick<Clients, 'remove'>
  readonly audit: AuditSink
  readonly clock: Clock
  readonly transaction: Transaction
}

/** Removes self-registered clients that were never used; `unusedFor` in milliseconds. */
export async function removeUnusedClients(
  { store, clients, audit, clock, transaction }: UnusedClientPorts,
  unusedFor: number,
  limit: number,
): Promise<number> {
  const before = clock.now() - unusedFor
  let removed = 0
  for (const id of await store.listUnused(before, limit))
    await transaction(async () => {
      const client = await store.findForUpdate(id)
      // The client may have been used since it was listed.
      if (!client || client.unusedSince === null || !(await clients.remove(id))) return
      removed += 1
      await audit.record(
        { event: 'client_removed', clientId: id, ...clientChanges(client, null) },
        { requestId: null, ipAddress: null, userAgent: null },
      )
    })
  return removed
}
