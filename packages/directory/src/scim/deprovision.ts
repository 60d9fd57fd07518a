import type { ScimRecord } from './record-store.ts'
import { isActive } from './representation.ts'
import { forEachObject, type KindSync } from './sync-kind.ts'

/** The action for users who were deleted or lost access to the client. */
export type ScimRemoval = 'deactivate' | 'delete'

/** Marks the record of a deactivated user. */
const inactive = 'inactive'

/**
 * Deactivates or deletes managed objects that are no longer in scope. Groups are always deleted: they cannot be inactive, and
 * a remaining group would continue to grant rights.
 */
export async function deprovision(sync: KindSync, places: ReadonlyMap<string, string>): Promise<void> {
  const { kind, providerId, target, records, ownership, deletes, renamedAside, tally } = sync
  const counts = tally[kind]
  const inUse = new Set(places.values())
  const gone = ownership.gone
    .filter((localId) => !renamedAside.has(localId))
    .map((localId) => ({ localId, name: nameOf(localId) }))

  function nameOf(localId: string): string {
    return ownership.record(localId)?.name ?? localId
  }

  await forEachObject(sync, gone, async ({ localId, name }) => {
    const record = ownership.record(localId)
    const there = ownership.present(localId)
    const forget = () => records.remove({ providerId, kind, localId })
    if (there === 'elsewhere') return forget()
    // Another user or group of ours has taken over the object.
    const id = there?.id ?? record?.remoteId
    if (id !== undefined && inUse.has(id)) return forget()
    if (deletes) {
      if (id !== undefined) await target.remove(kind, id)
      counts.deleted++
      return forget()
    }
    const present = there ?? (record && (await target.find(kind, record.remoteId)))
    if (!present) return forget()
    const active = isActive(present.content)
    const wasSent = record?.sent === inactive
    if (active === false || (active === undefined && wasSent)) {
      if (!wasSent) await records.save(inactiveRecord(present.id))
      return
    }
    await target.deactivate(present)
    counts.deactivated++
    if (wasSent) tally.problem({ kind, localId, name, code: 'still_active', detail: null })
    await records.save(inactiveRecord(present.id))

    function inactiveRecord(remoteId: string): ScimRecord {
      const state = record?.state ?? 'created'
      return { providerId, kind, localId, remoteId, state, name, remoteName: '', sent: inactive, kept: '' }
    }
  })
}
