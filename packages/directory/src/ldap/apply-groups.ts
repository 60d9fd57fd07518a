import type { DirectoryContext } from '../context.ts'
import type { Group } from '../entities/group.ts'
import { nameKey } from '../users/user-store.ts'
import { keepFreeNames, keepUnchanged, type Step, without } from './apply-step.ts'
import type { GroupChange, GroupCreation, LdapEntry } from './ldap-plan.ts'

export async function removeGroups({ ldap: store }: DirectoryContext, groups: readonly Group[]): Promise<Step> {
  const stored = await store.findGroups(groups.map(({ id }) => id))
  const groupRemovals = keepUnchanged(groups, stored, { before: (group) => group, isSame })
  await store.removeGroups(groupRemovals.map(({ id }) => id))
  return { applied: { groupRemovals }, postponed: without(groups, groupRemovals).map(toEntry) }
}

export async function changeGroups({ ldap: store }: DirectoryContext, changes: readonly GroupChange[]): Promise<Step> {
  const stored = await store.findGroups(changes.map(({ before }) => before.id))
  const unchanged = keepUnchanged(changes, stored, { before: ({ before }) => before, isSame })
  const newKeys = ({ before, after }: GroupChange) =>
    nameKey(before.name) === nameKey(after.name) ? [] : [nameKey(after.name)]
  const groupChanges = await keepFreeNames(unchanged, newKeys, (keys) => store.groupNameHolders(keys))
  await store.updateGroups(groupChanges.map(({ after }) => after))
  return { applied: { groupChanges }, postponed: without(changes, groupChanges).map(({ before }) => toEntry(before)) }
}

export async function createGroups(
  { ldap: store }: DirectoryContext,
  creations: readonly GroupCreation[],
): Promise<Step> {
  const newKeys = ({ group }: GroupCreation) => [nameKey(group.name)]
  const groupCreations = await keepFreeNames(creations, newKeys, (keys) => store.groupNameHolders(keys))
  await store.insertGroups(groupCreations.map(({ group }) => group))
  return { applied: { groupCreations }, postponed: without(creations, groupCreations).map(({ entry }) => entry) }
}

const compared = ['name', 'friendlyName', 'ldapId', 'requiresTwoPasskeys'] as const

function isSame(before: Group, stored: Group): boolean {
  return compared.every((property) => stored[property] === before[property])
}

function toEntry({ name, ldapId }: Group): LdapEntry {
  return { dn: name, id: ldapId ?? '' }
}
