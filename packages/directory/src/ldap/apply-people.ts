import type { DirectoryContext } from '../context.ts'
import type { CustomClaim } from '../entities/claim.ts'
import type { User } from '../entities/user.ts'
import { nameKey } from '../users/user-store.ts'
import type { Step } from './apply-step.ts'
import type { LdapEntry, PersonChange, PersonCreation } from './ldap-plan.ts'
import type { Rename } from './linked-renames.ts'
import type { KnownUser } from './snapshot.ts'

export function toPersonRename(item: PersonChange): Rename<PersonChange> {
  return { item, before: nameKeysOf(item.before.user), after: nameKeysOf(item.after.user) }
}

export async function removePeople({ ldap: store }: DirectoryContext, people: readonly KnownUser[]): Promise<Step> {
  const isUnchanged = isUnchangedSince(await store.findUsers(people.map(({ user }) => user.id)))
  const removals = people.filter(({ user }) => isUnchanged(user))
  await store.removeUsers(removals.map(({ user }) => user.id))
  return { applied: { removals }, postponed: people.filter((person) => !removals.includes(person)).map(toEntry) }
}

export async function changePeople(
  context: DirectoryContext,
  changes: readonly PersonChange[],
  mode?: 'linked',
): Promise<Step> {
  const { ldap: store, clock } = context
  const isUnchanged = isUnchangedSince(await store.findUsers(changes.map(({ before }) => before.user.id)))
  const unchanged = changes.filter(({ before }) => isUnchanged(before.user))
  const linkedIds = new Set(unchanged.map(({ before }) => before.user.id))
  const newKeys = unchanged
    .map(toPersonRename)
    .flatMap(({ before, after }) => after.filter((key) => !before.includes(key)))
  // Names that are handed over are released by their current owners.
  const holderByName = await findNameHolders(context, newKeys, mode ? linkedIds : new Set())
  const isFree = ({ before, after }: PersonChange) =>
    nameKeysOf(after.user).every((key) => (holderByName.get(key) ?? before.user.id) === before.user.id)
  const available = unchanged.filter(isFree)
  const visibleChanges = available.filter(({ kind }) => kind !== 'note')
  // If one user in a chain of renames is blocked, the whole chain is postponed to the next run.
  const isBlocked = mode !== undefined && available.length < changes.length
  const applied = isBlocked ? [] : visibleChanges
  if (mode && !isBlocked) await store.releaseNames(applied.map(({ before }) => before.user.id))
  await store.updateUsers(applied.map(({ after }) => ({ ...after.user, updatedAt: clock.now() })))
  await store.saveImportStates((isBlocked ? [] : available).map(({ after }) => after.importState))
  const processed = new Set(isBlocked ? [] : available)
  return {
    applied: { changes: applied },
    postponed: changes.filter((change) => !processed.has(change)).map(({ before }) => toEntry(before)),
  }
}

export async function createPeople(
  context: DirectoryContext,
  creations: readonly PersonCreation[],
  claims: readonly CustomClaim[],
): Promise<Step> {
  const { ldap: store } = context
  const holderByName = await findNameHolders(
    context,
    creations.flatMap(({ user }) => nameKeysOf(user)),
  )
  const applied = creations.filter(({ user }) => !nameKeysOf(user).some((key) => holderByName.has(key)))
  await store.insertUsers(applied.map(({ user }) => user))
  await store.saveImportStates(applied.map(({ importState }) => importState))
  await store.insertClaims(
    applied.map(({ user }) => user.id),
    claims,
  )
  const appliedSet = new Set(applied)
  return {
    applied: { creations: applied },
    postponed: creations.filter((creation) => !appliedSet.has(creation)).map(({ entry }) => entry),
  }
}

async function findNameHolders(
  { ldap: store }: DirectoryContext,
  keys: readonly string[],
  excludedIds: ReadonlySet<string> = new Set(),
) {
  if (keys.length === 0) return new Map<string, string>()
  const found = await store.nameHolders(keys)
  return new Map(found.flatMap(({ id, key }) => (excludedIds.has(id) ? [] : [[key, id] as const])))
}

function isUnchangedSince(storedUsers: readonly User[]): (before: User) => boolean {
  const byId = new Map(storedUsers.map((user) => [user.id, user]))
  return (before) => {
    const stored = byId.get(before.id)
    return stored !== undefined && stored.updatedAt === before.updatedAt && stored.ldapId === before.ldapId
  }
}

function toEntry({ user, importState }: KnownUser): LdapEntry {
  return { dn: importState.dn, id: user.ldapId ?? '' }
}

function nameKeysOf({ userName, email }: User): readonly string[] {
  return email === null ? [nameKey(userName)] : [nameKey(userName), nameKey(email)]
}
