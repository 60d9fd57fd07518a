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
 * Maximum clock difference between replicas, in milliseconds. If a stored time exceeds its latest valid value by more than
 * this, the clock was set back after it was stored.
 */
export const maxClockDifference = 300_000

/** Reads the monotonic time of a clock, or its wall time if it has none. */
export function monotonicOf(clock: Clock): () => number {
  return () => clock.monotonic?.() ?? performance.now()
}

/** The system clock. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }
