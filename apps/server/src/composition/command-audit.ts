import { type AuditEvent, systemClock } from '@pocket/core'
import { databaseOf } from '@pocket/core/internal/sql'
import { createBulkAuditLog } from '../audit-log/audit-log.ts'
import { createAuditLogStore } from '../audit-log/audit-log-store.ts'
import { createAuditOutboxStore } from '../audit-log/audit-outbox-store.ts'
import { logSink } from '../audit-log/log-sink.ts'
import type { DatabaseConfig } from '../config/database.ts'
import { withConnection } from '../database/connect.ts'
import type { MigratedDatabase } from '../database/migrated-database.ts'
import { unknownLocation } from '../geoip/location.ts'
import type { Logger } from '../logging/logger.ts'
import { type AuditDestinationConfig, auditOutboxOf } from './audit-destinations.ts'
import { tables } from './server-tables.ts'

const noNames = { accountName: null, actorName: null, clientName: null, passkeyName: null }

interface OpenedDatabase extends Pick<MigratedDatabase, 'dataSource'> {
  readonly logger: Logger
  readonly config: AuditDestinationConfig
}

/** Records an event of a command, which has no actor and no origin, in an open database. */
export async function recordEvent(event: AuditEvent, { dataSource, logger, config }: OpenedDatabase): Promise<void> {
  const store = createAuditLogStore(databaseOf(dataSource))
  const outbox = auditOutboxOf(config, createAuditOutboxStore(databaseOf(dataSource)))
  const deps = { log: logSink(logger), locationOf: () => unknownLocation, clock: systemClock, outbox }
  await createBulkAuditLog(store, deps)([{ event, names: noNames }])
}

/** Records an event of a command while servers may use the database. */
export async function recordCommandEvent(
  event: AuditEvent,
  {
    config,
    logger,
  }: { readonly config: AuditDestinationConfig & { readonly database: DatabaseConfig }; readonly logger: Logger },
): Promise<void> {
  await withConnection(config.database, { tables, logger }, (dataSource) =>
    recordEvent(event, { dataSource, logger, config }),
  )
}
