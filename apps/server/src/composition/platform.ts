import { type AuditSink, systemClock } from '@pocket/core'
import { typeormStores } from '@pocket/core/typeorm'
import { createDirectory } from '@pocket/directory'
import { directoryStores } from '@pocket/directory/typeorm'
import { createAuditChain } from '../audit-log/audit-chain.ts'
import { createAuditLog, createBulkAuditLog } from '../audit-log/audit-log.ts'
import { currentNames } from '../audit-log/current-names.ts'
import { logSink } from '../audit-log/log-sink.ts'
import { createEmailService } from '../email/email-service.ts'
import { createFileStore } from '../files/choose-file-store.ts'
import { openGeoIpService } from '../geoip/geoip-service.ts'
import type { Assets } from '../http/assets.ts'
import { createImages } from '../images/images.ts'
import type { Logger } from '../logging/logger.ts'
import { createManagedGuard } from '../managed/managed-guard.ts'
import { withBulkChangeTracking, withChangeTracking } from '../scim/changes.ts'
import { createSettings } from '../settings/settings.ts'
import { auditOutboxOf } from './audit-destinations.ts'
import { withClosedSetUp } from './closed-set-up.ts'
import type { Config } from './config.ts'
import type { OpenDatabase } from './open-database.ts'

/** The input for creating an instance. */
export interface InstanceOptions {
  readonly config: Config
  readonly logger: Logger
  readonly database: OpenDatabase
  readonly assets: Assets
  readonly viewsDirectory: string
  readonly catalogsDirectory: string
}

/** Services that the other modules depend on. */
export type Platform = Awaited<ReturnType<typeof createPlatform>>

/** Loads the settings and creates the services that do not depend on the provider. */
export async function createPlatform({ config, logger, database, viewsDirectory }: InstanceOptions) {
  const { masterKey } = database
  const clock = systemClock
  const stores = typeormStores(database.dataSource)
  const { transaction } = stores
  const geoIpService = await openGeoIpService({ config, logger, clock })
  const { geoIp } = geoIpService
  const storesOfDirectory = directoryStores(database.dataSource, clock)
  const directory = withClosedSetUp(createDirectory({ ...storesOfDirectory, clock }), database.settings, transaction)

  const auditOutbox = auditOutboxOf(config, database.auditOutbox)
  const auditLogDeps = { log: logSink(logger), locationOf: geoIp.locate, clock, outbox: auditOutbox }
  const changes = { store: database.scimProviders, clock }
  const auditLog = createAuditLog({
    ...auditLogDeps,
    store: database.auditLog,
    names: currentNames(directory, stores),
  })
  const managedGuard = createManagedGuard(database.managed)
  const recorder = managedGuard.guard(withChangeTracking(auditLog, changes))
  const recordMany = withBulkChangeTracking(createBulkAuditLog(database.auditLog, auditLogDeps), changes)

  const settings = await createSettings({
    store: database.settings,
    masterKey,
    environment: config.settings,
    audit: recorder,
    transaction,
    onError: (error) => logger.error({ err: error }, 'The settings could not be read; the last known ones are used'),
  })
  const appUrl = config.appUrl.replace(/\/$/, '')
  const emailDeps = { appUrl, viewsDirectory, logger, database, settings, directory, geoIp, transaction, clock }
  const emailService = await createEmailService({ ...emailDeps, audit: recorder })
  const audit: AuditSink = emailService.audit
  const images = createImages({
    store: database.images,
    files: createFileStore(config, database, clock),
    audit,
    transaction,
    clock,
    onError: (error) =>
      logger.error({ err: error }, 'Files of removed images could not be deleted; they will be deleted later'),
  })
  return {
    config,
    logger,
    database,
    viewsDirectory,
    stores,
    storesOfDirectory,
    transaction,
    clock,
    geoIpService,
    geoIp,
    directory,
    audit,
    managedGuard,
    auditOutbox,
    auditChain: createAuditChain({ store: database.auditSeals, masterKey, clock }),
    recordMany,
    settings,
    images,
    emailService,
  }
}
