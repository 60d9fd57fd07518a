import type { DirectoryContext } from '../context.ts'
import { changeGroups, createGroups, removeGroups, toGroupRename } from './apply-groups.ts'
import { changeMemberships, splitMemberships } from './apply-memberships.ts'
import { changePeople, createPeople, removePeople, toPersonRename } from './apply-people.ts'
import type { Step } from './apply-step.ts'
import { BatchSize } from './batch-size.ts'
import { CooperativeScheduler } from './cooperative-scheduler.ts'
import {
  addCounts,
  countChanges,
  emptyLdapCounts,
  type LdapCounts,
  type LdapHost,
  type LdapOutcome,
} from './ldap-changes.ts'
import type { LdapPlan, PicturePlan } from './ldap-plan.ts'
import { findLinkedRenames } from './linked-renames.ts'

/** The initial and maximum number of users and groups per transaction; larger batches need fewer statements. */
const rowLimits = { initial: 50, max: 500 }
const membershipLimits = { initial: 200, max: 2000 }

/**
 * Applies a plan in short transactions. Each one checks again the values from which the plan was made and skips objects that
 * were changed concurrently. An aborted run is applied partially; the next run plans the rest.
 *
 * @throws the reason of `signal`, between two transactions
 */
export async function applyLdapPlan(
  context: DirectoryContext,
  plan: LdapPlan,
  host: LdapHost,
  signal: AbortSignal,
): Promise<LdapOutcome> {
  const postponed: LdapOutcome['postponed'][number][] = []
  let counts: LdapCounts = emptyLdapCounts
  const scheduler = new CooperativeScheduler(signal)
  const inTransaction = async <Item>(
    items: readonly Item[],
    apply: (items: readonly Item[]) => Promise<Step>,
    startMeasuring: () => () => void = () => () => {},
  ) => {
    if (items.length === 0) return
    // On SQLite other work would otherwise be blocked until the last transaction ends.
    await scheduler.yield()
    let stopMeasuring = () => {}
    const step = await context.withLock(async () => {
      stopMeasuring = startMeasuring()
      const result = await apply(items)
      await host.onApplied(result.applied)
      return result
    })
    stopMeasuring()
    counts = addCounts(counts, countChanges(step.applied))
    host.onProgress?.(counts)
    postponed.push(...step.postponed.map(({ dn, id }) => ({ dn, id, code: 'changed_meanwhile' as const })))
  }
  const inBatches = async <Item>(items: readonly Item[], apply: (items: readonly Item[]) => Promise<Step>) => {
    const size = new BatchSize(rowLimits)
    for (let offset = 0; offset < items.length; ) {
      const batch = items.slice(offset, offset + size.current)
      offset += batch.length
      await inTransaction(batch, apply, () => size.measure(batch.length))
    }
  }

  const groupChanges = findLinkedRenames(plan.groupChanges.map(toGroupRename))
  await inBatches(plan.groupRemovals, (batch) => removeGroups(context, batch))
  await inTransaction(groupChanges.linked, (batch) => changeGroups(context, batch, 'linked'))
  await inBatches(groupChanges.independent, (batch) => changeGroups(context, batch))
  await inBatches(plan.groupCreations, (batch) => createGroups(context, batch))
  const personChanges = findLinkedRenames(plan.changes.map(toPersonRename))
  await inBatches(plan.removals, (batch) => removePeople(context, batch))
  await inTransaction(personChanges.linked, (batch) => changePeople(context, batch, 'linked'))
  await inBatches(personChanges.independent, (batch) => changePeople(context, batch))
  await inBatches(plan.creations, (batch) => createPeople(context, batch, plan.newClaims))
  const size = new BatchSize(membershipLimits)
  for (const { plans: batchPlans, count } of splitMemberships(plan.memberships, () => size.current))
    await inTransaction(
      batchPlans,
      (batch) => changeMemberships(context, batch),
      () => size.measure(count),
    )
  await host.applyPictures?.(await changedPictures(context, plan), createImageSaver(context, plan), signal)
  return { counts, postponed }
}

/** Only for existing users: some creations may have been postponed. */
async function changedPictures(
  { ldap: store }: DirectoryContext,
  { pictures }: LdapPlan,
): Promise<readonly PicturePlan[]> {
  if (pictures.length === 0) return []
  const existingIds = new Set((await store.findUsers(pictures.map(({ userId }) => userId))).map(({ id }) => id))
  return pictures.filter(({ userId }) => existingIds.has(userId))
}

function createImageSaver({ ldap: store }: DirectoryContext, { pictures }: LdapPlan) {
  const hashes = new Map(pictures.map(({ userId, picture }) => [userId, picture?.hash ?? null]))
  return (userId: string, image: string | null) =>
    store.savePicture(userId, { pictureHash: hashes.get(userId) ?? null, pictureImage: image })
}
