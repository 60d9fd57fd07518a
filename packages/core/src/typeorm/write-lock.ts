import { setTimeout } from 'node:timers/promises'
import type BetterSqlite3 from 'better-sqlite3'

/** How long a transaction waits for another connection that is writing to the same SQLite database, in milliseconds. */
const busyTimeout = 10_000
/** The part of this time that SQLite waits itself, which blocks the thread, in milliseconds. */
export const blockingTimeout = 20
const retryDelay = 20

export function isBusy(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')
}

/** Repeats `work` while another connection, which may be one of this process, has the lock that it needs. */
export async function whenUnlocked(work: () => void): Promise<void> {
  const deadline = performance.now() + busyTimeout
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
      await setTimeout(retryDelay)
    }
  }
}

/** Starts a transaction with the write lock, since one that acquires it later can fail halfway. */
export function beginImmediate(connection: BetterSqlite3.Database): Promise<void> {
  return whenUnlocked(() => connection.exec('BEGIN IMMEDIATE'))
}
