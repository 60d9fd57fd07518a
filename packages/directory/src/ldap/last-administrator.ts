import type { User } from '../users/user.ts'
import type { PersonChange, PersonCreation, SkippedEntry } from './ldap-plan.ts'
import type { KnownUser, LdapSnapshot } from './snapshot.ts'

export interface PlannedPeople {
  readonly held: LdapSnapshot
  readonly creations: readonly PersonCreation[]
  readonly changes: readonly PersonChange[]
  readonly removals: readonly KnownUser[]
  readonly skipped: SkippedEntry[]
}

/** Keeps the last administrator if the plan would remove or disable all who can sign in. */
export function keepLastAdministrator({ held, creations, changes, removals, skipped }: PlannedPeople) {
  const touched = new Set([...changes.map(({ before }) => before), ...removals])
  const stay =
    held.others.some(({ governs }) => governs) ||
    creations.some(({ user }) => governs(user)) ||
    changes.some(({ after }) => governs(after.user)) ||
    held.people.some((person) => governs(person.user) && !touched.has(person))
  const [last] = [...changes.map(({ before }) => before), ...removals].filter(({ user }) => governs(user))
  if (stay || !last) return { changes, removals }
  skipped.push({ dn: last.mark.dn, id: last.user.ldapId ?? '', code: 'last_administrator', detail: last.user.userName })
  return {
    changes: changes.filter(({ before }) => before !== last),
    removals: removals.filter((person) => person !== last),
  }
}

function governs({ administrator, disabled }: User): boolean {
  return administrator && !disabled
}
