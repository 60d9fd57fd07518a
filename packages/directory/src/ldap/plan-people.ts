import type { User } from '../entities/user.ts'
import { nameKey } from '../users/user-store.ts'
import { administratorsOf } from './administrators.ts'
import type { CooperativeScheduler } from './cooperative-scheduler.ts'
import { compareByDn, isStorable } from './entry-checks.ts'
import { keepLastAdministrator } from './last-administrator.ts'
import type { LdapEntries, LdapPerson } from './ldap-entries.ts'
import type { LdapRules, PersonChange, PersonCreation, PicturePlan, SkippedEntry } from './ldap-plan.ts'
import { toUserFields } from './person-fields.ts'
import { changeForMissingEntry, changeForPresentEntry, classifyChange } from './person-states.ts'
import { planPictures } from './pictures.ts'
import { type KnownUser, type LdapSnapshot, newImportState } from './snapshot.ts'
import { findNameConflicts, type NameClaim, nameKeysOf } from './unique-names.ts'

export interface PeoplePlan {
  readonly creations: readonly PersonCreation[]
  readonly changes: readonly PersonChange[]
  readonly removals: readonly KnownUser[]
  readonly pictures: readonly PicturePlan[]
  readonly skipped: readonly SkippedEntry[]
  /** User IDs by entry ID, including known users of skipped entries. */
  readonly userIds: ReadonlyMap<string, string>
}

interface PersonCandidate {
  readonly entry: LdapPerson
  readonly before: KnownUser | undefined
  readonly user: User
}

/** Plans the creation, update and removal of users. */
export async function planPeople(
  ldapEntries: LdapEntries,
  snapshot: LdapSnapshot,
  rules: LdapRules,
  scheduler: CooperativeScheduler,
): Promise<PeoplePlan> {
  const userByLdapId = new Map(snapshot.people.map((person) => [person.user.ldapId ?? '', person]))
  const skipped: SkippedEntry[] = []
  await scheduler.yield()
  const { entries, seenIds } = await distinctEntries(ldapEntries.people, skipped, scheduler)
  const candidates = await scheduler.flatMap(entries, (entry): readonly PersonCandidate[] => {
    const before = userByLdapId.get(entry.id)
    const userFields = toUserFields(entry, before?.user, rules)
    if (!('code' in userFields)) return [{ entry, before, user: toUser(userFields, entry, before, rules) }]
    skipped.push(userFields)
    return []
  })
  // An entry that could not be read still exists.
  const incompleteDns = new Set(ldapEntries.problems.map(({ dn }) => dn))
  const missingPeople = snapshot.people.filter(
    ({ user, importState }) => !seenIds.has(user.ldapId ?? '') && !incompleteDns.has(importState.dn),
  )
  const missingChanges = missingPeople.toSorted(compareByUserName).map((person) => changeForMissingEntry(person, rules))
  const deletedIds = new Set(
    missingChanges.flatMap((change) => (change.kind === 'remove' ? [change.before.user.id] : [])),
  )
  await scheduler.yield()
  const available = await assignAvailableNames({ candidates, snapshot, deletedIds, skipped }, scheduler)
  const administrators = administratorsOf(ldapEntries, snapshot.groups, rules, skipped)
  const creations: PersonCreation[] = []
  const presentChanges: PersonChange[] = []
  await scheduler.forEach(available, ({ entry, before, user }) => {
    const isAdministrator = administrators?.has(entry.id) ?? null
    if (before) presentChanges.push(changeForPresentEntry(before, { user, dn: entry.dn, isAdministrator }))
    else {
      const isImported = isAdministrator === true
      const importState = { ...newImportState(user.id, entry.dn), isImportedAdministrator: isImported }
      creations.push({
        entry: { dn: entry.dn, id: entry.id },
        user: { ...user, administrator: isImported },
        importState,
      })
    }
  })
  const planned = {
    changes: [...presentChanges, ...missingChanges.flatMap((change) => (change.kind === 'remove' ? [] : [change]))],
    removals: missingChanges.flatMap((change) => (change.kind === 'remove' ? [change.before] : [])),
  }
  await scheduler.yield()
  const { changes, removals } = keepLastAdministrator({ snapshot, creations, ...planned, skipped })
  await scheduler.yield()
  const userIds = new Map([
    ...snapshot.people.map(({ user }) => [user.ldapId ?? '', user.id] as const),
    ...creations.map(({ entry, user }) => [entry.id, user.id] as const),
  ])
  await scheduler.yield()
  return {
    creations,
    changes: await scheduler.flatMap(changes, (change) => toList(classifyChange(change))),
    removals,
    pictures: await planPictures(
      available,
      { rules, incompleteDns: incompletePictureDns(ldapEntries), skipped },
      scheduler,
    ),
    skipped,
    userIds,
  }
}

