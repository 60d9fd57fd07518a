import { setTimeout } from 'node:timers/promises'
import { ConfigurationError } from '@pocket/core/errors'
import { postgresOptions, sqliteOptions } from '@pocket/core/typeorm'
import { DataSource, type EntitySchema } from 'typeorm'
import type { DatabaseConfig } from '../config/database.ts'
import { codeOf, messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import { describePostgres, withDefaultTls } from './postgres-url.ts'

/** Number of connection attempts and the pause between them, in milliseconds. */
export interface RetryPolicy {
  readonly attempts: number
  readonly pause: number
}

const defaultRetryPolicy: RetryPolicy = { attempts: 20, pause: 1500 }

export interface ConnectOptions {
  readonly url: string
  readonly tables: readonly EntitySchema[]
  readonly logger: Logger
  readonly retryPolicy?: RetryPolicy
  readonly poolSize?: number
  readonly stop?: AbortSignal
}

/** Transient errors while a database starts, stops or is not resolvable yet; all other errors fail immediately. */
const transientCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOENT',
  '53300',
  '57P01',
  '57P03',
])

/**
 * Connects to PostgreSQL with retries, because a compose file starts the database and this server together.
 *
 * @throws {ConfigurationError} if it rejects the connection or does not respond in time
 */
export async function connectToPostgres({
  url,
  tables,
  logger,
  retryPolicy,
  poolSize,
  stop,
}: ConnectOptions): Promise<DataSource> {
  const { attempts, pause } = retryPolicy ?? defaultRetryPolicy
  // Passed to TypeORM, which would not find it in the bundle; loaded here, so that SQLite does not need it.
  const { default: driver } = await import('pg')
  const dataSource = new DataSource({
    ...postgresOptions(withDefaultTls(url), tables),
    driver,
    ...(poolSize && { poolSize }),
  })
  for (let attempt = 1; ; attempt++) {
    try {
      return await dataSource.initialize()
    } catch (cause) {
      const reason = messageOf(cause)
      if (!isTransient(cause) || attempt >= attempts)
        throw new ConfigurationError(
          `${describePostgres(url)} cannot be used: ${reason}. Check DB_CONNECTION_STRING.`,
          {
            cause,
          },
        )
      logger.info({ attempt, of: attempts, reason }, 'Waiting for PostgreSQL')
      await setTimeout(pause, undefined, stop ? { signal: stop } : {})
    }
  }
}

export async function withConnection(
  database: DatabaseConfig,
  { tables, logger }: { readonly tables: readonly EntitySchema[]; readonly logger: Logger },
  work: (dataSource: DataSource) => Promise<void>,
): Promise<void> {
  const dataSource = await (database.kind === 'sqlite'
    ? new DataSource(sqliteOptions(database.path, tables)).initialize()
    : connectToPostgres({ url: database.url, tables, logger, poolSize: 1 }))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => dataSource.destroy())
  await work(dataSource)
}

function isTransient(error: unknown): boolean {
  return transientCodes.has(codeOf(error) ?? '') || /connection (terminated|timeout)/i.test(messageOf(error))
}
