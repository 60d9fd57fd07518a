import type { User } from '../entities/user.ts'
import { type NewUser, newUser } from '../users/create-user.ts'
import { invalidEntry } from './entry-checks.ts'
import type { LdapPerson } from './ldap-entries.ts'
import { type LdapRules, mappedFields, type PersonChange, type SkippedEntry } from './ldap-plan.ts'
import type { KnownUser, LdapImportState } from './snapshot.ts'

export interface PresentEntry {
  /** The user with the entry's fields and the previous rights. */
  readonly user: User
  readonly dn: string
  /** Whether LDAP makes the user an administrator; `null` if LDAP does not control this. */
  readonly isAdministrator: boolean | null
}

/** The target state of a user whose entry exists. Manual decisions are kept. */
export function presentState(before: KnownUser, { user, dn, isAdministrator }: PresentEntry): KnownUser {
  const { importState } = before
  const administrator = administratorState(before, isAdministrator)
  return {
    user: {
      ...user,
      disabled: before.user.disabled && !importState.disabledByImport,
      administrator: administrator.isAdministrator,
    },
    importState: {
      ...importState,
      dn,
      disabledByImport: false,
      enabledManually: false,
      isImportedAdministrator: administrator.isImported,
    },
  }
}

function administratorState({ user, importState }: KnownUser, isAdministrator: boolean | null) {
  const unchanged = { isAdministrator: user.administrator, isImported: importState.isImportedAdministrator }
  if (isAdministrator === null || importState.isManualAdministrator || isAdministrator === user.administrator)
    return unchanged
  if (isAdministrator) return { isAdministrator: true, isImported: true }
  // An import revokes only rights that an import granted.
  return importState.isImportedAdministrator ? { isAdministrator: false, isImported: false } : unchanged
}

/** The target state of a user without an entry; `null` if the user is deleted. */
export function missingState(before: KnownUser, { missing }: LdapRules): KnownUser | null {
  const { user, importState } = before
  if (importState.enabledManually) return before
  if (missing === 'delete') return null
  if (user.disabled) return before
  return { user: { ...user, disabled: true }, importState: { ...importState, disabledByImport: true } }
}

/** The fields of a user that an import may change. */
export const importedFields = [
  'userName',
  ...mappedFields,
  'emailVerified',
  'administrator',
  'disabled',
] as const satisfies readonly (keyof User)[]

/** The change between two states; none if they are equal. */
export function changesOf(before: KnownUser, after: KnownUser): readonly PersonChange[] {
  const changed = importedFields.filter((field) => before.user[field] !== after.user[field])
  const isVisible = changed.length > 0
  if (!isVisible && stateFields.every((field) => before.importState[field] === after.importState[field])) return []
  const state = after.user.disabled ? 'disable' : 'enable'
  const kind = changed.includes('disabled') ? state : isVisible ? 'change' : 'note'
  return [{ kind, before, after, changed }]
}

const stateFields = [
  'dn',
  'disabledByImport',
  'enabledManually',
  'isImportedAdministrator',
  'isManualAdministrator',
] as const satisfies readonly (keyof LdapImportState)[]

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
