import type { User } from '../entities/user.ts'
import type { PersonChange, PersonCreation, SkippedEntry } from './ldap-plan.ts'
import type { KnownUser, LdapSnapshot } from './snapshot.ts'

export interface PlannedPeople {
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
