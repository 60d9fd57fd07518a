import type { Clock } from '@pocket/core'
import { deprovision, type ScimRemoval } from './deprovision.ts'
import { ownershipOf } from './ownership.ts'
import type { ScimRecord, ScimRecordStore } from './record-store.ts'
import { type ScimReport, ScimTally } from './report.ts'
import { groupAttributes, userAttributes } from './representation.ts'
import type { ScimKind } from './resource.ts'
import { ScimError } from './scim-error.ts'
import type { SnapshotSource } from './snapshot.ts'
import { type KindSync, syncObjects, type Wanted } from './sync-kind.ts'
import type { ScimTarget } from './target.ts'

/** The inputs of a provisioning run. */
export interface ScimSyncPorts {
  readonly providerId: string
  readonly target: ScimTarget
  readonly source: SnapshotSource
  readonly records: ScimRecordStore
  /** The groups whose members are provisioned; `null`: all users. */
  readonly groupIds: readonly string[] | null
  readonly removal: ScimRemoval
  readonly clock: Clock
  /** Aborts the run; completed changes remain. */
  readonly signal: AbortSignal
}

/**
 * Synchronizes a target with the directory (RFC 7644 §3): reads both sides and sends the differences. Changes only managed
 * objects (see `ownershipOf`). No transaction is open during requests to the target.
 *
 * Target failures are in the report; it throws only for local failures.
 *
 * @example
 * ```ts
 * const report = await syncScim({ ...ports, target: createScimTarget(connection), groupIds: null })
 * if (!isComplete(report)) logger.warn(report.problems)
 * ```
 */
export async function syncScim(ports: ScimSyncPorts): Promise<ScimReport> {
  const { target, clock, signal } = ports
  const startedAt = clock.now()
  const tally = new ScimTally()
  let failure: ScimError | null = null
  try {
    await run(ports, tally)
  } catch (error) {
    if (signal.aborted) failure = failureOf(signal.reason)
    else if (error instanceof ScimError) failure = error
    else throw error
  }
  return tally.report({ startedAt, finishedAt: clock.now(), requests: target.requests }, failure)
}

function failureOf(reason: unknown): ScimError {
  const isLate = typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError'
  return new ScimError(isLate ? 'took_too_long' : 'interrupted')
}

async function run(ports: ScimSyncPorts, tally: ScimTally): Promise<void> {
  const { providerId, target, source, records, groupIds, removal } = ports
  const { users, groups } = await source.read(groupIds)
  const known = await records.list(providerId)
  const kindSync = async (kind: ScimKind, ids: ReadonlySet<string>): Promise<KindSync> => {
    const own = known.filter((record) => record.kind === kind)
    const listed = await target.list(kind)
    const ownership = ownershipOf({ kind, listed, records: own, inScope: ids })
    const found = own.filter(({ state }) => state === 'found')
    const knownBefore = new Map(found.map((record) => [record.localId, record]))
    const deletes = kind === 'group' || removal === 'delete'
    return { kind, providerId, target, records, ownership, knownBefore, deletes, renamedAside: new Set(), tally }
  }

  const userIds = new Set(users.map(({ id }) => id))
  const userSync = await kindSync('user', userIds)
  const people = users.map(
    (user): Wanted => ({
      localId: user.id,
      name: user.userName,
      attributes: userAttributes(user),
      shouldCreate: !user.disabled,
      remoteIds: [user.userName, user.email],
    }),
  )
  const places = await syncObjects(userSync, people)

  const groupScope = new Set(groups.map(({ id }) => id))
  const groupSync = await kindSync('group', groupScope).catch((error: unknown) => {
    if (!isWithoutGroups(error)) throw error
    tally.withoutGroups = true
    return undefined
  })
  if (groupSync) {
    const wanted = groups.map((group): Wanted => {
      const members = group.memberIds.map((id) => places.get(id)).filter((id) => id !== undefined)
      return {
        localId: group.id,
        name: group.friendlyName,
        attributes: groupAttributes(group, members),
        shouldCreate: true,
        remoteIds: [group.friendlyName],
      }
    })
    const groupPlaces = await syncObjects(groupSync, wanted)
    await deprovision(groupSync, groupPlaces)
  }
  await deprovision(userSync, places)
  await removeStaleRecords(ports, known, { user: userIds, group: groupScope })
}

/** Many targets support only users. */
function isWithoutGroups(error: unknown): boolean {
  return error instanceof ScimError && (error.code === 'no_scim_here' || error.status === 501)
}

/** Removes records of found objects whose local object was deleted. */
async function removeStaleRecords(
  { records }: Pick<ScimSyncPorts, 'records'>,
  known: readonly ScimRecord[],
  inScope: Readonly<Record<ScimKind, ReadonlySet<string>>>,
): Promise<void> {
  for (const record of known)
    if (record.state === 'found' && !inScope[record.kind].has(record.localId)) await records.remove(record)
}
