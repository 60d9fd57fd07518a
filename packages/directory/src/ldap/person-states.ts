import type { User } from '../entities/user.ts'
import { type LdapRules, mappedFields, type PersonChange } from './ldap-plan.ts'
import type { KnownUser, LdapImportState } from './snapshot.ts'

export interface PresentEntry {
  /** The user with the entry's fields and the previous rights. */
  readonly user: User
  readonly dn: string
  /** Whether LDAP makes the user an administrator; `null` if LDAP does not control this. */
  readonly isAdministrator: boolean | null
}

/** A potential change, before it is compared with the current state. */
export type CandidateChange = Omit<PersonChange, 'kind' | 'changed'>

/** The target state of a user whose entry exists. Manual decisions are kept. */
export function changeForPresentEntry(before: KnownUser, { user, dn, isAdministrator }: PresentEntry): PersonChange {
  const { importState } = before
  const wasMissing = importState.disabledByImport
  const disabled = wasMissing ? false : before.user.disabled
  const administrator = administratorState(before, isAdministrator)
  const after: KnownUser = {
    user: { ...user, disabled, administrator: administrator.isAdministrator },
    importState: {
      ...importState,
      dn,
      disabledByImport: false,
      enabledManually: false,
      isImportedAdministrator: administrator.isImported,
    },
  }
  return { kind: 'note', before, after, changed: [] }
}

function administratorState({ user, importState }: KnownUser, isAdministrator: boolean | null) {
  const unchanged = { isAdministrator: user.administrator, isImported: importState.isImportedAdministrator }
  if (isAdministrator === null || importState.isManualAdministrator || isAdministrator === user.administrator)
    return unchanged
  if (isAdministrator) return { isAdministrator: true, isImported: true }
  // An import revokes only rights that an import granted.
  return importState.isImportedAdministrator ? { isAdministrator: false, isImported: false } : unchanged
}

export type MissingEntryChange = PersonChange | { readonly kind: 'remove'; readonly before: KnownUser }

/** The target state of a user without an entry. */
export function changeForMissingEntry(before: KnownUser, { missing }: LdapRules): MissingEntryChange {
  const { user, importState } = before
  if (importState.enabledManually) return { kind: 'note', before, after: before, changed: [] }
  if (missing === 'delete') return { kind: 'remove', before }
  if (user.disabled) return { kind: 'note', before, after: before, changed: [] }
  const after = { user: { ...user, disabled: true }, importState: { ...importState, disabledByImport: true } }
  return { kind: 'note', before, after, changed: [] }
}

/** The fields of a user that an import may change. */
export const importedFields = [
  'userName',
  ...mappedFields,
  'emailVerified',
  'administrator',
  'disabled',
] as const satisfies readonly (keyof User)[]

/** Returns the change, or nothing if the state is unchanged. */
export function classifyChange({ before, after }: CandidateChange): PersonChange | null {
  const changed = importedFields.filter((field) => before.user[field] !== after.user[field])
  if (changed.length === 0)
    return isSameState(before.importState, after.importState) ? null : { kind: 'note', before, after, changed }
  if (!changed.includes('disabled')) return { kind: 'change', before, after, changed }
  return { kind: after.user.disabled ? 'disable' : 'enable', before, after, changed }
}

function isSameState(a: LdapImportState, b: LdapImportState): boolean {
  return (
    a.dn === b.dn &&
    a.disabledByImport === b.disabledByImport &&
    a.enabledManually === b.enabledManually &&
    a.isImportedAdministrator === b.isImportedAdministrator &&
    a.isManualAdministrator === b.isManualAdministrator
  )
}
