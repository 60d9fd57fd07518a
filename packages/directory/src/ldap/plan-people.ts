import type { User } from '../entities/user.ts'
import type { NewUser } from '../users/create-user.ts'
import { nameKey } from '../users/user-store.ts'
import { administratorsOf, keepLastAdministrator } from './administrators.ts'
import type { CooperativeScheduler } from './cooperative-scheduler.ts'
import { distinctEntries } from './entry-checks.ts'
import type { LdapEntries, LdapPerson } from './ldap-entries.ts'
import type { LdapRules, PersonChange, PersonCreation, PicturePlan, SkippedEntry } from './ldap-plan.ts'
import { changesOf, missingState, presentState, toUserFields } from './person-states.ts'
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

export async function planPeople(
  ldapEntries: LdapEntries,
  snapshot: LdapSnapshot,
  rules: LdapRules,
  scheduler: CooperativeScheduler,
): Promise<PeoplePlan> {
  const userByLdapId = new Map(snapshot.people.map((person) => [person.user.ldapId ?? '', person]))
  const skipped: SkippedEntry[] = []
  const seenIds = new Set<string>()
  await scheduler.yield()
  const entries = distinctEntries(ldapEntries.people, seenIds, skipped)
  const candidates = await scheduler.flatMap(entries, (entry): readonly PersonCandidate[] => {
    const before = userByLdapId.get(entry.id)
    const userFields = toUserFields(entry, before?.user, rules)
    if (!('code' in userFields)) return [{ entry, before, user: toUser(userFields, entry, before, rules) }]
    skipped.push(userFields)
    return []
  })
  // An entry that could not be read still exists.
  const incompleteDns = new Set(ldapEntries.problems.map(({ dn }) => dn))
  const missingPeople = snapshot.people
    .filter(({ user, importState }) => !seenIds.has(user.ldapId ?? '') && !incompleteDns.has(importState.dn))
    .toSorted(compareByUserName)
  await scheduler.yield()
  const missing = missingPeople.map((before) => ({ before, after: missingState(before, rules) }))
  const deletedPeople = missing.flatMap(({ before, after }) => (after ? [] : [before]))
  const deletedIds = new Set(deletedPeople.map(({ user }) => user.id))
  await scheduler.yield()
  const available = assignAvailableNames({ candidates, snapshot, deletedIds, skipped })
  await scheduler.yield()
  const administrators = administratorsOf(ldapEntries, snapshot.groups, rules, skipped)
  const creations = available.flatMap(({ entry: { dn, id }, before, user }): readonly PersonCreation[] => {
    if (before) return []
    const administrator = administrators?.has(id) ?? false
    const importState = { ...newImportState(user.id, dn), isImportedAdministrator: administrator }
    return [{ entry: { dn, id }, user: { ...user, administrator }, importState }]
  })
  const presentChanges = await scheduler.flatMap(available, ({ entry: { dn, id }, before, user }) => {
    const isAdministrator = administrators?.has(id) ?? null
    return before ? changesOf(before, presentState(before, { user, dn, isAdministrator })) : []
  })
  const missingChanges = missing.flatMap(({ before, after }) => (after ? changesOf(before, after) : []))
  const { changes, removals } = keepLastAdministrator({
    snapshot,
    creations,
    changes: [...presentChanges, ...missingChanges],
    removals: deletedPeople,
    skipped,
  })
  await scheduler.yield()
  const userIds = new Map([
    ...snapshot.people.map(({ user }) => [user.ldapId ?? '', user.id] as const),
    ...creations.map(({ entry, user }) => [entry.id, user.id] as const),
  ])
  const pictureContext = { rules, incompleteDns: incompletePictureDns(ldapEntries), skipped }
  const pictures = await planPictures(available, pictureContext, scheduler)
  return { creations, changes, removals, pictures, skipped, userIds }
}

/** The names of entries whose picture is missing from the result. */
function incompletePictureDns({ problems }: LdapEntries): ReadonlySet<string> {
  const pictureProblems = problems.filter(({ code }) => code.startsWith('picture_') || code === 'value_too_large')
  return new Set(pictureProblems.map(({ dn }) => dn))
}

function toUser(
  userFields: NewUser,
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
 * who exchange their e-mail addresses, cannot delay the removal of access.
 */
function assignAvailableNames({ candidates, snapshot, deletedIds, skipped }: NameCheck): readonly PersonCandidate[] {
  const remaining = snapshot.people.filter(({ user }) => !deletedIds.has(user.id))
  const current: readonly NameClaim[] = [
    ...snapshot.localUsers.map(({ id, userNameKey, emailKey }) => ({
      owner: id,
      keys: emailKey === null ? [userNameKey] : [userNameKey, emailKey],
    })),
    ...remaining.map(({ user }) => ({ owner: user.id, keys: nameKeysOf(user) })),
  ]
  const requested = candidates.map(({ user }) => ({ owner: user.id, keys: nameKeysOf(user) }))
  const conflicts = findNameConflicts(current, requested)
  const knownUsers = [...snapshot.localUsers, ...snapshot.people.map(({ user }) => user)]
  const userNames = new Map(knownUsers.map(({ id, userName }) => [id, userName]))
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
      ...(holderName !== undefined &&
        !before && { conflictingUser: { userId: conflict.holderId, userName: holderName } }),
    })
    if (!before) return []
    const { userName, email, emailVerified } = before.user
    return [{ entry, before, user: { ...user, userName, email, emailVerified } }]
  })
}

function compareByUserName({ user: a }: KnownUser, { user: b }: KnownUser): number {
  return a.userName < b.userName ? -1 : Number(a.userName > b.userName)
}
