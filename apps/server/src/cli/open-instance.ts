import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConfigurationError } from '@pocket/core/errors'
import type { Config } from '../composition/config.ts'
import type { CommandContext, Instance } from './command.ts'

/** Opens the instance while a server may be running; never creates a database. @throws {ConfigurationError} if there is no database */
export async function openInstance(context: CommandContext): Promise<Instance> {
  const config = quietConfig(context.readConfig())
  requireDatabase(config)
  return context.createApp(config, context.createLogger(config))
}

/** @throws {ConfigurationError} if the file of the database does not exist */
export function requireDatabase({ database }: Pick<Config, 'database'>): void {
  if (database.kind === 'sqlite' && !existsSync(database.path))
    throw new ConfigurationError(
      `There is no database at ${resolve(database.path)}. Run this command in the folder of the server and with its settings.`,
    )
}

/** Hides the start-up log lines of the server. */
export function quietConfig(config: Config): Config {
  return { ...config, logLevel: config.logLevel === 'debug' ? 'debug' : 'warn' }
}
