import type { User } from '../entities/user.ts'
import { type NewUser, newUser } from '../users/create-user.ts'
import { invalidEntry } from './entry-checks.ts'
import type { LdapPerson } from './ldap-entries.ts'
import { type LdapRules, mappedFields, type SkippedEntry } from './ldap-plan.ts'

/**
 * Builds a new user from an entry, or updates the mapped fields of an existing user. Otherwise returns the reason for the
 * failure.
 */
export function toUserFields(person: LdapPerson, before: User | undefined, rules: LdapRules): NewUser | SkippedEntry {
  const { dn, id, userName } = person
  if (userName === undefined) return { dn, id, code: 'user_name_missing' }
  const fields: Record<string, unknown> = { ...before, username: userName }
  for (const field of mappedFields) {
    // A missing display name is derived from the other names, as for all users.
    if (rules.mapped[field]) fields[field] = person[field] ?? ''
  }
  if (rules.requireEmail && (fields.email ?? '') === '') return { dn, id, code: 'email_missing' }
  try {
    return newUser(fields)
  } catch (error) {
    return invalidEntry(person, 'user_invalid', error)
  }
}
