import { noOrigin } from '../audit/audit-sink.ts'
import type { CoreContext } from '../context.ts'
import { clientChanges } from './client-changes.ts'
import type { Clients } from './registration.ts'

/** Removes self-registered clients that were never used; `unusedFor` in milliseconds. */
export async function removeUnusedClients(
  { stores: { clients: store, transaction }, audit, clock }: CoreContext,
  clients: Pick<Clients, 'remove'>,
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
      await audit.record({ event: 'client_removed', clientId: id, ...clientChanges(client, null) }, noOrigin)
    })
  return removed
}
