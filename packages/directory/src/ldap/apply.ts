import type { DirectoryContext } from '../context.ts'
import type { Group } from '../entities/group.ts'
import type { User } from '../entities/user.ts'
import { nameKey } from '../users/user-store.ts'
import { CooperativeScheduler } from './cooperative-scheduler.ts'
import {
  addCounts,
  countChanges,
  emptyLdapCounts,
  type LdapChanges,
  type LdapCounts,
  type LdapHost,
  type LdapOutcome,
} from './ldap-changes.ts'
import type { LdapEntry, LdapPlan, MembershipPlan, PicturePlan } from './ldap-plan.ts'
import type { NameHolder } from './ldap-store.ts'
import type { KnownUser } from './snapshot.ts'
import { nameKeysOf } from './unique-names.ts'

/** Rows per transaction: on SQLite other writes wait until it ends. */
const maxRows = 100
const maxMemberships = 500

/** The items of a transaction that were applied, and the changes to report. */
type Applied<Item> = readonly [items: readonly Item[], changes: LdapChanges]

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
  const { ldap: store, clock } = context
  const postponed: LdapOutcome['postponed'][number][] = []
  let counts: LdapCounts = emptyLdapCounts
  const scheduler = new CooperativeScheduler(signal)
  const inBatches = async <Item>(
    items: readonly Item[],
    toEntry: (item: Item) => LdapEntry,
    apply: (batch: readonly Item[]) => Promise<Applied<Item>>,
    size = maxRows,
  ) => {
    for (let offset = 0; offset < items.length; offset += size) {
      // On SQLite other work would otherwise be blocked until the last transaction ends.
      await scheduler.yield()
      const batch = items.slice(offset, offset + size)
      const [done, changes] = await context.withLock(async () => {
        const applied = await apply(batch)
        await host.onApplied(applied[1])
        return applied
      })
      counts = addCounts(counts, countChanges(changes))
      host.onProgress?.(counts)
      const doneItems = new Set(done)
      for (const item of batch)
        if (!doneItems.has(item)) postponed.push({ ...toEntry(item), code: 'changed_meanwhile' })
    }
  }
  const groups: Checks<Group> = {
    find: (ids) => store.findGroups(ids),
    holders: (keys) => store.groupNameHolders(keys),
    keysOf: ({ name }) => [nameKey(name)],
    isSame: (before, stored) => groupFields.every((field) => stored[field] === before[field]),
  }
  const users: Checks<User> = {
    find: (ids) => store.findUsers(ids),
    holders: (keys) => store.nameHolders(keys),
    keysOf: nameKeysOf,
    isSame: (before, stored) => stored.updatedAt === before.updatedAt && stored.ldapId === before.ldapId,
  }

  await inBatches(plan.groupRemovals, groupEntry, async (batch) => {
    const groupRemovals = await applicable(groups, batch, (before) => ({ before }))
    await store.removeGroups(groupRemovals.map(({ id }) => id))
    return [groupRemovals, { groupRemovals }]
  })
  await inBatches(
    plan.groupChanges,
    ({ before }) => groupEntry(before),
    async (batch) => {
      const groupChanges = await applicable(groups, batch, (change) => change)
      await store.updateGroups(groupChanges.map(({ after }) => after))
      return [groupChanges, { groupChanges }]
    },
  )
  await inBatches(plan.groupCreations, creationEntry, async (batch) => {
    const groupCreations = await applicable(groups, batch, ({ group }) => ({ after: group }))
    await store.insertGroups(groupCreations.map(({ group }) => group))
    return [groupCreations, { groupCreations }]
  })
  await inBatches(plan.removals, userEntry, async (batch) => {
    const removals = await applicable(users, batch, ({ user }) => ({ before: user }))
    await store.removeUsers(removals.map(({ user }) => user.id))
    return [removals, { removals }]
  })
  await inBatches(
    plan.changes,
    ({ before }) => userEntry(before),
    async (batch) => {
      const done = await applicable(users, batch, ({ before, after }) => ({ before: before.user, after: after.user }))
      const changes = done.filter(({ kind }) => kind !== 'note')
      await store.updateUsers(changes.map(({ after }) => ({ ...after.user, updatedAt: clock.now() })))
      await store.saveImportStates(done.map(({ after }) => after.importState))
      return [done, { changes }]
    },
  )
  await inBatches(plan.creations, creationEntry, async (batch) => {
    const creations = await applicable(users, batch, ({ user }) => ({ after: user }))
    const ids = creations.map(({ user }) => user.id)
    await store.insertUsers(creations.map(({ user }) => user))
    await store.saveImportStates(creations.map(({ importState }) => importState))
    await store.insertClaims(ids, plan.newClaims)
    return [creations, { creations }]
  })
  const noEntry = () => ({ dn: '', id: '' })
  await inBatches(membershipChanges(plan.memberships), noEntry, changeMemberships(context), maxMemberships)
  const saveImage = ({ userId, picture }: PicturePlan, image: string | null) =>
    store.savePicture(userId, { pictureHash: picture?.hash ?? null, pictureImage: image })
  await host.applyPictures?.(await changedPictures(context, plan), saveImage, signal)
  return { counts, postponed }
}

