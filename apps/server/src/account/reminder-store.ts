/** What somebody was reminded of and put off. */
export interface Reminder {
  readonly accountId: string
  /** Milliseconds since the Unix epoch. */
  readonly putOffAt: number
}

/** Where it is kept that somebody does not want to add a second passkey now, once for each account. */
export interface ReminderStore {
  find(accountId: string): Promise<Reminder | undefined>
  /** Takes the place of an earlier one. */
  put(reminder: Reminder): Promise<void>
  removeByAccount(accountId: string): Promise<void>
}
