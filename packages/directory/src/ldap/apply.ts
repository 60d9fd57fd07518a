import { countsOf, type LdapCounts, type LdapHost, type LdapOutcome, nothingCounted, sumOf } from './applied.ts'
import { changeGroups, createGroups, groupRenaming, removeGroups } from './apply-groups.ts'
import { changeMemberships, membershipParts } from './apply-memberships.ts'
import { changePeople, createPeople, personRenaming, removePeople } from './apply-people.ts'
import type { ApplyPorts, Step } from './apply-step.ts'
import { BatchSize } from './batch-size.ts'
import type { LdapPlan, PicturePlan } from './ldap-plan.ts'
import { findHandovers } from './renames.ts'
import { Turns } from './turns.ts'

/** The initial and maximum number of users and groups per transaction; larger batches need fewer statements. */
const rows = { first: 50, most: 500 }
const memberships = { first: 200, most: 2000 }

/**
 * Applies a plan in short transactions. Each one checks again the values from which the plan was made and skips objects that
 * were changed concurrently. An aborted run is applied partially; the next run plans the rest.
 *
 * @throws the reason of `signal`, between two transactions
 */
export async function applyLdapPlan(
  ports: ApplyPorts,
  plan: LdapPlan,
  host: LdapHost,
  signal: AbortSignal,
): Promise<LdapOutcome> {
  const postponed: LdapOutcome['postponed'][number][] = []
  let counts: LdapCounts = nothingCounted
  const turns = new Turns(signal)
  const inOne = async <Item>(
    items: readonly Item[],
    work: (items: readonly Item[]) => Promise<Step>,
    watch: () => () => void = () => () => {},
  ) => {
    if (items.length === 0) return
    // On SQLite other work would otherwise be blocked until the last transaction ends.
    await turns.pass()
    let end = () => {}
    const step = await ports.exclusively(async () => {
      end = watch()
      const result = await work(items)
      await host.applied(result.done)
      return result
    })
    end()
    counts = sumOf(counts, countsOf(step.done))
    host.counted?.(counts)
    postponed.push(...step.postponed.map(({ dn, id }) => ({ dn, id, code: 'changed_meanwhile' as const })))
  }
  const inBatches = async <Item>(items: readonly Item[], work: (items: readonly Item[]) => Promise<Step>) => {
    const size = new BatchSize(rows)
    for (let at = 0; at < items.length; ) {
      const batch = items.slice(at, at + size.now)
      at += batch.length
      await inOne(batch, work, () => size.watch(batch.length))
    }
  }

  const groups = findHandovers(plan.groupChanges.map(groupRenaming))
  await inBatches(plan.groupRemovals, (batch) => removeGroups(ports, batch))
  await inOne(groups.handovers, (batch) => changeGroups(ports, batch, 'passing-on'))
  await inBatches(groups.others, (batch) => changeGroups(ports, batch))
  await inBatches(plan.groupCreations, (batch) => createGroups(ports, batch))
  const people = findHandovers(plan.changes.map(personRenaming))
  await inBatches(plan.removals, (batch) => removePeople(ports, batch))
  await inOne(people.handovers, (batch) => changePeople(ports, batch, 'passing-on'))
  await inBatches(people.others, (batch) => changePeople(ports, batch))
  await inBatches(plan.creations, (batch) => createPeople(ports, batch, plan.newClaims))
  const size = new BatchSize(memberships)
  for (const { part, pairs } of membershipParts(plan.memberships, () => size.now))
    await inOne(
      part,
      (batch) => changeMemberships(ports, batch),
      () => size.watch(pairs),
    )
  await host.pictures?.(await changedPictures(ports, plan), keeping(ports, plan), signal)
  return { counts, postponed }
}

/** Only for existing users: some creations may have been postponed. */
async function changedPictures({ store }: ApplyPorts, { pictures }: LdapPlan): Promise<readonly PicturePlan[]> {
  if (pictures.length === 0) return []
  const there = new Set((await store.users(pictures.map(({ userId }) => userId))).map(({ id }) => id))
  return pictures.filter(({ userId }) => there.has(userId))
}

function keeping({ store }: ApplyPorts, { pictures }: LdapPlan) {
  const hashes = new Map(pictures.map(({ userId, picture }) => [userId, picture?.hash ?? null]))
  return (userId: string, image: string | null) =>
    store.putPicture(userId, { pictureHash: hashes.get(userId) ?? null, pictureImage: image })
}
