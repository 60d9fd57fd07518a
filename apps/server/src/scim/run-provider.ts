import { randomUUID } from 'node:crypto'
import type { AuditSink, Client, Clients, Clock } from '@pocket/core'
import { noOrigin } from '@pocket/core/internal'
import {
  hasChanged,
  isComplete,
  type ScimRecordStore,
  type ScimReport,
  type ScimTarget,
  type SnapshotSource,
  syncScim,
} from '@pocket/directory/internal'
import type { Repeat } from '../jobs/repeat.ts'
import { leaseMs, reasonOf, type ScimProvider } from './provider.ts'
import type { ScimLease, ScimProviderStore } from './provider-store.ts'

export interface ProviderRunDeps {
  readonly store: ScimProviderStore
  readonly createTarget: (provider: ScimProvider, signal: AbortSignal) => ScimTarget
  readonly records: ScimRecordStore
  readonly source: SnapshotSource
  readonly clients: Pick<Clients, 'find'>
  readonly audit: AuditSink
  readonly clock: Clock
  readonly onError: (error: unknown) => void
  readonly repeat: Repeat
}

/** Runs a provider; with `claimDue` only if it is due. Resolves to `undefined` if another replica runs it. */
export type RunProvider = (
  id: string,
  stop: AbortSignal,
  claimMethod: 'claim' | 'claimDue',
) => Promise<ScimReport | undefined>

const minute = 60_000
const hour = 60 * minute
const runInterval = hour
/** Temporary failures are retried earlier. */
const retryDelay = 10 * minute
const maxRunTime = 2 * hour
const temporaryErrors: ReadonlySet<string> = new Set([
  'cut_off',
  'rate_limited',
  'server_error',
  'timeout',
  'unreachable',
])

/** Runs one provider under a lease: only one replica runs it, and another takes over after a crash. */
export function createProviderRunner(deps: ProviderRunDeps): RunProvider {
  const { store, createTarget, records, source, clients, audit, clock, onError, repeat } = deps

  const run = async (lease: ScimLease, stop: AbortSignal): Promise<ScimReport | undefined> => {
    const provider = await store.find(lease.id)
    const client = provider && (await clients.find(provider.clientId))
    if (!client) return undefined
    const signal = AbortSignal.any([stop, AbortSignal.timeout(maxRunTime)])
    const report = await syncScim({
      providerId: provider.id,
      target: createTarget(provider, signal),
      source,
      records,
      groupIds: client.isGroupRestricted ? client.allowedGroupIds : null,
      removal: provider.removal,
      clock,
      signal,
    })
    // Another replica restarts a run that was aborted here.
    if (!stop.aborted) await recordEnd(lease, { provider, client, report })
    return report
  }

  const recordEnd = async (lease: ScimLease, { provider, client, report }: RunResult): Promise<void> => {
    const finishedAt = clock.now()
    const succeeded = isComplete(report)
    const nextRunAt = finishedAt + nextDelay(report)
    if (!(await store.finish(lease, { finishedAt, nextRunAt, succeeded, report }))) return
    if (hasChanged(report) || (!succeeded && isChanged(provider.report, report)))
      await audit.record(eventOf(client, report), noOrigin)
  }

  return async (id, stop, claimMethod) => {
    const lease: ScimLease = { id, owner: randomUUID() }
    const now = clock.now()
    if (!(await store[claimMethod](lease, { now, until: now + leaseMs }))) return undefined
    const leaseLost = new AbortController()
    using _ = repeat(leaseMs / 3, async () => {
      try {
        if (!(await store.renew(lease, clock.now() + leaseMs)))
          leaseLost.abort(new Error('The lease was taken over by another replica'))
      } catch (error) {
        onError(error)
      }
    })
    try {
      return await run(lease, AbortSignal.any([stop, leaseLost.signal]))
    } finally {
      // Does nothing if the run has finished.
      await store.release(lease)
      // If the provider was deleted during the run, delete the records written since then.
      if (!(await store.find(id))) await records.removeByProvider(id)
    }
  }
}

interface RunResult {
  readonly provider: ScimProvider
  readonly client: Client
  readonly report: ScimReport
}

function nextDelay({ stopped }: ScimReport): number {
  if (!stopped || !temporaryErrors.has(stopped.code)) return runInterval
  return Math.min(runInterval, Math.max(retryDelay, stopped.retryAfter ?? 0))
}

/** Whether the state of an incomplete target has changed. */
function isChanged(before: ScimReport | null, { stopped }: ScimReport): boolean {
  return before === null || isComplete(before) || before.stopped?.code !== stopped?.code
}

function eventOf({ id: clientId }: Client, report: ScimReport) {
  const { code: reason } = reasonOf(report)
  return reason === undefined
    ? ({ event: 'scim_synced', clientId } as const)
    : ({ event: 'scim_sync_failed', clientId, reason } as const)
}
