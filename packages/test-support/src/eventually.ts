import { setTimeout } from 'node:timers/promises'
import { waitTimeout } from './timeouts.ts'

/** Milliseconds between two attempts. */
const interval = 20

/**
 * Repeats `attempt` until it no longer throws, and returns its result, for state changes without an event to await.
 *
 * @throws The error of the last attempt, once {@link waitTimeout} has passed.
 */
export async function eventually<T>(attempt: () => T | Promise<T>): Promise<T> {
  const deadline = performance.now() + waitTimeout
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    await setTimeout(interval)
  }
}
