import type { ScimRecord } from './record-store.ts'
import { valuesOf } from './representation.ts'
import type { RemoteResource, ScimKind } from './resource.ts'

/** The objects of a kind in a target, and whose they are. */
export interface Ownership {
  /** The record of one of ours, `undefined` where we have none. */
  record(localId: string): ScimRecord | undefined
  /** Where it is as the target lists it. `elsewhere`: under its id there is somebody else's now. */
  present(localId: string): RemoteResource | 'elsewhere' | undefined
  /** The ids of users or groups that have an object of ours and are gone, or no longer in scope. */
  readonly gone: readonly string[]
  /** Which of `gone` is the object of this id there. */
  removedAt(remoteId: string): string | undefined
  /** Objects beyond the first that carry the id of one of ours. */
  readonly duplicates: readonly string[]
  /** What is there, is not ours, and has one of these names or addresses. */
  lookalike(names: readonly (string | null)[]): RemoteResource | undefined
}

export interface OwnershipParts {
  readonly kind: ScimKind
  readonly records: readonly ScimRecord[]
  readonly listed: readonly RemoteResource[]
  /** The ids of users or groups that are to be there. */
  readonly inScope: ReadonlySet<string>
}

/**
 * Ours is what was created or adopted, by its id, and what carries the id of somebody in scope as its `externalId`: nobody
 * else gives that to an object. Everything else belongs to somebody else, or to another provider of ours.
 */
export function ownershipOf({ kind, records, listed, inScope }: OwnershipParts): Ownership {
  const owned = new Map(records.filter(({ state }) => state !== 'found').map((record) => [record.localId, record]))
  const byId = new Map(listed.map((resource) => [resource.id, resource]))
  const recognized = new Map<string, RemoteResource>()
  const duplicates: string[] = []
  const ownIds = new Set(Array.from(owned.values(), ({ remoteId }) => remoteId))
  const others: RemoteResource[] = []
  for (const resource of listed) {
    const { id, externalId } = resource
    if (externalId === null || !inScope.has(externalId)) {
      if (!ownIds.has(id)) others.push(resource)
    } else if (recognized.has(externalId)) duplicates.push(externalId)
    else recognized.set(externalId, resource)
  }
  const lookalikes = new Map<string, RemoteResource>()
  for (const resource of others)
    for (const name of namesOf(kind, resource)) if (!lookalikes.has(name)) lookalikes.set(name, resource)

  const present: Ownership['present'] = (localId) => {
    const record = owned.get(localId)
    const there = record && byId.get(record.remoteId)
    // Ids are given out again where a target counts them.
    const isElsewhere = there && record.state === 'created' && there.externalId !== null && there.externalId !== localId
    return (isElsewhere ? undefined : there) ?? recognized.get(localId) ?? (isElsewhere ? 'elsewhere' : undefined)
  }
  const gone = [...owned.keys()].filter((id) => !inScope.has(id))
  const goneByRemoteId = new Map<string, string>()
  for (const localId of gone) {
    const there = present(localId)
    if (there !== undefined && there !== 'elsewhere') goneByRemoteId.set(there.id, localId)
  }

  return {
    record: (localId) => owned.get(localId),
    present,
    gone,
    removedAt: (remoteId) => goneByRemoteId.get(remoteId),
    duplicates,
    lookalike: (names) =>
      names
        .map((name) => (name === null ? undefined : lookalikes.get(name.toLowerCase())))
        .find((resource) => resource !== undefined),
  }
}

/** By which somebody may be known already. */
function namesOf(kind: ScimKind, { content }: RemoteResource): readonly string[] {
  const names = kind === 'user' ? [content.userName, ...valuesOf(content.emails)] : [content.displayName]
  return names.filter((name) => typeof name === 'string' && name !== '').map((name) => String(name).toLowerCase())
}

/** What an object is called where it is. */
export function remoteName(kind: ScimKind, { id, content }: RemoteResource): string {
  const name = kind === 'user' ? content.userName : content.displayName
  return (typeof name === 'string' && name !== '' ? name : id).replaceAll('\0', '').slice(0, 255)
}
