import { setTimeout } from 'node:timers/promises'
import { isTransient, ScimError } from './scim-error.ts'

/** Waits for the given milliseconds; rejects when the signal is aborted. */
export type Pause = (milliseconds: number, signal: AbortSignal) => Promise<unknown>

/** Waits for the given milliseconds; rejects when the signal is aborted. */
export const pauseByTimer: Pause = (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal })

const second = 1000
const initialDelay = second / 2
const maxDelay = 10 * second
/** A target that requests a longer delay is retried in another run. */
const maxRetryAfter = 60 * second
const defaultAttempts = 3
const maxAttempts = 5

/**
 * Retries transient failures: after `Retry-After` (RFC 9110 §10.2.3), and otherwise after half a second, doubled each time up
 * to 10 seconds, plus a random delay of up to half of it.
 *
 * @throws {ScimError} of the last attempt
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  { pause, signal }: { readonly pause: Pause; readonly signal: AbortSignal },
): Promise<T> {
  for (let attemptNumber = 1; ; attemptNumber++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof ScimError) || !isTransient(error)) throw error
      if (attemptNumber >= (error.code === 'rate_limited' ? maxAttempts : defaultAttempts)) throw error
      if ((error.retryAfter ?? 0) > maxRetryAfter) throw error
      await pause(error.retryAfter ?? backoffDelay(attemptNumber), signal)
    }
  }
}

function backoffDelay(attemptNumber: number): number {
  const delay = Math.min(maxDelay, initialDelay * 2 ** (attemptNumber - 1))
  return delay / 2 + Math.random() * (delay / 2)
}

/** The milliseconds of a `Retry-After`, which is a number of seconds or a date; `undefined` if it is invalid. */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined
  const text = value.trim()
  const delay = /^\d{1,9}$/.test(text) ? Number(text) * second : Date.parse(text) - now
  return Number.isNaN(delay) ? undefined : Math.max(0, delay)
}
