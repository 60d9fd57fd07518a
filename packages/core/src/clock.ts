/**
 * The only source of time in this package; a test passes one that stands still.
 *
 * @example
 * ```ts
 * const clock: Clock = { now: () => Date.now() + ahead }
 * ```
 */
export interface Clock {
  /** Now, in milliseconds since the Unix epoch (UTC). */
  now(): number
}

/** The clock of this machine. */
export const systemClock: Clock = { now: () => Date.now() }
