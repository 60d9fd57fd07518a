import { pocketMigrations, pocketTables } from '@pocket/core/typeorm'
import { directoryMigrations, directoryTables } from '@pocket/directory/typeorm'
import { reminderTable } from '../account/reminder.table.ts'
import { apiKeyTable } from '../api-keys/api-key.table.ts'
import { favoriteTable } from '../apps/favorite.table.ts'
import { auditTable } from '../audit-log/audit-entry.table.ts'
import { auditOutboxTable } from '../audit-log/audit-outbox.table.ts'
import { auditSealTable } from '../audit-log/audit-seal.table.ts'
import { serverMigrationTableName } from '../database/findings.ts'
import type { Schema } from '../database/migrated-database.ts'
import { CreateTables1763000000000, lastReplacedMigration } from '../database/migrations/1763000000000-create-tables.ts'
import { laterMigrations } from '../database/migrations/later-migrations.ts'
import { emailTable } from '../email/email.table.ts'
import { verificationTable } from '../email/verification.table.ts'
import { fileTable } from '../files/file.table.ts'
import { imageTable } from '../images/image.table.ts'
import { jobTable } from '../jobs/job.table.ts'
import { ldapReportTable } from '../ldap/ldap-report.table.ts'
import { ldapRunTable } from '../ldap/ldap-run.table.ts'
import { managedTable } from '../managed/managed.table.ts'
import { recoveryTable } from '../recovery/recovery.table.ts'
import { scimChangeTable, scimProviderTable } from '../scim/provider.table.ts'
import { settingTable } from '../settings/setting.table.ts'
import { approvalTable } from '../sign-up/approval.table.ts'
import { signupTokenTable } from '../sign-up/signup-token.table.ts'
import { bootstrapAccountTable } from '../users/bootstrap-account.table.ts'

const ownTables: Schema['tables'] = [
  jobTable,
  apiKeyTable,
  auditTable,
  auditSealTable,
  auditOutboxTable,
  settingTable,
  emailTable,
  verificationTable,
  signupTokenTable,
  imageTable,
  fileTable,
  reminderTable,
  approvalTable,
  favoriteTable,
  ldapRunTable,
  ldapReportTable,
  scimProviderTable,
  scimChangeTable,
  bootstrapAccountTable,
  recoveryTable,
  managedTable,
]

export const tables: Schema['tables'] = [...pocketTables, ...directoryTables, ...ownTables]

/** All migrations, in the order that the sets run. */
export const migrations: Schema['migrations'] = [
  pocketMigrations,
  directoryMigrations,
  {
    table: serverMigrationTableName,
    tables: ownTables,
    migrations: [CreateTables1763000000000, ...laterMigrations],
    lastReplacedMigration,
  },
]
