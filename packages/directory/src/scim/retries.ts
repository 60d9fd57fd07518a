import { setTimeout } from 'node:timers/promises'
import { isTransient, ScimError } from './scim-error.ts'

/** Waits for the given milliseconds; rejects when the signal is aborted. */
export type Pause = (milliseconds: number, signal: AbortSignal) => Promise<unknown>

/** Waits for the given milliseconds; rejects when the signal is aborted. */
export const pauseByTimer: Pause = (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal })

const second = 1000
const first = second / 2
const longest = 10 * second
/** A target that requests a longer delay is retried in another run. */
const maxRetryAfter = 60 * second
const attempts = 3
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
  for (let tried = 1; ; tried++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof ScimError) || !isTransient(error)) throw error
      if (tried >= (error.code === 'rate_limited' ? maxAttempts : attempts)) throw error
      if ((error.retryAfter ?? 0) > maxRetryAfter) throw error
      await pause(error.retryAfter ?? backOff(tried), signal)
    }
  }
}

function backOff(tried: number): number {
  const full = Math.min(longest, first * 2 ** (tried - 1))
  return full / 2 + Math.random() * (full / 2)
}

/** The milliseconds of a `Retry-After`, which is a number of seconds or a date; `undefined` if it is invalid. */
export function retryAfterOf(value: string | null, now: number): number | undefined {
  if (value === null) return undefined
  const text = value.trim()
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * second : Date.parse(text) - now
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
}
