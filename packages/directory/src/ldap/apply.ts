import type { DirectoryContext } from '../context.ts'
import { changeGroups, createGroups, removeGroups } from './apply-groups.ts'
import { changeMemberships, membershipChanges } from './apply-memberships.ts'
import { changePeople, createPeople, removePeople } from './apply-people.ts'
import type { Step } from './apply-step.ts'
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

/** Rows per transaction: on SQLite other writes wait until it ends. */
const maxRows = 100
const maxMemberships = 500

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
  const inBatches = async <Item>(
    items: readonly Item[],
    apply: (context: DirectoryContext, items: readonly Item[]) => Promise<Step>,
    size = maxRows,
  ) => {
    for (let offset = 0; offset < items.length; offset += size) {
      // On SQLite other work would otherwise be blocked until the last transaction ends.
      await scheduler.yield()
      const step = await context.withLock(async () => {
        const result = await apply(context, items.slice(offset, offset + size))
        await host.onApplied(result.applied)
        return result
      })
      counts = addCounts(counts, countChanges(step.applied))
      host.onProgress?.(counts)
      postponed.push(...step.postponed.map(({ dn, id }) => ({ dn, id, code: 'changed_meanwhile' as const })))
    }
  }

  await inBatches(plan.groupRemovals, removeGroups)
  await inBatches(plan.groupChanges, changeGroups)
  await inBatches(plan.groupCreations, createGroups)
  await inBatches(plan.removals, removePeople)
  await inBatches(plan.changes, changePeople)
  await inBatches(plan.creations, (_, batch) => createPeople(context, batch, plan.newClaims))
  await inBatches(membershipChanges(plan.memberships), changeMemberships, maxMemberships)
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
