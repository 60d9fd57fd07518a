import { type BulkInsert, bulkInsert, type Database } from '@pocket/core/internal/sql'
import type { CustomClaim } from '../entities/claim.ts'
import type { Group } from '../entities/group.ts'
import type { User } from '../entities/user.ts'
import type { LdapImportState } from '../ldap/snapshot.ts'
import type { Membership } from '../users/membership-store.ts'
import { groupClaimTable, userClaimTable } from './claim.table.ts'
import { groupTable, membershipTable } from './group.table.ts'
import { toStoredGroup } from './group-store.ts'
import { ldapUserTable } from './ldap-user.table.ts'
import { userTable } from './user.table.ts'
import { toStoredUser } from './user-store.ts'

/** A claim with its owner, and its position among the owner's claims. */
export interface ImportedClaim extends CustomClaim {
  readonly ownerId: string
  readonly position: number
}

/** Bulk inserts into the empty tables of the directory. The caller has validated the rows. */
export interface DirectoryImport {
  readonly users: BulkInsert<User>
  readonly groups: BulkInsert<Group>
  readonly memberships: BulkInsert<Membership>
  readonly userClaims: BulkInsert<ImportedClaim>
  readonly groupClaims: BulkInsert<ImportedClaim>
  readonly ldapStates: BulkInsert<LdapImportState>
}

/** The bulk inserts for a migration from another provider. */
export function directoryImport(database: Database): DirectoryImport {
  const insertUsers = bulkInsert(database, userTable)
  const insertGroups = bulkInsert(database, groupTable)
  return {
    users: (users) => insertUsers(users.map(toStoredUser)),
    groups: (groups) => insertGroups(groups.map(toStoredGroup)),
    memberships: bulkInsert(database, membershipTable),
    userClaims: bulkInsert(database, userClaimTable),
    groupClaims: bulkInsert(database, groupClaimTable),
    ldapStates: bulkInsert(database, ldapUserTable),
  }
}
