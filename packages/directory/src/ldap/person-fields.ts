import { InvalidInput } from '@pocket/core/errors'
import { type NewUser, newUser } from '../users/create-user.ts'
import type { User } from '../users/user.ts'
import type { LdapPerson } from './answer.ts'
import type { LdapRules, SkippedEntry } from './ldap-plan.ts'

const optional = ['email', 'firstName', 'lastName', 'displayName'] as const

/**
 * Whom an entry describes: a new user, or the one who is there with the fields that the directory is asked for. Otherwise
 * why it describes nobody.
 */
export function describedBy(person: LdapPerson, before: User | undefined, rules: LdapRules): NewUser | SkippedEntry {
  const { dn, id, userName } = person
  if (userName === undefined) return { dn, id, code: 'user_name_missing' }
  const fields: Record<string, unknown> = {}
  for (const field of optional) {
    // Without a name to show one is made of the others, as for everybody.
    if (rules.mapped[field]) fields[field] = person[field] ?? ''
    else if (before) fields[field] = before[field]
  }
  if (rules.requireEmail && (fields.email ?? '') === '') return { dn, id, code: 'email_missing' }
  try {
    const described = newUser({ ...fields, username: userName, ...(before && { id: before.id }) })
    return { ...described, locale: before?.locale ?? null }
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error
    return {
      dn,
      id,
      code: 'user_invalid',
      detail: error.fields.map(({ field, code }) => `${field}: ${code}`).join('; '),
    }
  }
}
