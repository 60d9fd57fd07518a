/** Somebody who has signed up and waits for an administrator. */
export interface Approval {
  readonly accountId: string
  /** Milliseconds since the Unix epoch. */
  readonly requestedAt: number
}

/** Who waits to be let in. */
export interface ApprovalStore {
  insert(approval: Approval): Promise<void>
  /** Whoever waits longest comes first. */
  list(): Promise<readonly Approval[]>
  /** Returns `false` where the account does not wait; of any number of calls at once one gets `true`. */
  remove(accountId: string): Promise<boolean>
}
