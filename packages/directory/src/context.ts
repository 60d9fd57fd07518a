import type { Clock, Transaction } from '@pocket/core'
import type { ClaimStore } from './claims/claim-store.ts'
import type { GroupStore } from './groups/group-store.ts'
import type { LdapStore } from './ldap/ldap-store.ts'
import type { MembershipStore } from './users/membership-store.ts'
import type { UserStore } from './users/user-store.ts'

/** The external dependencies of the directory. */
export interface DirectoryPorts {
  readonly users: UserStore
  readonly groups: GroupStore
  readonly memberships: MembershipStore
  readonly claims: ClaimStore
  readonly ldap: LdapStore
  /** Must be the same one that the host passes to core, so that a user and a first passkey are created together. */
  readonly transaction: Transaction
  readonly clock: Clock
}

export interface DirectoryContext extends Omit<DirectoryPorts, 'transaction'> {
  /** Runs a transaction that excludes other changes to the directory. */
  readonly withLock: Transaction
}
