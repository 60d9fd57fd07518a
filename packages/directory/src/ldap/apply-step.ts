import type { LdapChanges } from './ldap-changes.ts'
import type { LdapEntry } from './ldap-plan.ts'

/** The changes of a transaction, and those postponed to the next run. */
export interface Step {
  readonly applied: LdapChanges
  readonly postponed: readonly LdapEntry[]
}
