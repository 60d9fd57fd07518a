import type { User } from '../users/user.ts'
import type { LdapRules, PersonChange } from './ldap-plan.ts'
import type { KnownUser, LdapMark } from './snapshot.ts'

export interface PresentPerson {
  /** The user with the entry's fields and the previous rights. */
  readonly user: User
  readonly dn: string
  /** Whether LDAP makes the user an administrator; `null` if LDAP does not control this. */
  readonly isAdministrator: boolean | null
}

/** A potential change, before it is compared with the current state. */
export type MaybeChange = Omit<PersonChange, 'kind' | 'changed'>

/** The target state of a user whose entry exists. Manual decisions are kept. */
export function presentOf(before: KnownUser, { user, dn, isAdministrator }: PresentPerson): PersonChange {
  const { mark } = before
  const returns = mark.disabledByImport
  const disabled = returns ? false : before.user.disabled
  const administrator = administratorOf(before, isAdministrator)
  const after: KnownUser = {
    user: { ...user, disabled, administrator: administrator.is },
    mark: {
      ...mark,
      dn,
      disabledByImport: false,
      enabledByHand: false,
      isImportedAdministrator: administrator.byImport,
    },
  }
  return { kind: 'note', before, after, changed: [] }
}

function administratorOf({ user, mark }: KnownUser, wanted: boolean | null) {
  const asItIs = { is: user.administrator, byImport: mark.isImportedAdministrator }
  if (wanted === null || mark.isManualAdministrator || wanted === user.administrator) return asItIs
  if (wanted) return { is: true, byImport: true }
  // An import revokes only rights that an import granted.
  return mark.isImportedAdministrator ? { is: false, byImport: false } : asItIs
}

export type Departure = PersonChange | { readonly kind: 'remove'; readonly before: KnownUser }

/** The target state of a user whose entry is gone. */
export function goneOf(before: KnownUser, { missing }: LdapRules): Departure {
  const { user, mark } = before
  if (mark.enabledByHand) return { kind: 'note', before, after: before, changed: [] }
  if (missing === 'delete') return { kind: 'remove', before }
  if (user.disabled) return { kind: 'note', before, after: before, changed: [] }
  const after = { user: { ...user, disabled: true }, mark: { ...mark, disabledByImport: true } }
  return { kind: 'note', before, after, changed: [] }
}

const fields = [
  'userName',
  'email',
  'emailVerified',
  'firstName',
  'lastName',
  'displayName',
  'administrator',
  'disabled',
] as const satisfies readonly (keyof User)[]

/** Returns the change, or nothing if the state is unchanged. */
export function changeOf({ before, after }: MaybeChange): PersonChange | null {
  const changed = fields.filter((field) => before.user[field] !== after.user[field])
  if (changed.length === 0) return isSameMark(before.mark, after.mark) ? null : { kind: 'note', before, after, changed }
  if (!changed.includes('disabled')) return { kind: 'change', before, after, changed }
  return { kind: after.user.disabled ? 'disable' : 'enable', before, after, changed }
}

function isSameMark(one: LdapMark, other: LdapMark): boolean {
  return (
    one.dn === other.dn &&
    one.disabledByImport === other.disabledByImport &&
    one.enabledByHand === other.enabledByHand &&
    one.isImportedAdministrator === other.isImportedAdministrator &&
    one.isManualAdministrator === other.isManualAdministrator
  )
}
