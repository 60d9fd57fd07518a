import type { User } from '../users/user.ts'
import { nameKey } from '../users/user-store.ts'
import { administratorsOf } from './administrators.ts'
import type { LdapAnswer, LdapPerson } from './answer.ts'
import { byDn, isStorable } from './entries.ts'
import { keepLastAdministrator } from './last-administrator.ts'
import type { LdapRules, PersonChange, PersonCreation, PicturePlan, SkippedEntry } from './ldap-plan.ts'
import { describedBy } from './person-fields.ts'
import { changeOf, goneOf, presentOf } from './person-states.ts'
import { picturesOf } from './pictures.ts'
import { type KnownUser, type LdapSnapshot, newMark } from './snapshot.ts'
import type { Turns } from './turns.ts'
import { claimNames, type NameChange, type NameClaim } from './unique-names.ts'

export interface PeoplePlan {
  readonly creations: readonly PersonCreation[]
  readonly changes: readonly PersonChange[]
  readonly removals: readonly KnownUser[]
  readonly pictures: readonly PicturePlan[]
  readonly skipped: readonly SkippedEntry[]
  /** User IDs by entry ID, including known users of skipped entries. */
  readonly userIds: ReadonlyMap<string, string>
}

interface Wanted {
  readonly entry: LdapPerson
  readonly before: KnownUser | undefined
  readonly user: User
}

/** Plans the creation, update and removal of users. */
export async function planPeople(
  answer: LdapAnswer,
  held: LdapSnapshot,
  rules: LdapRules,
  turns: Turns,
): Promise<PeoplePlan> {
  const owned = new Map(held.people.map((person) => [person.user.ldapId ?? '', person]))
  const skipped: SkippedEntry[] = []
  await turns.pass()
  const { entries, seen } = await distinct(answer.people, skipped, turns)
  const wanted = await turns.flatMap(entries, (entry): readonly Wanted[] => {
    const before = owned.get(entry.id)
    const described = describedBy(entry, before?.user, rules)
    if (!('code' in described)) return [{ entry, before, user: userOf(described, entry, before, rules) }]
    skipped.push(described)
    return []
  })
  // An entry that could not be read still exists.
  const unread = new Set(answer.problems.map(({ dn }) => dn))
  const gone = held.people.filter(({ user, mark }) => !seen.has(user.ldapId ?? '') && !unread.has(mark.dn))
  const departures = gone.toSorted(byUserName).map((person) => goneOf(person, rules))
  const removed = new Set(departures.flatMap((each) => (each.kind === 'remove' ? [each.before.user.id] : [])))
  await turns.pass()
  const free = await withFreeNames({ wanted, held, removed, skipped }, turns)
  const administrators = administratorsOf(answer, held.groups, rules, skipped)
  const creations: PersonCreation[] = []
  const present: PersonChange[] = []
  await turns.each(free, ({ entry, before, user }) => {
    const isAdministrator = administrators?.has(entry.id) ?? null
    if (before) present.push(presentOf(before, { user, dn: entry.dn, isAdministrator }))
    else {
      const byImport = isAdministrator === true
      const mark = { ...newMark(user.id, entry.dn), isImportedAdministrator: byImport }
      creations.push({ entry: { dn: entry.dn, id: entry.id }, user: { ...user, administrator: byImport }, mark })
    }
  })
  const planned = {
    changes: [...present, ...departures.flatMap((each) => (each.kind === 'remove' ? [] : [each]))],
    removals: departures.flatMap((each) => (each.kind === 'remove' ? [each.before] : [])),
  }
  await turns.pass()
  const { changes, removals } = keepLastAdministrator({ held, creations, ...planned, skipped })
  await turns.pass()
  const userIds = new Map([
    ...held.people.map(({ user }) => [user.ldapId ?? '', user.id] as const),
    ...creations.map(({ entry, user }) => [entry.id, user.id] as const),
  ])
  await turns.pass()
  return {
    creations,
    changes: await turns.flatMap(changes, (change) => asList(changeOf(change))),
    removals,
    pictures: await picturesOf(free, { rules, unread: withoutPicture(answer), skipped }, turns),
    skipped,
    userIds,
  }
}

