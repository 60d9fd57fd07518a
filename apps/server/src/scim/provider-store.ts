import type { ScimReport } from '@pocket/directory'
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

  /** Keeps that people or groups have changed, where there is a provider at all. Nobody waits for anybody here. */
  recordChange(at: number): Promise<void>
  /**
   * Where nothing has changed after `before`, all providers become due at `now`, those that run now included, and the
   * changes are forgotten.
   */
  takeChanges(before: number, now: number): Promise<void>
  /** It becomes due at `now`, also where it runs now. */
  runEarlier(id: string, now: number): Promise<void>
  /** The ids of those that are due and that nobody runs, the longest waiting first. */
  due(now: number): Promise<readonly string[]>

  /** Of any number of calls at once, one gets it: `false` where somebody else has it. */
  claim(lease: ScimLease, range: ScimLeaseRange): Promise<boolean>
  /** The same for what is due, `false` where it is no longer: somebody else has run it. */
  claimDue(lease: ScimLease, range: ScimLeaseRange): Promise<boolean>
  /** Returns `false` where it is no longer ours. */
  renew(lease: ScimLease, until: number): Promise<boolean>
  /** Ends the run. What became due during it stays due. Returns `false` where it is no longer ours. */
  finish(lease: ScimLease, end: ScimRunEnd): Promise<boolean>
  /** Lets go of it without a result. */
  release(lease: ScimLease): Promise<void>
  /** Providers whose last run left something undone, and the names of their clients; the first to fail first. */
  failing(limit: number): Promise<readonly FailingProvider[]>
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
