import { changeIssuer } from '@pocket/core'
import { typeormStores } from '@pocket/core/typeorm'
import { openMigratedDatabase } from '../database/migrated-database.ts'
import type { Logger } from '../logging/logger.ts'
import { recordEvent } from './command-audit.ts'
import type { Config } from './config.ts'
import { backUpBeforeMigration } from './migration-backup.ts'
import { migrations, tables } from './server-tables.ts'

export interface ServerIssuerChange {
  readonly config: Config
  readonly logger: Logger
  readonly issuer: string
  readonly stop: AbortSignal
}

/** Changes the issuer of an instance, whose servers must be stopped; resolves to the previous one. */
export async function changeServerIssuer({ config, logger, issuer, stop }: ServerIssuerChange): Promise<string> {
  const lock = { mode: 'exclusive' } as const
  const backUp = () => backUpBeforeMigration(config, logger)
  await using opened = await openMigratedDatabase(config, {
    schema: { tables, migrations },
    logger,
    stop,
    lock,
    backUp,
  })
  const { dataSource } = opened
  const stores = typeormStores(dataSource)
  // The database of an older version has no stored issuer until a server has started; its issuer was the APP_URL.
  await stores.issuer.claim(config.appUrl)
  return await changeIssuer({
    issuer,
    stores,
    audit: { record: (event) => recordEvent(event, { dataSource, logger, config }) },
  })
}
