import { sourceError } from './source-error.ts'

/** Milliseconds after which Pocket ID itself considers a host without a health check as stopped. */
const healthDeadline = 90_000

/**
 * Refuses a source that Pocket ID has open. A stopped instance has removed its host; a crashed one left it behind, with a health check
 * that is older than the deadline.
 *
 * @param hosts - `checked_at` in milliseconds since the Unix epoch
 * @throws {ConfigurationError}
 */
export function assertNotRunning(hosts: Iterable<Readonly<Record<string, unknown>>>, now: number): void {
  for (const { checked_at: checkedAt } of hosts) {
    const age = now - Number(checkedAt)
    if (age > healthDeadline) continue
    const seconds = Math.ceil((healthDeadline - age) / 1000)
    throw sourceError(
      `Pocket ID is running with this database. Stop it first; if it has crashed, try again in ${seconds} seconds.`,
    )
  }
}
