import { databaseOf } from '@pocket/core/internal/sql'
import type { ReminderStore } from '../account/reminder-store.ts'
import { TypeormReminderStore } from '../account/typeorm-reminder-store.ts'
import type { ApiKeyStore } from '../api-keys/api-key-store.ts'
import { TypeormApiKeyStore } from '../api-keys/typeorm-api-key-store.ts'
import type { FavouriteStore } from '../apps/favourite-store.ts'
import { TypeormFavouriteStore } from '../apps/typeorm-favourite-store.ts'
import type { AuditLogStore } from '../audit-log/audit-log-store.ts'
import { TypeormAuditLogStore } from '../audit-log/typeorm-audit-log-store.ts'
import { type DatabaseOptions, type MigratedDatabase, openMigratedDatabase } from '../database/migrated-database.ts'
import type { EmailStore } from '../email/email-store.ts'
import { TypeormEmailStore } from '../email/typeorm-email-store.ts'
import { TypeormVerificationStore } from '../email/typeorm-verification-store.ts'
import type { VerificationStore } from '../email/verification-store.ts'
import type { ImageStore } from '../images/image-store.ts'
import { TypeormImageStore } from '../images/typeorm-image-store.ts'
import type { JobStore } from '../jobs/job-store.ts'
import { TypeormJobStore } from '../jobs/typeorm-job-store.ts'
import type { LdapRunStore } from '../ldap/ldap-run-store.ts'
import { TypeormLdapRunStore } from '../ldap/typeorm-ldap-run-store.ts'
import type { Logger } from '../logging/logger.ts'
import type { OverviewStore } from '../overview/overview-store.ts'
import { TypeormOverviewStore } from '../overview/typeorm-overview-store.ts'
import type { ScimProviderStore } from '../scim/provider-store.ts'
import { TypeormScimProviderStore } from '../scim/typeorm-provider-store.ts'
import type { SettingStore } from '../settings/setting-store.ts'
import { TypeormSettingStore } from '../settings/typeorm-setting-store.ts'
import type { ApprovalStore } from '../sign-up/approval-store.ts'
import type { SignupTokenStore } from '../sign-up/signup-token-store.ts'
import { TypeormApprovalStore } from '../sign-up/typeorm-approval-store.ts'
import { TypeormSignupTokenStore } from '../sign-up/typeorm-signup-token-store.ts'
import { migrations, tables } from './server-tables.ts'

/** The database of an instance with the stores of this server. */
export interface OpenDatabase extends MigratedDatabase {
  readonly jobs: JobStore
  readonly apiKeys: ApiKeyStore
  readonly settings: SettingStore
  readonly auditLog: AuditLogStore
  readonly emails: EmailStore
  readonly emailVerifications: VerificationStore
  readonly images: ImageStore
  readonly signupTokens: SignupTokenStore
  readonly reminders: ReminderStore
  readonly favourites: FavouriteStore
  readonly approvals: ApprovalStore
  readonly overview: OverviewStore
  readonly ldapRuns: LdapRunStore
  readonly scimProviders: ScimProviderStore
}

/** Opens the configured database as `openMigratedDatabase` does. */
export async function openDatabase(config: DatabaseOptions, logger: Logger, stop?: AbortSignal): Promise<OpenDatabase> {
  const opened = await openMigratedDatabase(config, { schema: { tables, migrations }, logger, stop })
  const database = databaseOf(opened.dataSource)
  return {
    ...opened,
    jobs: new TypeormJobStore(database),
    apiKeys: new TypeormApiKeyStore(database),
    settings: new TypeormSettingStore(database),
    auditLog: new TypeormAuditLogStore(database),
    emails: new TypeormEmailStore(database),
    emailVerifications: new TypeormVerificationStore(database),
    images: new TypeormImageStore(database),
    signupTokens: new TypeormSignupTokenStore(database),
    reminders: new TypeormReminderStore(database),
    favourites: new TypeormFavouriteStore(database),
    approvals: new TypeormApprovalStore(database),
    overview: new TypeormOverviewStore(database),
    ldapRuns: new TypeormLdapRunStore(database),
    scimProviders: new TypeormScimProviderStore(database),
  }
}
