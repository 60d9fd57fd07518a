import { type Ownership, remoteName } from './ownership.ts'
import { inParallel } from './parallel.ts'
import type { ScimRecord, ScimRecordStore } from './record-store.ts'
import type { ScimProblemCode, ScimTally } from './report.ts'
import { type Attributes, fingerprint, isActive } from './representation.ts'
import type { RemoteResource, ScimKind } from './resource.ts'
import { isTargetFailure, ScimError, stopsEverything } from './scim-error.ts'
import type { ScimTarget } from './target.ts'
import { transferNames } from './transfer-names.ts'

/** The desired state of a user or a group in the target. */
export interface Wanted {
  readonly localId: string
  readonly name: string
  readonly attributes: Attributes
  /** Disabled users are not created. */
  readonly shouldCreate: boolean
  /** Values by which an existing object may be recognized. */
  readonly remoteIds: readonly (string | null)[]
}

export interface KindSync {
  readonly kind: ScimKind
  readonly providerId: string
  readonly target: ScimTarget
  readonly records: ScimRecordStore
  readonly ownership: Ownership
  /** Previously found objects, by local ID. */
  readonly knownBefore: ReadonlyMap<string, ScimRecord>
  /** Whether removed objects are deleted in the target. */
  readonly deletes: boolean
  /** Removed objects that were already renamed to release their name. */
  readonly renamedAside: Set<string>
  readonly tally: ScimTally
}

/** The number of concurrent requests. */
const atOnce = 4
/** After this many consecutive failures the target is considered down. */
const maxConsecutiveFailures = 3

/** Processes each object; failures of a single object are recorded and the others continue. @throws {ScimError} */
export async function forEachObject<T extends { readonly localId: string; readonly name: string }>(
  { kind, tally }: Pick<KindSync, 'kind' | 'tally'>,
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let trouble = 0
  await inParallel(items, atOnce, async (item) => {
    try {
      await work(item)
      trouble = 0
    } catch (error) {
      if (!(error instanceof ScimError) || stopsEverything(error)) throw error
      if (isTargetFailure(error) && ++trouble >= maxConsecutiveFailures) throw error
      const { localId, name } = item
      tally.problem({ kind, localId, name, code: error.code, detail: error.detail })
    }
  })
}