function toList<Item>(item: Item | null): readonly Item[] {
  return item === null ? [] : [item]
}

/** The names of entries whose picture is missing from the result. */
function incompletePictureDns({ problems }: LdapEntries): ReadonlySet<string> {
  const pictureProblems = problems.filter(({ code }) => code.startsWith('picture_') || code === 'value_too_large')
  return new Set(pictureProblems.map(({ dn }) => dn))
}

/** Each entry once, in a stable order. */
async function distinctEntries(
  people: readonly LdapPerson[],
  skipped: SkippedEntry[],
  scheduler: CooperativeScheduler,
) {
  const seenIds = new Set<string>()
  const sorted = people.toSorted(compareByDn)
  await scheduler.yield()
  const entries = await scheduler.flatMap(sorted, (entry): readonly LdapPerson[] => {
    const { dn, id } = entry
    if (!isStorable(entry)) skipped.push({ dn, code: 'id_invalid' })
    else if (seenIds.has(id)) skipped.push({ dn, id, code: 'id_twice' })
    else {
      seenIds.add(id)
      return [entry]
    }
    return []
  })
  return { entries, seenIds }
}

function toUser(
  userFields: Pick<User, 'id' | 'userName' | 'email' | 'firstName' | 'lastName' | 'displayName' | 'locale'>,
  { id }: LdapPerson,
  before: KnownUser | undefined,
  { mapped, now }: LdapRules,
): User {
  // LDAP verifies only the e-mail addresses that it provides, not those entered manually.
  if (before) return { ...before.user, ...userFields, emailVerified: mapped.email || before.user.emailVerified }
  const flags = { emailVerified: true, administrator: false, disabled: false }
  return { ...userFields, ...flags, ldapId: id, createdAt: now, updatedAt: now }
}

interface NameCheck {
  readonly candidates: readonly PersonCandidate[]
  readonly snapshot: LdapSnapshot
  /** IDs of users to be deleted, whose names become available. */
  readonly deletedIds: ReadonlySet<string>
  readonly skipped: SkippedEntry[]
}

/**
 * Leaves out new entries whose names are taken. Known users keep their names instead, so that a conflict, such as two users
 * who exchange their e-mail addresses, cannot hold back the loss of rights.
 */
async function assignAvailableNames(
  { candidates, snapshot, deletedIds, skipped }: NameCheck,
  scheduler: CooperativeScheduler,
): Promise<readonly PersonCandidate[]> {
  const userNames = new Map<string, string>()
  const current: NameClaim[] = []
  await scheduler.forEach(snapshot.localUsers, ({ id, userName, userNameKey, emailKey }) => {
    userNames.set(id, userName)
    current.push({ owner: id, keys: emailKey === null ? [userNameKey] : [userNameKey, emailKey] })
  })
  await scheduler.forEach(snapshot.people, ({ user }) => {
    userNames.set(user.id, user.userName)
    if (!deletedIds.has(user.id)) current.push({ owner: user.id, keys: nameKeysOf(user) })
  })
  const requested = await scheduler.flatMap(candidates, ({ user }) => [{ owner: user.id, keys: nameKeysOf(user) }])
  await scheduler.yield()
  const conflicts = findNameConflicts(current, requested)
  await scheduler.yield()
  return candidates.flatMap((candidate) => {
    const { entry, user, before } = candidate
    const conflict = conflicts.get(user.id)
    if (!conflict) return [candidate]
    const { dn, id } = entry
    const isName = conflict.key === nameKey(user.userName)
    const holderName = userNames.get(conflict.holderId)
    skipped.push({
      dn,
      id,
      code: isName ? 'user_name_taken' : 'email_taken',
      detail: isName ? user.userName : (user.email ?? ''),
      ...(holderName !== undefined && !before && { inTheWay: { userId: conflict.holderId, userName: holderName } }),
    })
    if (!before) return []
    const { userName, email, emailVerified } = before.user
    return [{ entry, before, user: { ...user, userName, email, emailVerified } }]
  })
}

function compareByUserName({ user: a }: KnownUser, { user: b }: KnownUser): number {
  return a.userName < b.userName ? -1 : Number(a.userName > b.userName)
}
