import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Misconfigured } from '@pocket/core/errors'
import type { Config } from '../config/load.ts'

/** @throws {Misconfigured} where there is none yet, and the command would make one */
export function requireDatabase({ database }: Pick<Config, 'database'>): void {
  if (database.kind === 'sqlite' && !existsSync(database.path))
    throw new Misconfigured(
      `There is no database at ${resolve(database.path)}. Run this in the folder and with the settings of the server.`,
    )
}

/** What a server says while it starts is of no interest here. */
export function quiet(config: Config): Config {
  return { ...config, logLevel: config.logLevel === 'debug' ? 'debug' : 'warn' }
}
