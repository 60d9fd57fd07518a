import type { ScimRecord } from './record-store.ts'
import { valuesOf } from './representation.ts'
import type { RemoteResource, ScimKind } from './resource.ts'

/** The objects of a kind in a target, and their owners. */
export interface Ownership {
  /** The record of a local object, `undefined` if there is none. */
  findRecord(localId: string): ScimRecord | undefined
  /** The object as the target lists it. `reassigned`: another owner's object now has its ID. */
  findListed(localId: string): RemoteResource | 'reassigned' | undefined
  /** The IDs of users or groups that have a managed object and were deleted or are no longer in scope. */
  readonly removedIds: readonly string[]
  /** The ID in `removedIds` whose object has this remote ID. */
  findRemovedId(remoteId: string): string | undefined
  /** Additional objects that carry the ID of the same local object. */
  readonly duplicates: readonly string[]
  /** An unmanaged object with one of these names or e-mail addresses. */
  findUnmanaged(names: readonly (string | null)[]): RemoteResource | undefined
}

/**
 * Managed objects are those that were created or adopted, by remote ID, and those whose `externalId` is the ID of an object
 * in scope, since no other system assigns it. All other objects belong to another system or another provider of this
 * instance.
 */
export function determineOwnership({
  kind,
  records,
  listed,
  inScope,
}: {
  readonly kind: ScimKind
  readonly records: readonly ScimRecord[]
  readonly listed: readonly RemoteResource[]
  /** The IDs of users or groups that should exist in the target. */
  readonly inScope: ReadonlySet<string>
}): Ownership {
  const recordByLocalId = new Map(
    records.filter(({ state }) => state !== 'found').map((findRecord) => [findRecord.localId, findRecord]),
  )
  const resourceById = new Map(listed.map((resource) => [resource.id, resource]))
  const recognizedByLocalId = new Map<string, RemoteResource>()
  const duplicates: string[] = []
  const managedRemoteIds = new Set(Array.from(recordByLocalId.values(), ({ remoteId }) => remoteId))
  const unmanaged: RemoteResource[] = []
  for (const resource of listed) {
    const { id, externalId } = resource
    if (externalId === null || !inScope.has(externalId)) {
      if (!managedRemoteIds.has(id)) unmanaged.push(resource)
    } else if (recognizedByLocalId.has(externalId)) duplicates.push(externalId)
    else recognizedByLocalId.set(externalId, resource)
  }
  const unmanagedByName = new Map<string, RemoteResource>()
  for (const resource of unmanaged)
    for (const name of namesOf(kind, resource)) if (!unmanagedByName.has(name)) unmanagedByName.set(name, resource)

  const findListed: Ownership['findListed'] = (localId) => {
    const findRecord = recordByLocalId.get(localId)
    const resource = findRecord && resourceById.get(findRecord.remoteId)
    // A target with sequential IDs may reuse them.
    const isReassigned =
      resource && findRecord.state === 'created' && resource.externalId !== null && resource.externalId !== localId
    return (
      (isReassigned ? undefined : resource) ??
      recognizedByLocalId.get(localId) ??
      (isReassigned ? 'reassigned' : undefined)
    )
  }
  const removedIds = [...recordByLocalId.keys()].filter((id) => !inScope.has(id))
  const removedIdByRemoteId = new Map<string, string>()
  for (const localId of removedIds) {
    const resource = findListed(localId)
    if (resource !== undefined && resource !== 'reassigned') removedIdByRemoteId.set(resource.id, localId)
  }

  return {
    findRecord: (localId) => recordByLocalId.get(localId),
    findListed,
    removedIds,
    findRemovedId: (remoteId) => removedIdByRemoteId.get(remoteId),
    duplicates,
    findUnmanaged: (names) =>
      names
        .map((name) => (name === null ? undefined : unmanagedByName.get(name.toLowerCase())))
        .find((resource) => resource !== undefined),
  }
}

/** Names by which an existing object may be recognized. */
function namesOf(kind: ScimKind, { content }: RemoteResource): readonly string[] {
  const names = kind === 'user' ? [content.userName, ...valuesOf(content.emails)] : [content.displayName]
  return names.filter((name) => typeof name === 'string' && name !== '').map((name) => String(name).toLowerCase())
}

export function remoteName(kind: ScimKind, { id, content }: RemoteResource): string {
  const name = kind === 'user' ? content.userName : content.displayName
  return (typeof name === 'string' && name !== '' ? name : id).replaceAll('\0', '').slice(0, 255)
}
