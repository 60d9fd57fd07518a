import type { Group } from '../entities/group.ts'
import type { User } from '../entities/user.ts'
import { nameKey } from '../users/user-store.ts'
import { compareByDn } from './entry-checks.ts'
import type { LdapEntries } from './ldap-entries.ts'
import type { LdapRules, PersonChange, PersonCreation, SkippedEntry } from './ldap-plan.ts'
import type { KnownUser, LdapSnapshot } from './snapshot.ts'

/**
 * The identifiers of the users whom LDAP makes administrators; `null` if LDAP does not control this. A missing group has no
 * members, so removing it revokes the rights that it granted. Group names are unique only within one branch, and permission
 * to create a group in another branch must not allow creating administrators: of several groups with the name, the known one
 * counts.
 */
export function administratorsOf(
  { groups, problems }: LdapEntries,
  knownGroups: readonly Group[],
  { administratorGroup }: LdapRules,
  skipped: SkippedEntry[],
): ReadonlySet<string> | null {
  if (administratorGroup === '') return null
  const key = nameKey(administratorGroup)
  const matches = groups.filter(({ name }) => name !== undefined && nameKey(name) === key)
  const knownGroup = knownGroups.find(({ name, ldapId }) => ldapId !== null && nameKey(name) === key)
  // The members of a partially read group are unknown.
  if (knownGroup && problems.some(({ id }) => id === knownGroup.ldapId)) return null
  if (matches.length === 0) skipped.push({ dn: '', code: 'administrator_group_missing', detail: administratorGroup })
  const group = matches.length > 1 ? matches.find(({ id }) => id === knownGroup?.ldapId) : matches[0]
  for (const { dn, id } of matches.toSorted(compareByDn))
    if (matches.length > 1 && id !== group?.id)
      skipped.push({ dn, id, code: 'administrator_group_twice', detail: administratorGroup })
  if (matches.length > 1 && !group) return null
  return new Set(group?.memberIds)
}

interface PlannedPeople {
  readonly snapshot: LdapSnapshot
  readonly creations: readonly PersonCreation[]
  readonly changes: readonly PersonChange[]
  readonly removals: readonly KnownUser[]
  readonly skipped: SkippedEntry[]
}

/** Keeps the last administrator if the plan would remove or disable all who can sign in. */
export function keepLastAdministrator({ snapshot, creations, changes, removals, skipped }: PlannedPeople) {
  const changedPeople = new Set([...changes.map(({ before }) => before), ...removals])
  const hasOther =
    snapshot.localUsers.some(({ isEnabledAdministrator }) => isEnabledAdministrator) ||
    creations.some(({ user }) => isEnabledAdministrator(user)) ||
    changes.some(({ after }) => isEnabledAdministrator(after.user)) ||
    snapshot.people.some((person) => isEnabledAdministrator(person.user) && !changedPeople.has(person))
  const [lastAdministrator] = [...changes.map(({ before }) => before), ...removals].filter(({ user }) =>
    isEnabledAdministrator(user),
  )
  if (hasOther || !lastAdministrator) return { changes, removals }
  skipped.push({
    dn: lastAdministrator.importState.dn,
    id: lastAdministrator.user.ldapId ?? '',
    code: 'last_administrator',
    detail: lastAdministrator.user.userName,
  })
  return {
    changes: changes.filter(({ before }) => before !== lastAdministrator),
    removals: removals.filter((person) => person !== lastAdministrator),
  }
}

function isEnabledAdministrator({ administrator, disabled }: User): boolean {
  return administrator && !disabled
}
