import type { ScimReport } from '@pocket/directory/internal'
import type { ScimProvider } from './provider.ts'

/** The replica that runs a provider. */
export interface ScimLease {
  readonly id: string
  readonly owner: string
}

/** Stores providers. Every method joins the current transaction; instants in milliseconds since the Unix epoch. */
export interface ScimProviderStore {
  find(id: string): Promise<ScimProvider | undefined>
  findByClient(clientId: string): Promise<ScimProvider | undefined>
  /** Returns `false` and changes nothing if the client already has a provider. */
  insert(provider: ScimProvider): Promise<boolean>
  /** Updates the configurable fields. Returns `false` and changes nothing if the client has another provider. */
  update(provider: Pick<ScimProvider, 'id' | 'clientId' | 'endpoint' | 'token' | 'removal'>): Promise<boolean>
  remove(id: string): Promise<void>

  /** Records a change of users or groups if there is a provider. Concurrent changes do not block each other. */
  recordChange(changedAt: number): Promise<void>
  /**
   * If nothing has changed after `before`, makes all providers due at `now`, including running ones, and deletes the recorded
   * changes.
   */
  consumeChanges(before: number, now: number): Promise<void>
  /** Makes the provider due at `now`, even if it is running. */
  markDue(id: string, now: number): Promise<void>
  /** The IDs of providers that are due and not leased, the longest waiting first. */
  listDue(now: number): Promise<readonly string[]>

  /** Exactly one of concurrent calls gets the lease; returns `false` if it is held by another replica. */
  claim(lease: ScimLease, range: ScimLeaseRange): Promise<boolean>
  /** Like `claim`, but only if the provider is due; returns `false` if another replica has run it. */
  claimDue(lease: ScimLease, range: ScimLeaseRange): Promise<boolean>
  /** Returns `false` if the lease was lost. */
  renew(lease: ScimLease, until: number): Promise<boolean>
  /** Ends the run. A provider that became due during the run stays due. Returns `false` if the lease was lost. */
  finish(lease: ScimLease, end: ScimRunEnd): Promise<boolean>
  /** Releases the lease without a result. */
  release(lease: ScimLease): Promise<void>
  /** Providers whose last run was incomplete, with the names of their clients; the earliest failure first. */
  listFailing(limit: number): Promise<readonly FailingProvider[]>
}

export interface ScimLeaseRange {
  readonly now: number
  readonly until: number
}

export interface ScimRunEnd {
  readonly finishedAt: number
  readonly nextRunAt: number
  readonly succeeded: boolean
  readonly report: ScimReport
}

export interface FailingProvider {
  readonly clientId: string
  readonly clientName: string
  readonly finishedAt: number
}
