import { dirname } from 'node:path'
import type { MasterKey } from '@pocket/core'
import { databaseOf, refuseNewerDatabase } from '@pocket/core/internal/sql'
import { runMigrations, sqliteOptions } from '@pocket/core/typeorm'
import { DataSource, type DataSourceOptions } from 'typeorm'
import type { ReminderStore } from '../account/reminder-store.ts'
import { TypeormReminderStore } from '../account/typeorm-reminder-store.ts'
import type { ApiKeyStore } from '../api-keys/api-key-store.ts'
import { TypeormApiKeyStore } from '../api-keys/typeorm-api-key-store.ts'
import type { FavouriteStore } from '../apps/favourite-store.ts'
import { TypeormFavouriteStore } from '../apps/typeorm-favourite-store.ts'
import type { AuditLogStore } from '../audit-log/audit-log-store.ts'
import { TypeormAuditLogStore } from '../audit-log/typeorm-audit-log-store.ts'
import type { Config } from '../config/load.ts'
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
import { codeOf } from '../logging/failure.ts'
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
import { checkDisk, checkMigrations, checkWritable } from './checks.ts'
import { connectToPostgres } from './connect.ts'
import { makeDataFolder, notWritable } from './data-folder.ts'
import { createPrivately, warnOfWideModes } from './file-modes.ts'
import type { Findings } from './findings.ts'
import { inspectPostgres } from './inspect-postgres.ts'
import { inspectSqlite } from './inspect-sqlite.ts'
import { openMasterKey } from './master-key.ts'
import { refusePocketIdDatabase } from './pocket-id-database.ts'
import { describePostgres } from './postgres-url.ts'
import { migrations, tables } from './server-tables.ts'

/** The migrated database of an instance and its master key. */
export interface OpenDatabase extends AsyncDisposable {
  readonly dataSource: DataSource
  readonly masterKey: MasterKey
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
  /** Resolves when the database responds. */
  ping(): Promise<void>
  /** Health checks by name. */
  readonly checks: Readonly<Record<'database' | 'writable' | 'migrations' | 'disk', () => Promise<void>>>
}

type DatabaseConfig = Pick<Config, 'database' | 'dataFolder' | 'encryptionKey'>

/**
 * Opens the configured database, and creates and migrates it if necessary. All validation happens
 * before the first write.
 *
 * @throws {Misconfigured} if the database belongs to Pocket ID, cannot be reached or opened, or if the master key
 *   is missing or does not match
 */
export async function openDatabase(config: DatabaseConfig, logger: Logger, stop?: AbortSignal): Promise<OpenDatabase> {
  const { dataSource, masterKey } = await (config.database.kind === 'sqlite'
    ? openSqlite(config.database.path, config, logger)
    : openPostgres(config.database.url, { config, logger, stop }))
  const database = databaseOf(dataSource)
  const ping = async () => {
    await database.query('SELECT 1 AS alive')
  }
  return {
    dataSource,
    masterKey,
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
    ping,
    checks: {
      database: ping,
      writable: () => checkWritable(database),
      migrations: () => checkMigrations(database),
      disk: () => checkDisk(config.dataFolder),
    },
    [Symbol.asyncDispose]: () => dataSource.destroy(),
  }
}

type Opened = Pick<OpenDatabase, 'dataSource' | 'masterKey'>

async function openSqlite(path: string, config: DatabaseConfig, logger: Logger): Promise<Opened> {
  const description = `The database ${path}`
  const options = sqliteOptions(path, tables)
  const masterKey = await admit(inspectSqlite(path), { config, logger, description })
  await makeDataFolder(dirname(path))
  try {
    await createPrivately(path)
    await warnOfWideModes([path, `${path}-wal`], logger)
    await migrate(options, logger)
    return { masterKey, dataSource: await new DataSource(options).initialize() }
  } catch (error) {
    if (isRefusedByFileSystem(error)) throw notWritable(description, error)
    throw error
  }
}

function isRefusedByFileSystem(error: unknown): boolean {
  const code = codeOf(error) ?? ''
  return (
    code === 'EACCES' ||
    code === 'EPERM' ||
    code === 'EROFS' ||
    code.startsWith('SQLITE_CANTOPEN') ||
    code.startsWith('SQLITE_READONLY')
  )
}

interface PostgresOpening {
  readonly config: DatabaseConfig
  readonly logger: Logger
  readonly stop: AbortSignal | undefined
}

async function openPostgres(url: string, { config, logger, stop }: PostgresOpening): Promise<Opened> {
  const dataSource = await connectToPostgres({ url, tables, logger, ...(stop && { stop }) })
  try {
    const findings = await inspectPostgres(dataSource)
    const masterKey = await admit(findings, { config, logger, description: describePostgres(url) })
    await migrate(dataSource.options, logger)
    return { dataSource, masterKey }
  } catch (error) {
    await dataSource.destroy()
    throw error
  }
}

interface Admission {
  readonly config: DatabaseConfig
  readonly logger: Logger
  readonly description: string
}

/** Validates without writing. */
async function admit(findings: Findings, { config, logger, description }: Admission): Promise<MasterKey> {
  refusePocketIdDatabase(findings.tables, description)
  refuseNewerDatabase(migrations, findings.applied, description)
  return openMasterKey({ config, fingerprints: findings.fingerprints, logger })
}

async function migrate(options: DataSourceOptions, logger: Logger): Promise<void> {
  logger.debug({ sets: migrations.map(({ table }) => table) }, 'Migrating the database')
  await runMigrations(options, migrations)
}
