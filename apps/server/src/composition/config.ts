import { readFileSync } from 'node:fs'
import { ConfigurationError } from '@pocket/core/errors'
import { type AddressConfig, addressSection, readAddress } from '../config/address.ts'
import { type AuditLogConfig, readAuditLog } from '../config/audit-log.ts'
import { type BackupConfig, readBackup } from '../config/backup.ts'
import { type ClientsConfig, readClients } from '../config/clients.ts'
import { type ConfigurationFileConfig, readConfigurationFile } from '../config/configuration-file.ts'
import { dataFolderOf, readDatabase } from '../config/database.ts'
import { readEncryptionKey } from '../config/encryption.ts'
import { readEnvironment } from '../config/env.ts'
import { type FilesConfig, readFiles } from '../config/files.ts'
import { type GeoIpConfig, readGeoIp } from '../config/geoip.ts'
import { assertSupportsProcesses, type ListenConfig, readListening } from '../config/listening.ts'
import { readLogging } from '../config/logging.ts'
import { type OutboundConfig, readOutbound } from '../config/outbound.ts'
import { type PasskeysConfig, readPasskeys } from '../config/passkeys.ts'
import { type Environment, type Problem, Reader, type ReadFile } from '../config/reader.ts'
import { type ApiConfig, readApi } from '../config/rest-api.ts'
import { readTelemetry, type TelemetryConfig } from '../config/telemetry.ts'
import { readTls, type TlsConfig } from '../config/tls.ts'
import { readVersionCheck, type VersionCheckConfig } from '../config/version-check.ts'
import type { DatabaseOptions } from '../database/migrated-database.ts'
import type { LogConfig } from '../logging/logger.ts'
import { readSettings, type SettingsConfig } from '../settings/environment.ts'

export interface Config
  extends AddressConfig,
    ApiConfig,
    AuditLogConfig,
    BackupConfig,
    FilesConfig,
    PasskeysConfig,
    GeoIpConfig,
    VersionCheckConfig,
    ListenConfig,
    LogConfig,
    ClientsConfig,
    ConfigurationFileConfig,
    OutboundConfig,
    SettingsConfig,
    TelemetryConfig,
    DatabaseOptions {
  /** `undefined`: a proxy terminates TLS, or there is none. */
  readonly tls: TlsConfig | undefined
  /** Problems that an administrator should know about but that do not prevent the start. */
  readonly warnings: readonly string[]
}

/** The environment is invalid. The message lists every invalid variable, the problem and how to fix it. */
export class InvalidConfigError extends ConfigurationError {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(formatProblems(problems))
    this.problems = problems
  }
}

/**
 * Creates the configuration from an environment; the only files it reads are those that `*_FILE` variables name.
 *
 * @throws {InvalidConfigError} listing all problems
 */
export function loadConfig(environment: Environment, readFile: ReadFile): Config {
  const reader = new Reader(environment, readFile)
  const address = readAddress(reader)
  const listen = readListening(reader)
  const { tls } = readTls(reader)
  const database = readDatabase(reader)
  assertSupportsProcesses(reader, listen, database.kind)
  const files = readFiles(reader, dataFolderOf(database))
  const backup = readBackup(reader, dataFolderOf(database), files)
  const encryptionKey = readEncryptionKey(reader)
  const api = readApi(reader)
  const clients = readClients(reader)
  const outbound = readOutbound(reader)
  const passkeys = readPasskeys(reader)
  const geoIp = readGeoIp(reader, dataFolderOf(database))
  const versionCheck = readVersionCheck(reader)
  const settings = readSettings(reader)
  const log = readLogging(reader)
  const configurationFile = readConfigurationFile(reader, environment)
  const auditLog = readAuditLog(reader)
  const telemetry = readTelemetry(reader, environment)
  warnAboutPortMismatch(reader, address, listen)
  if (reader.problems.length > 0) throw new InvalidConfigError(reader.problems)
  return {
    ...address,
    ...listen,
    tls,
    ...files,
    ...api,
    ...clients,
    ...outbound,
    ...settings,
    ...passkeys,
    ...geoIp,
    ...versionCheck,
    ...log,
    ...configurationFile,
    ...auditLog,
    ...telemetry,
    ...backup,
    database,
    dataFolder: dataFolderOf(database),
    encryptionKey,
    warnings: reader.warnings,
  }
}

/** @throws {InvalidConfig} listing all problems of the environment */
export function readConfig(): Config {
  return loadConfig(readEnvironment(), (path) => readFileSync(path))
}

/** Without a proxy, the default URL does not reach a server on a different port. */
function warnAboutPortMismatch(reader: Reader, { appUrl }: AddressConfig, { port, unixSocket }: ListenConfig): void {
  if (reader.isSet(addressSection.variables.appUrl) || unixSocket !== undefined || appUrl.endsWith(`:${port}`)) return
  reader.warnings.push(`APP_URL is not set, so links lead to ${appUrl}, but this server listens at port ${port}.`)
}

function formatProblems(problems: readonly Problem[]): string {
  const lines = problems.map(({ variable, reason, remedy }) => `  ${variable}: ${reason}. ${remedy}`)
  const heading = problems.length === 1 ? 'An environment variable is invalid' : 'Environment variables are invalid'
  return [`${heading}; the server was not started.`, ...lines].join('\n')
}
