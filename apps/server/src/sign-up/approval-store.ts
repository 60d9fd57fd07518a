/** Somebody who has signed up and waits to be let in. */
export interface Approval {
  readonly accountId: string
  /** Milliseconds since the Unix epoch. */
  readonly requestedAt: number
  readonly awaitsAdministrator: boolean
  /** Of their e-mail address. */
  readonly awaitsVerification: boolean
  /** The path on this server at which they go on once they are in; `null` where they came for nothing else. */
  readonly wayBack: string | null
}

/** Who waits to be let in. */
export interface ApprovalStore {
  insert(approval: Approval): Promise<void>
  /** Whoever waits longest comes first. */
  list(): Promise<readonly Approval[]>
  find(accountId: string): Promise<Approval | undefined>
  /** Returns `false` where the account does not wait; of any number of calls at once one gets `true`. */
  remove(accountId: string): Promise<boolean>
  /** The address is verified. Returns `false` where the account does not wait for that. */
  recordVerified(accountId: string): Promise<boolean>
  /** Removes one that waits for nothing any more; as `remove` otherwise. */
  removeComplete(accountId: string): Promise<boolean>
}
