import type { DatabaseConfig } from '../config/database.ts'
import type { InstanceLock, LockOptions } from './lock.ts'
import { lockPostgres } from './lock-postgres.ts'
import { lockSqlite } from './lock-sqlite.ts'

/** @throws {ConfigurationError} if another process holds the lock in a conflicting mode */
export function acquireInstanceLock(database: DatabaseConfig, options: LockOptions): Promise<InstanceLock> {
  return database.kind === 'sqlite' ? lockSqlite(database.path, options) : lockPostgres(database.url, options)
}
