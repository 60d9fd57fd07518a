import { type Ownership, remoteName } from './ownership.ts'
import type { ScimRecord, ScimRecordStore } from './record-store.ts'
import type { ScimProblemCode, ScimReportBuilder } from './report.ts'
import { type Attributes, fingerprint, isActive } from './representation.ts'
import type { RemoteResource, ScimKind } from './resource.ts'
import { affectsAllObjects, isTargetFailure, ScimError } from './scim-error.ts'
import type { ScimTarget } from './target.ts'
import { transferNames } from './transfer-names.ts'

export interface DesiredObject {
  readonly localId: string
  readonly name: string
  readonly attributes: Attributes
  /** Disabled users are not created. */
  readonly shouldCreate: boolean
  /** Values by which an existing object may be recognized. */
  readonly matchNames: readonly (string | null)[]
}

export interface KindSync {
  readonly kind: ScimKind
  readonly providerId: string
  readonly target: ScimTarget
  readonly records: ScimRecordStore
  readonly ownership: Ownership
  /** Previously found objects, by local ID. */
  readonly foundRecords: ReadonlyMap<string, ScimRecord>
  readonly shouldDelete: boolean
  /** Removed objects that were already deleted in the target to release their name. */
  readonly removedEarly: Set<string>
  readonly reportBuilder: ScimReportBuilder
}

const maxConcurrentRequests = 4
/** After this many consecutive failures the target is considered down. */
const maxConsecutiveFailures = 3

/** Processes each object; failures of a single object are recorded and the others continue. @throws {ScimError} */
export async function forEachObject<T extends { readonly localId: string; readonly name: string }>(
  { kind, reportBuilder }: Pick<KindSync, 'kind' | 'reportBuilder'>,
  items: Iterable<T>,
  callback: (item: T) => Promise<void>,
): Promise<void> {
  let consecutiveFailures = 0
  await forEachParallel(items, maxConcurrentRequests, async (item) => {
    try {
      await callback(item)
      consecutiveFailures = 0
    } catch (error) {
      if (!(error instanceof ScimError) || affectsAllObjects(error)) throw error
      if (isTargetFailure(error) && ++consecutiveFailures >= maxConsecutiveFailures) throw error
      const { localId, name } = item
      reportBuilder.addProblem({ kind, localId, name, code: error.code, detail: error.detail })
    }
  })
}

/** Creates missing and updates differing objects. Returns the remote objects by local ID. */
export async function syncObjects(
  sync: KindSync,
  desiredObjects: readonly DesiredObject[],
): Promise<ReadonlyMap<string, string>> {
  const { kind, providerId, target, records, ownership, foundRecords, shouldDelete, removedEarly, reportBuilder } = sync
  const counts = reportBuilder[kind]
  const remoteIdByLocalId = new Map<string, string>()
  /** Owners by remote ID: two local objects may have matched the same one. */
  const ownerByRemoteId = new Map<string, string>()
  for (const { localId } of desiredObjects) {
    const remoteId = ownership.findRecord(localId)?.remoteId
    if (remoteId !== undefined && !ownerByRemoteId.has(remoteId)) ownerByRemoteId.set(remoteId, localId)
  }

  const nameAttribute = kind === 'user' ? 'userName' : 'displayName'
  const nameKeyOf = (content: Attributes) => String(content[nameAttribute] ?? '').toLowerCase()
  const isRenamed = (desired: DesiredObject, present: RemoteResource) =>
    nameKeyOf(desired.attributes) !== nameKeyOf(present.content)
  /** Objects whose new names are still taken by others that may release them. */
  const nameConflicts: (DesiredObject & { readonly present: RemoteResource })[] = []

  const addProblem = ({ localId, name }: DesiredObject, code: ScimProblemCode, detail: string | null = null) =>
    reportBuilder.addProblem({ kind, localId, name, code, detail })
  const saveRecord = async (
    desired: DesiredObject,
    remoteId: string,
    fingerprints: Pick<ScimRecord, 'sentFingerprint' | 'storedFingerprint'>,
  ) => {
    remoteIdByLocalId.set(desired.localId, remoteId)
    const { localId, name } = desired
    const state = ownership.findRecord(localId)?.state ?? 'created'
    await records.save({ providerId, kind, localId, remoteId, state, name, remoteName: '', ...fingerprints })
  }
  const recordFound = async ({ localId, name }: DesiredObject, resource: RemoteResource) => {
    counts.found++
    const remote = { remoteId: resource.id, remoteName: remoteName(kind, resource) }
    const foundRecord = foundRecords.get(localId)
    const isAlreadySent = foundRecord?.remoteId === remote.remoteId && foundRecord.remoteName === remote.remoteName
    if (isAlreadySent && foundRecord.name === name) return
    await records.save({
      providerId,
      kind,
      localId,
      name,
      state: 'found',
      ...remote,
      sentFingerprint: '',
      storedFingerprint: '',
    })
  }

  const create = async (desired: DesiredObject): Promise<void> => {
    if (!desired.shouldCreate) return
    const unmanaged = ownership.findUnmanaged(desired.matchNames)
    if (unmanaged) return recordFound(desired, unmanaged)
    let created: RemoteResource | undefined
    try {
      created = await target.create(kind, desired.attributes)
    } catch (error) {
      if (!(error instanceof ScimError) || error.code !== 'conflict') throw error
      return resolveConflict(desired, error)
    }
    if (created === undefined) return addProblem(desired, 'id_missing')
    if (ownerByRemoteId.has(created.id)) return addProblem(desired, 'id_reused', created.id)
    ownerByRemoteId.set(created.id, desired.localId)
    counts.created++
    await saveRecord(desired, created.id, {
      sentFingerprint: fingerprint(kind, desired.attributes),
      storedFingerprint: fingerprint(kind, created.content),
    })
  }

  /** Either the existing object was not listed, or the response to an earlier creation was lost. */
  const resolveConflict = async (desired: DesiredObject, conflict: ScimError): Promise<void> => {
    const [name] = desired.matchNames
    const resource = name ? await target.search(kind, nameAttribute, name) : undefined
    if (!resource) throw conflict
    if (resource.externalId !== desired.localId) {
      const removedId =
        shouldDelete && !ownerByRemoteId.has(resource.id) ? ownership.findRemovedId(resource.id) : undefined
      if (removedId === undefined || removedEarly.has(removedId)) return recordFound(desired, resource)
      // The managed object of a deleted user or group blocks the name, and would be removed at the end of this run.
      removedEarly.add(removedId)
      await target.remove(kind, resource.id)
      counts.deleted++
      await records.remove({ providerId, kind, localId: removedId })
      return create(desired)
    }
    counts.created++
    await saveRecord(desired, resource.id, {
      sentFingerprint: fingerprint(kind, desired.attributes),
      storedFingerprint: '',
    })
  }

  const updateIfChanged = async (desired: DesiredObject, present: RemoteResource): Promise<void> => {
    const record = ownership.findRecord(desired.localId)
    const sentFingerprint = fingerprint(kind, desired.attributes)
    const remoteFingerprint = fingerprint(kind, present.content)
    const isAlreadySent = record?.remoteId === present.id && record.sentFingerprint === sentFingerprint
    remoteIdByLocalId.set(desired.localId, present.id)
    if (remoteFingerprint === sentFingerprint) {
      counts.unchanged++
      if (!isAlreadySent || record.storedFingerprint === '')
        await saveRecord(desired, present.id, { sentFingerprint, storedFingerprint: remoteFingerprint })
      return
    }
    const staysActive = desired.attributes.active === false && isActive(present.content) === true
    if (
      isAlreadySent &&
      !staysActive &&
      (record.storedFingerprint === remoteFingerprint || record.storedFingerprint === '')
    ) {
      // The target normalizes values, for example their case; sending them again changes nothing.
      counts.unchanged++
      if (record.storedFingerprint === '')
        await saveRecord(desired, present.id, { sentFingerprint, storedFingerprint: remoteFingerprint })
      return
    }
    const updated = await target.update(kind, present, desired.attributes)
    // The report lists each deactivation, whether the user was disabled or removed here.
    const isDeactivation =
      desired.attributes.active === false && isActive(present.content) !== false && !(isAlreadySent && staysActive)
    if (isDeactivation) counts.deactivated++
    else counts.updated++
    if (isAlreadySent && staysActive) addProblem(desired, 'still_active')
    // If the target lists something other than its response, the object would be sent in every run.
    const storedFingerprint = updated === undefined || isAlreadySent ? '' : fingerprint(kind, updated.content)
    await saveRecord(desired, present.id, { sentFingerprint, storedFingerprint })
  }

  await forEachObject(sync, desiredObjects, async (desired) => {
    counts.total++
    const listed = ownership.findListed(desired.localId)
    const record = ownership.findRecord(desired.localId)
    if (record && ownerByRemoteId.get(record.remoteId) !== desired.localId)
      return addProblem(desired, 'id_reused', record.remoteId)
    if (listed === 'reassigned') addProblem(desired, 'id_reused', record?.remoteId ?? null)
    // An unlisted object may still exist.
    const present =
      listed === 'reassigned' ? undefined : (listed ?? (record && (await target.find(kind, record.remoteId))))
    if (present === undefined) return create(desired)
    try {
      await updateIfChanged(desired, present)
    } catch (error) {
      if (!(error instanceof ScimError)) throw error
      if (error.code === 'conflict' && isRenamed(desired, present)) nameConflicts.push({ ...desired, present })
      else if (error.code === 'not_found') {
        remoteIdByLocalId.delete(desired.localId)
        await create(desired)
      } else throw error
    }
  })
  await transferNames(nameConflicts, {
    currentRemoteName: ({ present }) => nameKeyOf(present.content),
    newRemoteName: ({ attributes }) => nameKeyOf(attributes),
    renameTemporarily: async ({ present, ...desired }) => {
      const temporaryName = `${desired.localId.slice(0, 8)}-${nameKeyOf(present.content)}`
      await target.update(kind, present, { [nameAttribute]: temporaryName })
    },
    rename: (desired) => forEachObject(sync, [desired], () => updateIfChanged(desired, desired.present)),
  })
  for (const desired of desiredObjects)
    if (ownership.duplicates.includes(desired.localId)) addProblem(desired, 'duplicate')
  return remoteIdByLocalId
}

/** Processes all items with limited concurrency. Stops at the first failure, after the started work has finished. */
async function forEachParallel<T>(
  items: Iterable<T>,
  concurrency: number,
  callback: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]()
  let failure: { readonly error: unknown } | undefined
  const worker = async () => {
    for (let next = iterator.next(); !next.done && !failure; next = iterator.next()) {
      try {
        await callback(next.value)
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  if (failure) throw failure.error
}
