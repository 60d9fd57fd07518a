/** Where and when a session was used. Times are in milliseconds since the Unix epoch. */
export interface SessionUse {
  readonly startedAt: number
  /** Accurate to one minute. */
  readonly lastUsedAt: number
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

/**
 * How long a session lasts, in seconds.
 *
 * @example
 * ```ts
 * sessionLifetime: async () => ({ length: 8 * 3600, idle: 1800 })
 * ```
 */
export interface SessionLifetime {
  /** Since the last sign-in; since the last use if `idle` is 0. */
  readonly length: number
  /** Since the last use; 0 if only `length` applies. */
  readonly idle: number
}

/** Accuracy of the last use, in milliseconds: the minimum interval between two writes. */
export const minUseInterval = 60_000

/** The current use of a session by the sender of a request; keeps the previous origin if there is no request. */
export function updateUse(
  before: SessionUse | undefined,
  origin: Pick<SessionUse, 'ipAddress' | 'userAgent'> | undefined,
  now: number,
): SessionUse {
  const { ipAddress, userAgent } = origin ?? before ?? { ipAddress: null, userAgent: null }
  return { startedAt: before?.startedAt ?? now, lastUsedAt: now, ipAddress, userAgent }
}

/**
 * The remaining lifetime of a session that is used now, in seconds.
 *
 * @param authTime - of the last sign-in, in seconds since the Unix epoch; `undefined` before the first
 * @param now - in milliseconds
 */
export function remainingLifetime(
  { length, idle }: SessionLifetime,
  authTime: number | undefined,
  now: number,
): number {
  if (idle === 0 || authTime === undefined) return length
  return Math.max(1, Math.min(idle, authTime + length - Math.floor(now / 1000)))
}
