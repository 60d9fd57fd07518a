import type { ManagedStore } from '../managed/managed-store.ts'
import type { Existing, Kind } from './kind.ts'
import type { ConfigurationFile } from './load.ts'
import { type Change, findExisting, itemsOf, keyOf } from './plan.ts'

/** A file that removes more objects of a kind than the larger of both must name its revision in `prune`. */
const maxUnconfirmedRemovals = 3
const maxUnconfirmedShare = 1 / 5

/** Objects that an earlier file declared and this one does not. */
export async function findRemovals(
  file: ConfigurationFile,
  kind: Kind,
  { store, declaredIds }: { readonly store: Pick<ManagedStore, 'list'>; readonly declaredIds: ReadonlySet<string> },
) {
  if (!file.content.prune || kind.name === 'settings') return { removals: [], problems: [] }
  const managed = (await store.list()).filter((object) => object.kind === kind.name)
  const removals: Existing[] = []
  for (const { id } of managed) {
    const existing = declaredIds.has(id) ? undefined : await kind.findById(id)
    if (existing) removals.push(existing)
  }
  const { prune, revision } = file.content
  const isConfirmed = typeof prune === 'object' && prune.revision === revision
  if (removals.length <= Math.max(maxUnconfirmedRemovals, managed.length * maxUnconfirmedShare) || isConfirmed)
    return { removals, problems: [] }
  const message = `would delete ${removals.length} of ${managed.length} ${kind.name}; to confirm, write { revision: ${revision ?? 'n'} } with the revision of the file`
  return { removals, problems: [file.problem(['prune'], message)] }
}

/** The IDs of the objects that the items of a kind describe. */
export async function findDeclaredIds(file: ConfigurationFile, kind: Kind): Promise<ReadonlySet<string>> {
  const ids = new Set<string>()
  for (const { item } of itemsOf(file.content, kind)) {
    const existing = await findExisting(kind, item)
    if (existing) ids.add(existing.id)
  }
  return ids
}

export function deletionOf(kind: Kind, { item }: Existing): Change {
  return { action: 'delete', kind: kind.name, name: keyOf(kind, item), fields: [] }
}