/** How stored objects of one kind are compared with the plan. */
interface Checks<Stored> {
  find(ids: readonly string[]): Promise<readonly Stored[]>
  holders(keys: readonly string[]): Promise<readonly NameHolder[]>
  keysOf(object: Stored): readonly string[]
  isSame(before: Stored, stored: Stored): boolean
}

/** The items whose object is stored as it was when the import was planned, and whose new names no other object has. */
async function applicable<Item, Stored extends { readonly id: string }>(
  { find, holders, keysOf, isSame }: Checks<Stored>,
  items: readonly Item[],
  statesOf: (item: Item) => { readonly before?: Stored; readonly after?: Stored },
): Promise<readonly Item[]> {
  const states = items.map((item) => {
    const { before, after } = statesOf(item)
    const oldKeys = before ? keysOf(before) : []
    return { item, before, newKeys: after ? keysOf(after).filter((key) => !oldKeys.includes(key)) : [] }
  })
  const ids = states.flatMap(({ before }) => before?.id ?? [])
  const stored = new Map((ids.length > 0 ? await find(ids) : []).map((object) => [object.id, object]))
  const unchanged = states.filter(({ before }) => {
    const current = before && stored.get(before.id)
    return before === undefined || (current !== undefined && isSame(before, current))
  })
  const keys = unchanged.flatMap(({ newKeys }) => newKeys)
  const taken = new Set((keys.length > 0 ? await holders(keys) : []).map(({ key }) => key))
  return unchanged.filter(({ newKeys }) => !newKeys.some((key) => taken.has(key))).map(({ item }) => item)
}

const groupFields = ['name', 'friendlyName', 'ldapId', 'requiresTwoPasskeys'] as const

function groupEntry({ name, ldapId }: Group): LdapEntry {
  return { dn: name, id: ldapId ?? '' }
}

function userEntry({ user, importState }: KnownUser): LdapEntry {
  return { dn: importState.dn, id: user.ldapId ?? '' }
}

function creationEntry({ entry }: { readonly entry: LdapEntry }): LdapEntry {
  return entry
}

/** The addition or removal of one member. */
interface MembershipChange {
  readonly groupId: string
  readonly groupName: string
  readonly userId: string
  readonly kind: 'added' | 'removed'
}

/** The changes one by one, since a group may contain all users. */
function membershipChanges(plans: readonly MembershipPlan[]): readonly MembershipChange[] {
  const kinds = ['added', 'removed'] as const
  return plans.flatMap(({ groupId, groupName, ...plan }) =>
    kinds.flatMap((kind) => plan[kind].map((userId) => ({ groupId, groupName, userId, kind }))),
  )
}

function changeMemberships({ ldap: store }: DirectoryContext) {
  return async (changes: readonly MembershipChange[]): Promise<Applied<MembershipChange>> => {
    const pairsOf = (kind: MembershipChange['kind']) => changes.filter((change) => change.kind === kind)
    const removed = await store.removeMemberships(pairsOf('removed'))
    const added = await store.addMemberships(pairsOf('added'))
    const usersOf = (pairs: typeof added, group: string) =>
      pairs.filter(({ groupId }) => groupId === group).map(({ userId }) => userId)
    const memberships = [...new Map(changes.map(({ groupId, groupName }) => [groupId, groupName]))]
      .map(([groupId, groupName]) => ({
        groupId,
        groupName,
        added: usersOf(added, groupId),
        removed: usersOf(removed, groupId),
      }))
      .filter((plan) => plan.added.length > 0 || plan.removed.length > 0)
    return [changes, { memberships }]
  }
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
