import type { ScimRecord } from './record-store.ts'
import { isActive } from './representation.ts'
import { forEachObject, type KindSync } from './sync-kind.ts'

/** What becomes of people who are gone, or who may no longer use the client. */
export type ScimRemoval = 'deactivate' | 'delete'

/** Marks a record of somebody who was deactivated. */
const inactive = 'inactive'

/**
 * Deactivates or deletes what is ours there and no longer in scope here. Groups are deleted either way: they cannot be
 * inactive, and one that stays would go on giving rights.
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
    // Somebody else of ours has taken it over.
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