/** Creates missing and updates differing objects. Returns the remote objects by local ID. */
export async function syncObjects(sync: KindSync, wanted: readonly Wanted[]): Promise<ReadonlyMap<string, string>> {
  const { kind, providerId, target, records, ownership, knownBefore, deletes, renamedAside, tally } = sync
  const counts = tally[kind]
  const places = new Map<string, string>()
  /** Owners by remote ID: two local objects may have matched the same one. */
  const holders = new Map<string, string>()
  for (const { localId } of wanted) {
    const remoteId = ownership.record(localId)?.remoteId
    if (remoteId !== undefined && !holders.has(remoteId)) holders.set(remoteId, localId)
  }

  const nameAttribute = kind === 'user' ? 'userName' : 'displayName'
  const nameIn = (content: Attributes) => String(content[nameAttribute] ?? '').toLowerCase()
  const isRenamed = (one: Wanted, present: RemoteResource) => nameIn(one.attributes) !== nameIn(present.content)
  /** Objects whose new names are still taken by others that may release them. */
  const waiting: (Wanted & { readonly present: RemoteResource })[] = []

  const note = ({ localId, name }: Wanted, code: ScimProblemCode, detail: string | null = null) =>
    tally.problem({ kind, localId, name, code, detail })
  const remember = async (one: Wanted, remoteId: string, more: Pick<ScimRecord, 'sent' | 'kept'>) => {
    places.set(one.localId, remoteId)
    const { localId, name } = one
    const state = ownership.record(localId)?.state ?? 'created'
    await records.save({ providerId, kind, localId, remoteId, state, name, remoteName: '', ...more })
  }
  const found = async ({ localId, name }: Wanted, there: RemoteResource) => {
    counts.found++
    const remote = { remoteId: there.id, remoteName: remoteName(kind, there) }
    const before = knownBefore.get(localId)
    const isKnown = before?.remoteId === remote.remoteId && before.remoteName === remote.remoteName
    if (isKnown && before.name === name) return
    await records.save({ providerId, kind, localId, name, state: 'found', ...remote, sent: '', kept: '' })
  }

  const create = async (one: Wanted): Promise<void> => {
    if (!one.shouldCreate) return
    const lookalike = ownership.lookalike(one.remoteIds)
    if (lookalike) return found(one, lookalike)
    let created: RemoteResource | undefined
    try {
      created = await target.create(kind, one.attributes)
    } catch (error) {
      if (!(error instanceof ScimError) || error.code !== 'conflict') throw error
      return taken(one, error)
    }
    if (created === undefined) return note(one, 'id_missing')
    if (holders.has(created.id)) return note(one, 'id_reused', created.id)
    holders.set(created.id, one.localId)
    counts.created++
    await remember(one, created.id, {
      sent: fingerprint(kind, one.attributes),
      kept: fingerprint(kind, created.content),
    })
  }

  /** Either the existing object was not listed, or the response to an earlier creation was lost. */
  const taken = async (one: Wanted, conflict: ScimError): Promise<void> => {
    const [name] = one.remoteIds
    const there = name ? await target.search(kind, nameAttribute, name) : undefined
    if (!there) throw conflict
    if (there.externalId !== one.localId) {
      const gone = deletes && !holders.has(there.id) ? ownership.removedAt(there.id) : undefined
      if (gone === undefined || renamedAside.has(gone)) return found(one, there)
      // The managed object of a deleted user or group blocks the name, and would be removed at the end of this run.
      renamedAside.add(gone)
      await target.remove(kind, there.id)
      counts.deleted++
      await records.remove({ providerId, kind, localId: gone })
      return create(one)
    }
    counts.created++
    await remember(one, there.id, { sent: fingerprint(kind, one.attributes), kept: '' })
  }

  const compare = async (one: Wanted, present: RemoteResource): Promise<void> => {
    const record = ownership.record(one.localId)
    const sent = fingerprint(kind, one.attributes)
    const there = fingerprint(kind, present.content)
    const isKnown = record?.remoteId === present.id && record.sent === sent
    places.set(one.localId, present.id)
    if (there === sent) {
      counts.unchanged++
      if (!isKnown || record.kept === '') await remember(one, present.id, { sent, kept: there })
      return
    }
    const staysActive = one.attributes.active === false && isActive(present.content) === true
    if (isKnown && !staysActive && (record.kept === there || record.kept === '')) {
      // The target normalizes values, for example their case; sending them again changes nothing.
      counts.unchanged++
      if (record.kept === '') await remember(one, present.id, { sent, kept: there })
      return
    }
    const updated = await target.update(kind, present, one.attributes)
    // The report lists each deactivation, whether the user was disabled or removed here.
    const wasEnded = one.attributes.active === false && isActive(present.content) !== false && !(isKnown && staysActive)
    if (wasEnded) counts.deactivated++
    else counts.updated++
    if (isKnown && staysActive) note(one, 'still_active')
    // If the target lists something other than its response, the object would be sent in every run.
    const kept = updated === undefined || isKnown ? '' : fingerprint(kind, updated.content)
    await remember(one, present.id, { sent, kept })
  }

  await forEachObject(sync, wanted, async (one) => {
    counts.total++
    const there = ownership.present(one.localId)
    const record = ownership.record(one.localId)
    if (record && holders.get(record.remoteId) !== one.localId) return note(one, 'id_reused', record.remoteId)
    if (there === 'elsewhere') note(one, 'id_reused', record?.remoteId ?? null)
    // An unlisted object may still exist.
    const present =
      there === 'elsewhere' ? undefined : (there ?? (record && (await target.find(kind, record.remoteId))))
    if (present === undefined) return create(one)
    try {
      await compare(one, present)
    } catch (error) {
      if (!(error instanceof ScimError)) throw error
      if (error.code === 'conflict' && isRenamed(one, present)) waiting.push({ ...one, present })
      else if (error.code === 'not_found') {
        places.delete(one.localId)
        await create(one)
      } else throw error
    }
  })
  await transferNames(waiting, {
    currentRemoteName: ({ present }) => nameIn(present.content),
    wantedName: ({ attributes }) => nameIn(attributes),
    renameTemporarily: async ({ present, ...one }) => {
      const aside = `${one.localId.slice(0, 8)}-${nameIn(present.content)}`
      await target.update(kind, present, { [nameAttribute]: aside })
    },
    settle: (one) => forEachObject(sync, [one], () => compare(one, one.present)),
  })
  for (const one of wanted) if (ownership.duplicates.includes(one.localId)) note(one, 'duplicate')
  return places
}
