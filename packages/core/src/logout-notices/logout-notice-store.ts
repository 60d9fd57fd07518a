/** A client that has to hear of a logout (OpenID Connect Back-Channel Logout §2.5). */
export interface LogoutNotice {
  readonly id: string
  readonly clientId: string
  readonly accountId: string
  /** The session as the client knows it. */
  readonly sid: string
  /** How often it was tried. */
  readonly attempts: number
  /** Milliseconds since the Unix epoch. */
  readonly nextAttemptAt: number
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
}

/** No pause between two attempts is as long, in milliseconds. */
export const maxPause = 86_400_000

/** Where notices of logouts wait until the client has them (OpenID Connect Back-Channel Logout §2.5). */
export interface LogoutNoticeStore {
  insert(notice: LogoutNotice): Promise<void>
  /**
   * Takes at most `limit` notices that are due at `now`, the oldest first, and puts their next attempt off until `until`, in
   * one step: of any number of calls at once, one gets a notice. Counts the attempt. Both in milliseconds. One whose next
   * attempt lies more than a day ahead is due: the clock has been set back since.
   */
  claimDue(now: number, until: number, limit: number): Promise<readonly LogoutNotice[]>
  /** When it is tried again, in milliseconds. */
  postpone(id: string, nextAttemptAt: number): Promise<void>
  remove(id: string): Promise<void>
  removeByClient(clientId: string): Promise<void>
}
