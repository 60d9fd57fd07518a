import type { DirectoryContext } from '../context.ts'
import type { Group } from '../entities/group.ts'
import { nameKey } from '../users/user-store.ts'
import type { Step } from './apply-step.ts'
import type { GroupChange, GroupCreation, LdapEntry } from './ldap-plan.ts'
import type { Rename } from './linked-renames.ts'

export function toGroupRename(item: GroupChange): Rename<GroupChange> {
  return { item, before: [nameKey(item.before.name)], after: [nameKey(item.after.name)] }
}

export async function removeGroups({ ldap: store }: DirectoryContext, groups: readonly Group[]): Promise<Step> {
  const isUnchanged = isUnchangedSince(await store.findGroups(groups.map(({ id }) => id)))
  const groupRemovals = groups.filter(isUnchanged)
  await store.removeGroups(groupRemovals.map(({ id }) => id))
  return { applied: { groupRemovals }, postponed: groups.filter((group) => !isUnchanged(group)).map(toEntry) }
}

export async function changeGroups(
  context: DirectoryContext,
  changes: readonly GroupChange[],
  mode?: 'linked',
): Promise<Step> {
  const { ldap: store } = context
  const isUnchanged = isUnchangedSince(await store.findGroups(changes.map(({ before }) => before.id)))
  const unchanged = changes.filter(({ before }) => isUnchanged(before))
  const linkedIds = new Set(mode ? unchanged.map(({ before }) => before.id) : [])
  const holderByName = await findNameHolders(
    context,
    unchanged.map(({ after }) => nameKey(after.name)),
    linkedIds,
  )
  const available = unchanged.filter(({ after }) => (holderByName.get(nameKey(after.name)) ?? after.id) === after.id)
  const applied = mode && available.length < changes.length ? [] : available
  if (mode) await store.releaseGroupNames(applied.map(({ before }) => before.id))
  await store.updateGroups(applied.map(({ after }) => after))
  const appliedSet = new Set(applied)
  return {
    applied: { groupChanges: applied },
    postponed: changes.filter((change) => !appliedSet.has(change)).map(({ before }) => toEntry(before)),
  }
}

export async function createGroups(context: DirectoryContext, creations: readonly GroupCreation[]): Promise<Step> {
  const holderByName = await findNameHolders(
    context,
    creations.map(({ group }) => nameKey(group.name)),
  )
  const applied = creations.filter(({ group }) => !holderByName.has(nameKey(group.name)))
  await context.ldap.insertGroups(applied.map(({ group }) => group))
  const appliedSet = new Set(applied)
  return {
    applied: { groupCreations: applied },
    postponed: creations.filter((creation) => !appliedSet.has(creation)).map(({ entry }) => entry),
  }
}

async function findNameHolders(
  { ldap: store }: DirectoryContext,
  keys: readonly string[],
  excludedIds: ReadonlySet<string> = new Set(),
) {
  if (keys.length === 0) return new Map<string, string>()
  const found = await store.groupNameHolders(keys)
  return new Map(found.flatMap(({ id, key }) => (excludedIds.has(id) ? [] : [[key, id] as const])))
}

function isUnchangedSince(storedGroups: readonly Group[]): (before: Group) => boolean {
  const byId = new Map(storedGroups.map((group) => [group.id, group]))
  return (before) => {
    const stored = byId.get(before.id)
    return (
      stored?.name === before.name && stored.friendlyName === before.friendlyName && stored.ldapId === before.ldapId
    )
  }
}

function toEntry({ name, ldapId }: Group): LdapEntry {
  return { dn: name, id: ldapId ?? '' }
}
