import { setTimeout } from 'node:timers/promises'
import { Misconfigured } from '@pocket/core/errors'
import { postgresOptions } from '@pocket/core/typeorm'
import { DataSource, type EntitySchema } from 'typeorm'
import { codeOf, messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import { describePostgres, withDefaultTls } from './postgres-url.ts'

/** How often a database that is not there yet is tried, and how long to wait in between, in milliseconds. */
export interface RetryPolicy {
  readonly attempts: number
  readonly pause: number
}

const defaultTimeout: RetryPolicy = { attempts: 20, pause: 1500 }

export interface ConnectOptions {
  readonly url: string
  readonly tables: readonly EntitySchema[]
  readonly logger: Logger
  readonly maxWait?: RetryPolicy
  /** Ends the waiting. */
  readonly stop?: AbortSignal
}

/** What is said while a database starts, stops or cannot be found yet; everything else will not get better by waiting. */
const passing = new Set([
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
 * Connects to PostgreSQL, which may still be starting: a compose file starts both at once.
 *
 * @throws {Misconfigured} where it refuses, or does not answer in time
 */
export async function connectToPostgres({ url, tables, logger, maxWait, stop }: ConnectOptions): Promise<DataSource> {
  const { attempts, pause } = maxWait ?? defaultTimeout
  const dataSource = new DataSource(postgresOptions(withDefaultTls(url), tables))
  for (let attempt = 1; ; attempt++) {
    try {
      return await dataSource.initialize()
    } catch (cause) {
      const reason = messageOf(cause)
      if (!isTransient(cause) || attempt >= attempts)
        throw new Misconfigured(`${describePostgres(url)} cannot be used: ${reason}. Check DB_CONNECTION_STRING.`, {
          cause,
        })
      logger.info({ attempt, of: attempts, reason }, 'Waiting for PostgreSQL')
      await setTimeout(pause, undefined, stop ? { signal: stop } : {})
    }
  }
}

function isTransient(error: unknown): boolean {
  return passing.has(codeOf(error) ?? '') || /connection (terminated|timeout)/i.test(messageOf(error))
}
