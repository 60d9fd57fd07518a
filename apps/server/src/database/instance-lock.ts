import { setTimeout } from 'node:timers/promises'
import type { DatabaseConfig } from '../config/database.ts'
import { type InstanceLock, LockedError, type LockOptions } from './lock.ts'
import { lockPostgres } from './lock-postgres.ts'
import { lockSqlite } from './lock-sqlite.ts'

/** Milliseconds between two attempts. */
const pause = 200

/** @throws {LockedError} if another process holds the lock in a conflicting mode */
export async function acquireInstanceLock(database: DatabaseConfig, options: LockOptions): Promise<InstanceLock> {
  const { maxWait = 0, stop } = options
  const deadline = performance.now() + maxWait
  for (;;) {
    try {
      return await (database.kind === 'sqlite'
        ? lockSqlite(database.path, options)
        : lockPostgres(database.url, options))
    } catch (error) {
      if (!(error instanceof LockedError) || performance.now() >= deadline) throw error
    }
    await setTimeout(pause, undefined, stop && { signal: stop })
  }
}
