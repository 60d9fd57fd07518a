/**
 * The only time source in this package; tests pass a clock that they control.
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
 * Maximum clock difference between replicas, in milliseconds. A stored time that is further in the future than this
 * plus its maximum offset was written before the clock was set back.
 */
export const maxClockDifference = 300_000

/** The system clock. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }
