/** A pending logout notice for a client (OpenID Connect Back-Channel Logout §2.5). */
export interface LogoutNotice {
  readonly id: string
  readonly clientId: string
  readonly accountId: string
  /** The session ID that the client knows. */
  readonly sid: string
  /** Number of delivery attempts. */
  readonly attempts: number
  /** Milliseconds since the Unix epoch. */
  readonly nextAttemptAt: number
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
}

/** Upper bound for the delay between two attempts, in milliseconds. */
export const maxRetryDelay = 86_400_000

/** Stores pending logout notices (OpenID Connect Back-Channel Logout §2.5). */
export interface LogoutNoticeStore {
  insert(notice: LogoutNotice): Promise<void>
  /**
   * Atomically claims at most `limit` notices that are due at `now`, oldest first, counts the attempt and postpones the
   * next attempt to `until`. Concurrent calls never claim the same notice. Both times in milliseconds. A notice whose
   * next attempt is more than a day ahead is due, because the clock was set back.
   */
  claimDue(now: number, until: number, limit: number): Promise<readonly LogoutNotice[]>
  /** Schedules the next attempt, in milliseconds. */
  postpone(id: string, nextAttemptAt: number): Promise<void>
  remove(id: string): Promise<void>
  removeByClient(clientId: string): Promise<void>
}
