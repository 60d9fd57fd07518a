/** A sign-up that waits for approval or verification. */
export interface Approval {
  readonly accountId: string
  /** Milliseconds since the Unix epoch. */
  readonly requestedAt: number
  readonly awaitsAdministrator: boolean
  /** The user's e-mail address is not verified yet. */
  readonly awaitsVerification: boolean
  /** The path on this server to continue with after approval; `null` if there is none. */
  readonly returnPath: string | null
}

/** Stores pending sign-ups. */
export interface ApprovalStore {
  insert(approval: Approval): Promise<void>
  /** Oldest first. */
  list(): Promise<readonly Approval[]>
  find(accountId: string): Promise<Approval | undefined>
  /** Returns `false` if the account is not pending; exactly one of concurrent calls gets `true`. */
  remove(accountId: string): Promise<boolean>
  /** Records that the address is verified. Returns `false` if the account does not wait for that. */
  recordVerified(accountId: string): Promise<boolean>
  /** Like `remove`, but only if nothing is pending any more. */
  removeComplete(accountId: string): Promise<boolean>
}
