import type { ScimRecord } from './record-store.ts'
import { isActive } from './representation.ts'
import { forEachObject, type KindSync } from './sync-kind.ts'

/** The action for users who were deleted or lost access to the client. */
export type ScimRemoval = 'deactivate' | 'delete'

const inactiveMarker = 'inactive'

/**
 * Deactivates or deletes managed objects that are no longer in scope. Groups are always deleted: they cannot be inactive, and
 * a remaining group would continue to grant rights.
 */
export async function deprovision(sync: KindSync, remoteIdByLocalId: ReadonlyMap<string, string>): Promise<void> {
  const { kind, providerId, target, records, ownership, shouldDelete, removedEarly, reportBuilder } = sync
  const counts = reportBuilder[kind]
  const usedRemoteIds = new Set(remoteIdByLocalId.values())
  const removed = ownership.removedIds
    .filter((localId) => !removedEarly.has(localId))
    .map((localId) => ({ localId, name: nameOf(localId) }))

  function nameOf(localId: string): string {
    return ownership.findRecord(localId)?.name ?? localId
  }

  await forEachObject(sync, removed, async ({ localId, name }) => {
    const record = ownership.findRecord(localId)
    const listed = ownership.findListed(localId)
    const removeRecord = () => records.remove({ providerId, kind, localId })
    if (listed === 'reassigned') return removeRecord()
    // Another local user or group now owns the object.
    const id = listed?.id ?? record?.remoteId
    if (id !== undefined && usedRemoteIds.has(id)) return removeRecord()
    if (shouldDelete) {
      if (id !== undefined) await target.remove(kind, id)
      counts.deleted++
      return removeRecord()
    }
    const present = listed ?? (record && (await target.find(kind, record.remoteId)))
    if (!present) return removeRecord()
    const active = isActive(present.content)
    const wasSent = record?.sentFingerprint === inactiveMarker
    if (active === false || (active === undefined && wasSent)) {
      if (!wasSent) await records.save(inactiveRecord(present.id))
      return
    }
    await target.deactivate(present)
    counts.deactivated++
    if (wasSent) reportBuilder.addProblem({ kind, localId, name, code: 'still_active', detail: null })
    await records.save(inactiveRecord(present.id))

    function inactiveRecord(remoteId: string): ScimRecord {
      const state = record?.state ?? 'created'
      return {
        providerId,
        kind,
        localId,
        remoteId,
        state,
        name,
        remoteName: '',
        sentFingerprint: inactiveMarker,
        storedFingerprint: '',
      }
    }
  })
}
