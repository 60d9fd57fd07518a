import { rmSync, statSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { codeOf } from '../logging/failure.ts'
import { createPrivateFile } from './file-modes.ts'
import {
  checkInterval,
  type InstanceLock,
  type LockMode,
  type LockOptions,
  lockedError,
  lostLockError,
  noticePeriod,
} from './lock.ts'

/** Milliseconds. An attempt to lock exclusively blocks new shared locks for a moment. */
const maxWait = 2000

/** The lock file next to the database; it stays, because removing it would release the locks of others. */
export function lockFileOf(path: string): string {
  return `${path}-lock`
}

/**
 * Locks an empty SQLite file next to the database through an open transaction: SQLite has portable file locks, which the
 * operating system releases with the process.
 */
export async function lockSqlite(path: string, { mode, force }: LockOptions): Promise<InstanceLock> {
  const file = lockFileOf(path)
  const description = `The database ${path}`
  if (force) {
    // Holders keep their lock of the removed file until they notice.
    rmSync(file, { force: true })
    await setTimeout(noticePeriod)
  }
  await createPrivateFile(file)
  const connection = lockFile(file, mode)
  if (connection === undefined) throw lockedError(description, mode)
  const identity = identityOf(file)
  const lost = new AbortController()
  const check = () => {
    if (identityOf(file) !== identity) lost.abort(lostLockError(description))
  }
  const timer = setInterval(check, checkInterval).unref()
  return {
    lost: lost.signal,
    async assertHeld() {
      check()
      lost.signal.throwIfAborted()
    },
    listen: async () => {},
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      connection.close()
    },
  }
}

function lockFile(file: string, mode: LockMode): Database.Database | undefined {
  const connection = new Database(file, { timeout: mode === 'shared' ? maxWait : 0 })
  try {
    connection.exec(mode === 'exclusive' ? 'BEGIN EXCLUSIVE' : 'BEGIN')
    // A deferred transaction takes its lock with the first read.
    if (mode === 'shared') connection.prepare('SELECT name FROM sqlite_schema').all()
    return connection
  } catch (error) {
    connection.close()
    if (codeOf(error)?.startsWith('SQLITE_BUSY')) return undefined
    throw error
  }
}

function identityOf(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false, bigint: true })
  return stats && `${stats.dev}:${stats.ino}`
}
