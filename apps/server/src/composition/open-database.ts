import { type Database, databaseOf } from '@pocket/core/internal/sql'
import { ReminderStore } from '../account/reminder-store.ts'
import { ApiKeyStore } from '../api-keys/api-key-store.ts'
import { FavoriteStore } from '../apps/favorite-store.ts'
import { AuditLogStore } from '../audit-log/audit-log-store.ts'
import { AuditOutboxStore } from '../audit-log/audit-outbox-store.ts'
import { AuditSealStore } from '../audit-log/audit-seal-store.ts'
import type { BackupConfig } from '../config/backup.ts'
import type { LockOptions } from '../database/lock.ts'
import { type DatabaseOptions, type MigratedDatabase, openMigratedDatabase } from '../database/migrated-database.ts'
import { EmailStore } from '../email/email-store.ts'
import { VerificationStore } from '../email/verification-store.ts'
import { ImageStore } from '../images/image-store.ts'
import { TypeormJobStore } from '../jobs/job-store.ts'
import { LdapRunStore } from '../ldap/ldap-run-store.ts'
import type { Logger } from '../logging/logger.ts'
import { ManagedStore } from '../managed/managed-store.ts'
import { OverviewStore } from '../overview/overview-store.ts'
import { RecoveryStore } from '../recovery/recovery-store.ts'
import { ScimProviderStore } from '../scim/provider-store.ts'
import { TypeormSettingStore } from '../settings/setting-store.ts'
import { ApprovalStore } from '../sign-up/approval-store.ts'
import { SignupTokenStore } from '../sign-up/signup-token-store.ts'
import { BootstrapAccountStore } from '../users/bootstrap-account-store.ts'
import { backUpBeforeMigration } from './migration-backup.ts'
import { migrations, tables } from './server-tables.ts'

/** The stores of this server. */
function storesOf(database: Database) {
  const settings = new TypeormSettingStore(database)
  return {
    jobs: new TypeormJobStore(database),
    apiKeys: new ApiKeyStore(database),
    settings,
    auditLog: new AuditLogStore(database),
    auditSeals: new AuditSealStore(database),
    auditOutbox: new AuditOutboxStore(database),
    emails: new EmailStore(database),
    emailVerifications: new VerificationStore(database),
    images: new ImageStore(database),
    signupTokens: new SignupTokenStore(database),
    reminders: new ReminderStore(database),
    favorites: new FavoriteStore(database),
    approvals: new ApprovalStore(database),
    overview: new OverviewStore(database),
    ldapRuns: new LdapRunStore(database),
    scimProviders: new ScimProviderStore(database),
    recoveries: new RecoveryStore(database),
    bootstrapAccounts: new BootstrapAccountStore(database),
    managed: new ManagedStore(database, settings),
  }
}

/** The database of an instance with the stores of this server. */
export type OpenDatabase = MigratedDatabase & ReturnType<typeof storesOf>

/** Opens the configured database as `openMigratedDatabase` does. */
export async function openDatabase(
  config: DatabaseOptions & BackupConfig,
  logger: Logger,
  stop?: AbortSignal,
  lock: Pick<LockOptions, 'mode' | 'maxWait'> = { mode: 'shared' },
): Promise<OpenDatabase> {
  const opened = await openMigratedDatabase(config, {
    schema: { tables, migrations },
    logger,
    stop,
    lock,
    backUp: () => backUpBeforeMigration(config, logger),
  })
  return { ...opened, ...storesOf(databaseOf(opened.dataSource)) }
}
