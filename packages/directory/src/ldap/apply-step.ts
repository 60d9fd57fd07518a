import type { Clock, Transaction } from '@pocket/core'
import type { LdapChanges } from './ldap-changes.ts'
import type { LdapEntry } from './ldap-plan.ts'
import type { LdapStore } from './ldap-store.ts'

export interface ApplyPorts {
  readonly store: LdapStore
  /** Runs a transaction that excludes other changes to the directory. */
  readonly withLock: Transaction
  readonly clock: Clock
}

/** The changes of a transaction, and those postponed to the next run. */
export interface Step {
  readonly applied: LdapChanges
  readonly postponed: readonly LdapEntry[]
}
