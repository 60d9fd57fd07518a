import type { CustomClaim } from '../claims/claim.ts'
import type { User } from '../users/user.ts'
import { nameKey } from '../users/user-store.ts'
import type { ApplyPorts, Step } from './apply-step.ts'
import type { LdapEntry, PersonChange, PersonCreation } from './ldap-plan.ts'
import type { Renaming } from './renames.ts'
import type { KnownUser } from './snapshot.ts'

export function personRenaming(item: PersonChange): Renaming<PersonChange> {
  return { item, before: keysOf(item.before.user), after: keysOf(item.after.user) }
}

export async function removePeople({ store }: ApplyPorts, people: readonly KnownUser[]): Promise<Step> {
  const wasUnchanged = isUnchangedSince(await store.users(people.map(({ user }) => user.id)))
  const removals = people.filter(({ user }) => wasUnchanged(user))
  await store.removeUsers(removals.map(({ user }) => user.id))
  return { done: { removals }, postponed: people.filter((person) => !removals.includes(person)).map(entryOf) }
}

export async function changePeople(
  ports: ApplyPorts,
  changes: readonly PersonChange[],
  passingOn?: 'passing-on',
): Promise<Step> {
  const { store, clock } = ports
  const wasUnchanged = isUnchangedSince(await store.users(changes.map(({ before }) => before.user.id)))
  const untouched = changes.filter(({ before }) => wasUnchanged(before.user))
  const ids = new Set(untouched.map(({ before }) => before.user.id))
  const renamed = untouched
    .map(personRenaming)
    .flatMap(({ before, after }) => after.filter((key) => !before.includes(key)))
  // Names that are handed over are released by their current owners.
  const held = await holders(ports, renamed, passingOn ? ids : new Set())
  const isFree = ({ before, after }: PersonChange) =>
    keysOf(after.user).every((key) => (held.get(key) ?? before.user.id) === before.user.id)
  const free = untouched.filter(isFree)
  const visible = free.filter(({ kind }) => kind !== 'note')
  // If one user in a chain of renames is blocked, the whole chain is postponed to the next run.
  const isBroken = passingOn !== undefined && free.length < changes.length
  const done = isBroken ? [] : visible
  if (passingOn && !isBroken) await store.releaseNames(done.map(({ before }) => before.user.id))
  await store.updateUsers(done.map(({ after }) => ({ ...after.user, updatedAt: clock.now() })))
  await store.putMarks((isBroken ? [] : free).map(({ after }) => after.mark))
  const kept = new Set(isBroken ? [] : free)
  return {
    done: { changes: done },
    postponed: changes.filter((each) => !kept.has(each)).map(({ before }) => entryOf(before)),
  }
}

export async function createPeople(
  ports: ApplyPorts,
  creations: readonly PersonCreation[],
  claims: readonly CustomClaim[],
): Promise<Step> {
  const { store } = ports
  const held = await holders(
    ports,
    creations.flatMap(({ user }) => keysOf(user)),
  )
  const done = creations.filter(({ user }) => !keysOf(user).some((key) => held.has(key)))
  await store.insertUsers(done.map(({ user }) => user))
  await store.putMarks(done.map(({ mark }) => mark))
  await store.insertClaims(
    done.map(({ user }) => user.id),
    claims,
  )
  const made = new Set(done)
  return { done: { creations: done }, postponed: creations.filter((each) => !made.has(each)).map(({ entry }) => entry) }
}

async function holders({ store }: ApplyPorts, keys: readonly string[], except: ReadonlySet<string> = new Set()) {
  if (keys.length === 0) return new Map<string, string>()
  const found = await store.nameHolders(keys)
  return new Map(found.flatMap(({ id, key }) => (except.has(id) ? [] : [[key, id] as const])))
}

function isUnchangedSince(current: readonly User[]): (before: User) => boolean {
  const byId = new Map(current.map((user) => [user.id, user]))
  return (before) => {
    const now = byId.get(before.id)
    return now !== undefined && now.updatedAt === before.updatedAt && now.ldapId === before.ldapId
  }
}

function entryOf({ user, mark }: KnownUser): LdapEntry {
  return { dn: mark.dn, id: user.ldapId ?? '' }
}

function keysOf({ userName, email }: User): readonly string[] {
  return email === null ? [nameKey(userName)] : [nameKey(userName), nameKey(email)]
}
