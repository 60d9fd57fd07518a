import { type Database, databaseOf } from '@pocket/core/internal/sql'
import { createReminderStore } from '../account/reminder-store.ts'
import { createApiKeyStore } from '../api-keys/api-key-store.ts'
import { createFavoriteStore } from '../apps/favorite-store.ts'
import { createAuditLogStore } from '../audit-log/audit-log-store.ts'
import { createAuditOutboxStore } from '../audit-log/audit-outbox-store.ts'
import { createAuditSealStore } from '../audit-log/audit-seal-store.ts'
import type { BackupConfig } from '../config/backup.ts'
import type { LockOptions } from '../database/lock.ts'
import { type DatabaseOptions, type MigratedDatabase, openMigratedDatabase } from '../database/migrated-database.ts'
import { createEmailStore } from '../email/email-store.ts'
import { createVerificationStore } from '../email/verification-store.ts'
import { createImageStore } from '../images/image-store.ts'
import { createTypeormJobStore } from '../jobs/job-store.ts'
import { createLdapRunStore } from '../ldap/ldap-run-store.ts'
import type { Logger } from '../logging/logger.ts'
import { createManagedStore } from '../managed/managed-store.ts'
import { createOverviewStore } from '../overview/overview-store.ts'
import { createRecoveryStore } from '../recovery/recovery-store.ts'
import { createScimProviderStore } from '../scim/provider-store.ts'
import { createTypeormSettingStore } from '../settings/setting-store.ts'
import { createApprovalStore } from '../sign-up/approval-store.ts'
import { createSignupTokenStore } from '../sign-up/signup-token-store.ts'
import { createBootstrapAccountStore } from '../users/bootstrap-account-store.ts'
import { backUpBeforeMigration } from './migration-backup.ts'
import { migrations, tables } from './server-tables.ts'

function storesOf(database: Database) {
  const settings = createTypeormSettingStore(database)
  return {
    jobs: createTypeormJobStore(database),
    apiKeys: createApiKeyStore(database),
    settings,
    auditLog: createAuditLogStore(database),
    auditSeals: createAuditSealStore(database),
    auditOutbox: createAuditOutboxStore(database),
    emails: createEmailStore(database),
    emailVerifications: createVerificationStore(database),
    images: createImageStore(database),
    signupTokens: createSignupTokenStore(database),
    reminders: createReminderStore(database),
    favorites: createFavoriteStore(database),
    approvals: createApprovalStore(database),
    overview: createOverviewStore(database),
    ldapRuns: createLdapRunStore(database),
    scimProviders: createScimProviderStore(database),
    recoveries: createRecoveryStore(database),
    bootstrapAccounts: createBootstrapAccountStore(database),
    managed: createManagedStore(database, settings),
  }
}

export type OpenDatabase = MigratedDatabase & ReturnType<typeof storesOf>

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
