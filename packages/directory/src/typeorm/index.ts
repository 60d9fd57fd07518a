import { type Clock, systemClock, type Transaction } from '@pocket/core'
import { databaseOf, defineMigration } from '@pocket/core/internal/sql'
import type { MigrationSet } from '@pocket/core/typeorm'
import type { DataSource, EntitySchema } from 'typeorm'
import type { ClaimStore } from '../claims/claim-store.ts'
import type { GroupStore } from '../groups/group-store.ts'
import type { LdapStore } from '../ldap/ldap-store.ts'
import type { ScimRecordStore } from '../scim/record-store.ts'
import type { SnapshotSource } from '../scim/snapshot.ts'
import type { MembershipStore } from '../users/membership-store.ts'
import type { UserStore } from '../users/user-store.ts'
import { groupClaimTable, userClaimTable } from './claim.table.ts'
import { createTypeormClaimStore } from './claim-store.ts'
import { groupTable, membershipTable } from './group.table.ts'
import { createTypeormGroupStore } from './group-store.ts'
import { createTypeormLdapStore } from './ldap-store.ts'
import { ldapUserTable } from './ldap-user.table.ts'
import { createTypeormMembershipStore } from './membership-store.ts'
import { CreateTables1763000000000, lastReplacedMigration } from './migrations/1763000000000-create-tables.ts'
import { AdditiveSearchDisplayedNames1764000000080 } from './migrations/1764000000080-additive-search-displayed-names.ts'
import { scimRecordTable } from './scim-record.table.ts'
import { createTypeormScimRecordStore } from './scim-record-store.ts'
import { createTypeormSnapshotSource } from './snapshot-source.ts'
import { userTable } from './user.table.ts'
import { createTypeormUserStore } from './user-store.ts'

/** All stores of the directory. */
export interface DirectoryStores {
  readonly users: UserStore
  readonly groups: GroupStore
  readonly memberships: MembershipStore
  readonly claims: ClaimStore
  readonly ldap: LdapStore
  readonly transaction: Transaction
  readonly scimRecords: ScimRecordStore
  readonly snapshots: SnapshotSource
}

/** The directory's tables, for the `entities` of a host's `DataSource`. */
export const directoryTables: readonly EntitySchema[] = [
  userTable,
  groupTable,
  membershipTable,
  userClaimTable,
  groupClaimTable,
  ldapUserTable,
  scimRecordTable,
]

/** The directory's migrations, to be run after core's. */
export const directoryMigrations: MigrationSet = {
  table: 'pocket_directory_migration',
  tables: directoryTables,
  migrations: [
    CreateTables1763000000000,
    AdditiveSearchDisplayedNames1764000000080,
    defineMigration('AdditiveRequireTwoPasskeys1764000000130', {
      up: ['ALTER TABLE "pocket_group" ADD COLUMN "requires_two_passkeys" boolean'],
      down: ['ALTER TABLE "pocket_group" DROP COLUMN "requires_two_passkeys"'],
    }),
  ],
  lastReplacedMigration,
}

/**
 * The directory's stores in the tables {@link directoryTables} of an initialized `DataSource` on which {@link
 * directoryMigrations} have run. They share its transactions with core's stores.
 *
 * @param clock - the directory's clock, which determines when memberships expire
 * @throws ConfigurationError if the `DataSource` is not initialized or is neither better-sqlite3 nor postgres.
 *
 * @example
 * ```ts
 * await runMigrations(options, [pocketMigrations, directoryMigrations])
 * const stores = directoryStores(await new DataSource(options).initialize())
 * ```
 */
export function directoryStores(dataSource: DataSource, clock: Clock = systemClock): DirectoryStores {
  const database = databaseOf(dataSource)
  const claims = createTypeormClaimStore(database)
  return {
    users: createTypeormUserStore(database, clock),
    groups: createTypeormGroupStore(database, claims, clock),
    memberships: createTypeormMembershipStore(database, clock),
    claims,
    ldap: createTypeormLdapStore(database, clock),
    transaction: database.transaction,
    scimRecords: createTypeormScimRecordStore(database),
    snapshots: createTypeormSnapshotSource(database, clock),
  }
}
