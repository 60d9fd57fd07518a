import { maxClockDifference } from '../clock.ts'

/** A bucket from which something was taken, as it is stored; one that is full again is as good as none. */
export interface StoredLimit {
  /** SHA-256 of the policy and of whom it is kept for, base64url. */
  readonly key: string
  /** When it is full again. Milliseconds since the Unix epoch. */
  readonly expiresAt: number
  /** Whether there was something in it for the one who asked last. */
  readonly admitted: boolean
}

/** One try that is to be counted. */
export interface LimitRequest {
  readonly key: string
  /** How many it holds. */
  readonly burst: number
  /** After how many milliseconds one is added. */
  readonly interval: number
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

/** Where token buckets are counted, for all processes together. */
export interface LimitStore {
  /**
   * Takes one in one atomic step, where there is one: of any number of calls at once, no more are admitted than it holds. A
   * bucket that is full again later than its window plus five minutes after `now` counts as new.
   */
  take(request: LimitRequest): Promise<StoredLimit>
  /** Puts back what was taken. `interval`, in milliseconds, as it was when it was taken. */
  giveBack(key: string, interval: number): Promise<void>
  /** Removes at most `limit` buckets that were full before `before` (milliseconds); returns how many. */
  removeExpired(before: number, limit: number): Promise<number>
}

/** Milliseconds by which requests overtake each other on their way to the store, and clocks of processes differ. */
const maxLeeway = 250

/** A bucket has something in it that is full again at this instant at the latest. */
export function maxFullAt({ burst, interval, now }: Omit<LimitRequest, 'key'>): number {
  return now + (burst - 1) * interval + Math.min(maxLeeway, Math.floor(interval / 2))
}

/**
 * The last instant at which a bucket can be full again. A later one was stored before the clock was set back, and would
 * refuse everybody until the clock is there again: such a bucket counts as new.
 */
export function latestFullAt({ burst, interval, now }: Omit<LimitRequest, 'key'>): number {
  return now + burst * interval + maxClockDifference
}

/**
 * The generic cell rate algorithm: of a bucket only the instant is kept at which it is full again, and each taking moves
 * that on by one interval.
 */
export function take(request: LimitRequest, stored: Pick<StoredLimit, 'expiresAt'>): StoredLimit {
  const { key, interval, now } = request
  const fullAt = stored.expiresAt > latestFullAt(request) ? now : Math.max(stored.expiresAt, now)
  const admitted = fullAt <= maxFullAt(request)
  return { key, expiresAt: admitted ? fullAt + interval : stored.expiresAt, admitted }
}
