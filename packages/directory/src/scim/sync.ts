import type { Clock } from '@pocket/core'
import { deprovision, type ScimRemoval } from './deprovision.ts'
import { determineOwnership } from './ownership.ts'
import type { ScimRecord, ScimRecordStore } from './record-store.ts'
import { type ScimReport, ScimReportBuilder } from './report.ts'
import { groupAttributes, userAttributes } from './representation.ts'
import type { ScimKind } from './resource.ts'
import { ScimError } from './scim-error.ts'
import type { SnapshotSource } from './snapshot.ts'
import { type DesiredObject, type KindSync, syncObjects } from './sync-kind.ts'
import type { ScimTarget } from './target.ts'

/** The inputs of a provisioning run. */
export interface ScimSyncOptions {
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
 * objects (see `determineOwnership`). No transaction is open during requests to the target.
 *
 * Target failures are in the report; it throws only for local failures.
 */
export async function syncScim(options: ScimSyncOptions): Promise<ScimReport> {
  const { target, clock, signal } = options
  const startedAt = clock.now()
  const reportBuilder = new ScimReportBuilder()
  let failure: ScimError | null = null
  try {
    await run(options, reportBuilder)
  } catch (error) {
    if (signal.aborted) failure = failureOf(signal.reason)
    else if (error instanceof ScimError) failure = error
    else throw error
  }
  return reportBuilder.build({ startedAt, finishedAt: clock.now(), requests: target.requests }, failure)
}

function failureOf(reason: unknown): ScimError {
  const isTimeout = typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError'
  return new ScimError(isTimeout ? 'took_too_long' : 'interrupted')
}

async function run(options: ScimSyncOptions, reportBuilder: ScimReportBuilder): Promise<void> {
  const { providerId, target, source, records, groupIds, removal } = options
  const { users, groups } = await source.read(groupIds)
  const storedRecords = await records.list(providerId)
  const kindSync = async (kind: ScimKind, ids: ReadonlySet<string>): Promise<KindSync> => {
    const kindRecords = storedRecords.filter((record) => record.kind === kind)
    const listed = await target.list(kind)
    const ownership = determineOwnership({ kind, listed, records: kindRecords, inScope: ids })
    const foundList = kindRecords.filter(({ state }) => state === 'found')
    const foundRecords = new Map(foundList.map((record) => [record.localId, record]))
    const shouldDelete = kind === 'group' || removal === 'delete'
    return {
      kind,
      providerId,
      target,
      records,
      ownership,
      foundRecords,
      shouldDelete,
      removedEarly: new Set(),
      reportBuilder,
    }
  }

  const userIds = new Set(users.map(({ id }) => id))
  const userSync = await kindSync('user', userIds)
  const desiredUsers = users.map(
    (user): DesiredObject => ({
      localId: user.id,
      name: user.userName,
      attributes: userAttributes(user),
      shouldCreate: !user.disabled,
      matchNames: [user.userName, user.email],
    }),
  )
  const remoteUserIds = await syncObjects(userSync, desiredUsers)

  const groupScope = new Set(groups.map(({ id }) => id))
  const groupSync = await kindSync('group', groupScope).catch((error: unknown) => {
    if (!isGroupsUnsupported(error)) throw error
    reportBuilder.withoutGroups = true
    return undefined
  })
  if (groupSync) {
    const desiredGroups = groups.map((group): DesiredObject => {
      const members = group.memberIds.map((id) => remoteUserIds.get(id)).filter((id) => id !== undefined)
      return {
        localId: group.id,
        name: group.friendlyName,
        attributes: groupAttributes(group, members),
        shouldCreate: true,
        matchNames: [group.friendlyName],
      }
    })
    const remoteGroupIds = await syncObjects(groupSync, desiredGroups)
    await deprovision(groupSync, remoteGroupIds)
  }
  await deprovision(userSync, remoteUserIds)
  await removeStaleRecords(options, storedRecords, { user: userIds, group: groupScope })
}

/** Many targets support only users. */
function isGroupsUnsupported(error: unknown): boolean {
  return error instanceof ScimError && (error.code === 'no_scim_here' || error.status === 501)
}

/** Removes records of found objects whose local object was deleted. */
async function removeStaleRecords(
  { records }: Pick<ScimSyncOptions, 'records'>,
  storedRecords: readonly ScimRecord[],
  inScope: Readonly<Record<ScimKind, ReadonlySet<string>>>,
): Promise<void> {
  for (const record of storedRecords)
    if (record.state === 'found' && !inScope[record.kind].has(record.localId)) await records.remove(record)
}
