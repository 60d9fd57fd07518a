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
  /** Milliseconds since any fixed instant, unaffected by changes of the system's time; `performance.now()` by default. */
  monotonic?(): number
}

/**
 * Milliseconds by which clocks of replicas may differ. An instant that lies further ahead than this beyond what anybody
 * could have written was written before the clock was set back.
 */
export const maxClockDifference = 300_000

/** The clock of this machine. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }
