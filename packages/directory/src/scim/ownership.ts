import type { ScimRecord } from './record-store.ts'
import { valuesOf } from './representation.ts'
import type { RemoteResource, ScimKind } from './resource.ts'

/** The objects of a kind in a target, and their owners. */
export interface Ownership {
  /** The record of a local object, `undefined` if there is none. */
  record(localId: string): ScimRecord | undefined
  /** The object as the target lists it. `elsewhere`: another owner's object now has its ID. */
  present(localId: string): RemoteResource | 'elsewhere' | undefined
  /** The IDs of users or groups that have a managed object and were deleted or are no longer in scope. */
  readonly gone: readonly string[]
  /** The ID in `gone` whose object has this remote ID. */
  removedAt(remoteId: string): string | undefined
  /** Additional objects that carry the ID of the same local object. */
  readonly duplicates: readonly string[]
  /** An unmanaged object with one of these names or e-mail addresses. */
  lookalike(names: readonly (string | null)[]): RemoteResource | undefined
}

export interface OwnershipParts {
  readonly kind: ScimKind
  readonly records: readonly ScimRecord[]
  readonly listed: readonly RemoteResource[]
  /** The IDs of users or groups that should exist in the target. */
  readonly inScope: ReadonlySet<string>
}

/**
 * Managed objects are those that were created or adopted, by remote ID, and those whose `externalId` is the ID of an object
 * in scope, since no other system assigns it. All other objects belong to another system or another provider of this
 * instance.
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
    // A target with sequential IDs may reuse them.
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

/** Names by which an existing object may be recognized. */
function namesOf(kind: ScimKind, { content }: RemoteResource): readonly string[] {
  const names = kind === 'user' ? [content.userName, ...valuesOf(content.emails)] : [content.displayName]
  return names.filter((name) => typeof name === 'string' && name !== '').map((name) => String(name).toLowerCase())
}

/** The display name of an object in the target. */
export function remoteName(kind: ScimKind, { id, content }: RemoteResource): string {
  const name = kind === 'user' ? content.userName : content.displayName
  return (typeof name === 'string' && name !== '' ? name : id).replaceAll('\0', '').slice(0, 255)
}
