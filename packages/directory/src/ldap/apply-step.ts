import type { Clock, Transaction } from '@pocket/core'
import type { LdapApplied } from './applied.ts'
import type { LdapEntry } from './ldap-plan.ts'
import type { LdapStore } from './ldap-store.ts'

export interface ApplyPorts {
  readonly store: LdapStore
  /** A transaction during which nobody else changes the directory. */
  readonly exclusively: Transaction
  readonly clock: Clock
}

/** What a transaction has done, and what it has left for the next run. */
export interface Step {
  readonly done: LdapApplied
  readonly postponed: readonly LdapEntry[]
}
