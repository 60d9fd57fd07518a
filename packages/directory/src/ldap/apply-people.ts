import type { DirectoryContext } from '../context.ts'
import type { CustomClaim } from '../entities/claim.ts'
import type { User } from '../entities/user.ts'
import { keepFreeNames, keepUnchanged, type Step, without } from './apply-step.ts'
import type { LdapEntry, PersonChange, PersonCreation } from './ldap-plan.ts'
import type { KnownUser } from './snapshot.ts'
import { nameKeysOf } from './unique-names.ts'

export async function removePeople({ ldap: store }: DirectoryContext, people: readonly KnownUser[]): Promise<Step> {
  const stored = await store.findUsers(people.map(({ user }) => user.id))
  const removals = keepUnchanged(people, stored, { before: ({ user }) => user, isSame })
  await store.removeUsers(removals.map(({ user }) => user.id))
  return { applied: { removals }, postponed: without(people, removals).map(toEntry) }
}

export async function changePeople(context: DirectoryContext, changes: readonly PersonChange[]): Promise<Step> {
  const { ldap: store, clock } = context
  const stored = await store.findUsers(changes.map(({ before }) => before.user.id))
  const unchanged = keepUnchanged(changes, stored, { before: ({ before }) => before.user, isSame })
  const newKeys = ({ before, after }: PersonChange) => {
    const oldKeys = nameKeysOf(before.user)
    return nameKeysOf(after.user).filter((key) => !oldKeys.includes(key))
  }
  const available = await keepFreeNames(unchanged, newKeys, (keys) => store.nameHolders(keys))
  const applied = available.filter(({ kind }) => kind !== 'note')
  await store.updateUsers(applied.map(({ after }) => ({ ...after.user, updatedAt: clock.now() })))
  await store.saveImportStates(available.map(({ after }) => after.importState))
  return { applied: { changes: applied }, postponed: without(changes, available).map(({ before }) => toEntry(before)) }
}

export async function createPeople(
  { ldap: store }: DirectoryContext,
  planned: readonly PersonCreation[],
  claims: readonly CustomClaim[],
): Promise<Step> {
  const creations = await keepFreeNames(
    planned,
    ({ user }) => nameKeysOf(user),
    (keys) => store.nameHolders(keys),
  )
  await store.insertUsers(creations.map(({ user }) => user))
  await store.saveImportStates(creations.map(({ importState }) => importState))
  await store.insertClaims(
    creations.map(({ user }) => user.id),
    claims,
  )
  return { applied: { creations }, postponed: without(planned, creations).map(({ entry }) => entry) }
}

function isSame(before: User, stored: User): boolean {
  return stored.updatedAt === before.updatedAt && stored.ldapId === before.ldapId
}

function toEntry({ user, importState }: KnownUser): LdapEntry {
  return { dn: importState.dn, id: user.ldapId ?? '' }
}
