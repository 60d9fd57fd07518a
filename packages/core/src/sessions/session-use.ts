/** Where and when a session was used. Instants in milliseconds since the Unix epoch. */
export interface SessionUse {
  readonly startedAt: number
  /** Exact to a minute. */
  readonly lastUsedAt: number
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

/**
 * How long a session lives, in seconds.
 *
 * @example
 * ```ts
 * sessionLifetime: async () => ({ length: 8 * 3600, idle: 1800 })
 * ```
 */
export interface SessionLifetime {
  /** From the last sign-in in it; from its last use where `idle` is 0. */
  readonly length: number
  /** From its last use; 0 where `length` alone counts. */
  readonly idle: number
}

/** How exact the last use of a session is, in milliseconds: so often at most it is written. */
export const useExactness = 60_000

/** The use of a session at this moment by whoever sent a request, or by the one before where that is not known. */
export function usedNow(
  before: SessionUse | undefined,
  origin: Pick<SessionUse, 'ipAddress' | 'userAgent'> | undefined,
  now: number,
): SessionUse {
  const { ipAddress, userAgent } = origin ?? before ?? { ipAddress: null, userAgent: null }
  return { startedAt: before?.startedAt ?? now, lastUsedAt: now, ipAddress, userAgent }
}

/**
 * How long a session that is used at this moment goes on living, in seconds.
 *
 * @param authTime - of the last sign-in in it, in seconds since the Unix epoch; `undefined` before the first
 * @param now - in milliseconds
 */
export function remaining({ length, idle }: SessionLifetime, authTime: number | undefined, now: number): number {
  if (idle === 0 || authTime === undefined) return length
  return Math.max(1, Math.min(idle, authTime + length - Math.floor(now / 1000)))
}
