import { parseJsonObject } from '@pocket/core/internal'
import { sourceError } from './source-error.ts'

/** Milliseconds after which Pocket ID itself considers a host without a health check as stopped. */
const healthDeadline = 90_000

/** The row of the lock that versions before 2.12 hold. */
export const selectLock = `SELECT value FROM kv WHERE key = 'application_lock'`

/**
 * Rejects a source that Pocket ID has open. A stopped instance has removed its host; a crashed one left it behind, with a health check
 * that is older than the deadline.
 *
 * @param hosts - `checked_at` in milliseconds since the Unix epoch
 * @throws {ConfigurationError}
 */
export function assertNotRunning(hosts: Iterable<Readonly<Record<string, unknown>>>, now: number): void {
  for (const { checked_at: checkedAt } of hosts) {
    const age = now - Number(checkedAt)
    if (age > healthDeadline) continue
    throw runningError(healthDeadline - age)
  }
}

/** Like `assertNotRunning`, for the lock of versions before 2.12, which a running instance extends. */
export function assertLockExpired(rows: Iterable<Readonly<Record<string, unknown>>>, now: number): void {
  for (const { value } of rows) {
    const remaining = Number(parseJsonObject(String(value))?.expires_at ?? 0) - now
    if (remaining > 0) throw runningError(remaining)
  }
}

function runningError(remaining: number): Error {
  const seconds = Math.ceil(remaining / 1000)
  return sourceError(
    `Pocket ID is running with this database. Stop it first; if it has crashed, try again in ${seconds} seconds.`,
  )
}
