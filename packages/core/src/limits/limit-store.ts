import { maxClockDifference } from '../clock.ts'

/** A stored token bucket that is not full; full buckets need no storage. */
export interface StoredLimit {
  /** SHA-256 of the policy name and the subject, base64url. */
  readonly key: string
  /** When the bucket is full again. Milliseconds since the Unix epoch. */
  readonly expiresAt: number
  /** Whether the last attempt was allowed. */
  readonly admitted: boolean
}

/** An attempt to count. */
export interface LimitRequest {
  readonly key: string
  /** The capacity of the bucket. */
  readonly burst: number
  /** Milliseconds until a token is added. */
  readonly interval: number
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

/** Stores the token buckets that all processes share. */
export interface LimitStore {
  /**
   * Atomically consumes a token if one is available: concurrent calls never exceed the capacity. A bucket that would be
   * full later than its window plus five minutes after `now` counts as new.
   */
  consume(request: LimitRequest): Promise<StoredLimit>
  /** Refunds a consumed token. `interval` in milliseconds, as in the `consume` call. */
  refund(key: string, interval: number): Promise<void>
  /** Removes at most `limit` buckets that were full before `before` (milliseconds); returns the number removed. */
  removeExpired(before: number, limit: number): Promise<number>
}

/** Milliseconds of tolerance for reordered requests and clock differences between processes. */
const maxLeeway = 250

/** The latest time at which a bucket with an available token is full again. */
export function maxFullAt({ burst, interval, now }: Omit<LimitRequest, 'key'>): number {
  return now + (burst - 1) * interval + Math.min(maxLeeway, Math.floor(interval / 2))
}

/**
 * The latest valid time at which a bucket is full. A later time was stored before the clock was set back and would
 * block every attempt until then: such a bucket counts as new.
 */
export function latestFullAt({ burst, interval, now }: Omit<LimitRequest, 'key'>): number {
  return now + burst * interval + maxClockDifference
}

/**
 * The generic cell rate algorithm: it stores only the time at which the bucket is full again, and each consumed token
 * adds one interval.
 */
export function takeToken(request: LimitRequest, stored: Pick<StoredLimit, 'expiresAt'>): StoredLimit {
  const { key, interval, now } = request
  const fullAt = stored.expiresAt > latestFullAt(request) ? now : Math.max(stored.expiresAt, now)
  const admitted = fullAt <= maxFullAt(request)
  return { key, expiresAt: admitted ? fullAt + interval : stored.expiresAt, admitted }
}
