/** A reminder that a user postponed. */
export interface Reminder {
  readonly accountId: string
  /** Milliseconds since the Unix epoch. */
  readonly putOffAt: number
}

/** Stores when a user postponed adding a second passkey, once per account. */
export interface ReminderStore {
  find(accountId: string): Promise<Reminder | undefined>
  /** Replaces an earlier entry. */
  put(reminder: Reminder): Promise<void>
  removeByAccount(accountId: string): Promise<void>
}