function asList<Item>(item: Item | null): readonly Item[] {
  return item === null ? [] : [item]
}

/** The names of entries whose picture is missing from the answer. */
function withoutPicture({ problems }: LdapAnswer): ReadonlySet<string> {
  const left = problems.filter(({ code }) => code.startsWith('picture_') || code === 'value_too_large')
  return new Set(left.map(({ dn }) => dn))
}

/** Each entry once, in a stable order. */
async function distinct(people: readonly LdapPerson[], skipped: SkippedEntry[], turns: Turns) {
  const seen = new Set<string>()
  const sorted = people.toSorted(byDn)
  await turns.pass()
  const entries = await turns.flatMap(sorted, (entry): readonly LdapPerson[] => {
    const { dn, id } = entry
    if (!isStorable(entry)) skipped.push({ dn, code: 'id_invalid' })
    else if (seen.has(id)) skipped.push({ dn, id, code: 'id_twice' })
    else {
      seen.add(id)
      return [entry]
    }
    return []
  })
  return { entries, seen }
}

function userOf(
  described: Pick<User, 'id' | 'userName' | 'email' | 'firstName' | 'lastName' | 'displayName' | 'locale'>,
  { id }: LdapPerson,
  before: KnownUser | undefined,
  { mapped, now }: LdapRules,
): User {
  // LDAP verifies only the e-mail addresses that it provides, not those entered manually.
  if (before) return { ...before.user, ...described, emailVerified: mapped.email || before.user.emailVerified }
  const flags = { emailVerified: true, administrator: false, disabled: false }
  return { ...described, ...flags, ldapId: id, createdAt: now, updatedAt: now }
}

interface NamesOf {
  readonly wanted: readonly Wanted[]
  readonly held: LdapSnapshot
  /** IDs of users to be deleted, whose names become available. */
  readonly removed: ReadonlySet<string>
  readonly skipped: SkippedEntry[]
}

async function withFreeNames({ wanted, held, removed, skipped }: NamesOf, turns: Turns): Promise<readonly Wanted[]> {
  const names = new Map<string, string>()
  const fixed: NameClaim[] = []
  await turns.each(held.others, ({ id, userName, userNameKey, emailKey }) => {
    names.set(id, userName)
    fixed.push({ owner: id, keys: emailKey === null ? [userNameKey] : [userNameKey, emailKey] })
  })
  await turns.each(held.people, ({ user }) => {
    names.set(user.id, user.userName)
    if (!removed.has(user.id)) fixed.push({ owner: user.id, keys: keysOf(user) })
  })
  const changes = await turns.flatMap(wanted, ({ user, before }): readonly NameChange[] => [
    { owner: user.id, keys: keysOf(user), before: before ? keysOf(before.user) : null },
  ])
  const conflicts = await claimNames({ fixed, wanted: changes }, turns)
  await turns.pass()
  return wanted.filter(({ entry: { dn, id }, user, before }) => {
    const conflict = conflicts.get(user.id)
    if (!conflict) return true
    const isName = conflict.key === nameKey(user.userName)
    const userName = names.get(conflict.takenBy)
    skipped.push({
      dn,
      id,
      code: isName ? 'user_name_taken' : 'email_taken',
      detail: isName ? user.userName : (user.email ?? ''),
      ...(userName !== undefined && !before && { inTheWay: { userId: conflict.takenBy, userName } }),
    })
    return false
  })
}

function byUserName({ user: one }: KnownUser, { user: other }: KnownUser): number {
  return one.userName < other.userName ? -1 : Number(one.userName > other.userName)
}

function keysOf({ userName, email }: User): readonly string[] {
  return email === null ? [nameKey(userName)] : [nameKey(userName), nameKey(email)]
}
