import type { Group } from '../groups/group.ts'
import { nameKey } from '../users/user-store.ts'
import type { ApplyPorts, Step } from './apply-step.ts'
import type { GroupChange, GroupCreation, LdapEntry } from './ldap-plan.ts'
import type { Renaming } from './renames.ts'

export function groupRenaming(item: GroupChange): Renaming<GroupChange> {
  return { item, before: [nameKey(item.before.name)], after: [nameKey(item.after.name)] }
}

export async function removeGroups({ store }: ApplyPorts, groups: readonly Group[]): Promise<Step> {
  const wasUnchanged = isUnchangedSince(await store.groups(groups.map(({ id }) => id)))
  const groupRemovals = groups.filter(wasUnchanged)
  await store.removeGroups(groupRemovals.map(({ id }) => id))
  return { done: { groupRemovals }, postponed: groups.filter((group) => !wasUnchanged(group)).map(entryOf) }
}

export async function changeGroups(
  ports: ApplyPorts,
  changes: readonly GroupChange[],
  passingOn?: 'passing-on',
): Promise<Step> {
  const { store } = ports
  const wasUnchanged = isUnchangedSince(await store.groups(changes.map(({ before }) => before.id)))
  const untouched = changes.filter(({ before }) => wasUnchanged(before))
  const own = new Set(passingOn ? untouched.map(({ before }) => before.id) : [])
  const held = await holders(
    ports,
    untouched.map(({ after }) => nameKey(after.name)),
    own,
  )
  const free = untouched.filter(({ after }) => (held.get(nameKey(after.name)) ?? after.id) === after.id)
  const done = passingOn && free.length < changes.length ? [] : free
  if (passingOn) await store.releaseGroupNames(done.map(({ before }) => before.id))
  await store.updateGroups(done.map(({ after }) => after))
  const made = new Set(done)
  return {
    done: { groupChanges: done },
    postponed: changes.filter((each) => !made.has(each)).map(({ before }) => entryOf(before)),
  }
}

export async function createGroups(ports: ApplyPorts, creations: readonly GroupCreation[]): Promise<Step> {
  const held = await holders(
    ports,
    creations.map(({ group }) => nameKey(group.name)),
  )
  const done = creations.filter(({ group }) => !held.has(nameKey(group.name)))
  await ports.store.insertGroups(done.map(({ group }) => group))
  const made = new Set(done)
  return {
    done: { groupCreations: done },
    postponed: creations.filter((each) => !made.has(each)).map(({ entry }) => entry),
  }
}

async function holders({ store }: ApplyPorts, keys: readonly string[], except: ReadonlySet<string> = new Set()) {
  if (keys.length === 0) return new Map<string, string>()
  const found = await store.groupNameHolders(keys)
  return new Map(found.flatMap(({ id, key }) => (except.has(id) ? [] : [[key, id] as const])))
}

function isUnchangedSince(current: readonly Group[]): (before: Group) => boolean {
  const byId = new Map(current.map((group) => [group.id, group]))
  return (before) => {
    const now = byId.get(before.id)
    return now?.name === before.name && now.friendlyName === before.friendlyName && now.ldapId === before.ldapId
  }
}

function entryOf({ name, ldapId }: Group): LdapEntry {
  return { dn: name, id: ldapId ?? '' }
}
