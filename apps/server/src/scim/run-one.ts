import { randomUUID } from 'node:crypto'
import type { AuditSink, Client, Clients, Clock } from '@pocket/core'
import {
  hasChanged,
  isComplete,
  type ScimRecordStore,
  type ScimReport,
  type ScimTarget,
  type SnapshotSource,
  syncScim,
} from '@pocket/directory'
import type { Repeat } from '../jobs/repeat.ts'
import { leaseMs, reasonOf, type ScimProvider } from './provider.ts'
import type { ScimLease, ScimProviderStore } from './provider-store.ts'

export interface RunOnePorts {
  readonly store: ScimProviderStore
  readonly targetOf: (provider: ScimProvider, signal: AbortSignal) => ScimTarget
  readonly records: ScimRecordStore
  readonly source: SnapshotSource
  readonly clients: Pick<Clients, 'find'>
  readonly audit: AuditSink
  readonly clock: Clock
  readonly onError: (error: unknown) => void
  readonly repeat: Repeat
}

/** Runs a provider, only where it is due with `claimDue`. Resolves to `undefined` where another replica has it. */
export type RunOne = (id: string, stop: AbortSignal, how: 'claim' | 'claimDue') => Promise<ScimReport | undefined>

const minute = 60_000
const hour = 60 * minute
const runInterval = hour
/** What may pass is tried again earlier. */
const retryDelay = 10 * minute
const maxRunTime = 2 * hour
const passing: ReadonlySet<string> = new Set(['cut_off', 'rate_limited', 'server_error', 'timeout', 'unreachable'])

/** A run of one provider, under a lease: of many replicas one runs it, and another takes over when that dies. */
export function createRunOne(ports: RunOnePorts): RunOne {
  const { store, targetOf, records, source, clients, audit, clock, onError, repeat } = ports

  const run = async (own: ScimLease, stop: AbortSignal): Promise<ScimReport | undefined> => {
    const provider = await store.find(own.id)
    const client = provider && (await clients.find(provider.clientId))
    if (!client) return undefined
    const signal = AbortSignal.any([stop, AbortSignal.timeout(maxRunTime)])
    const report = await syncScim({
      providerId: provider.id,
      target: targetOf(provider, signal),
      source,
      records,
      groupIds: client.isGroupRestricted ? client.allowedGroupIds : null,
      removal: provider.removal,
      clock,
      signal,
    })
    // Another replica begins anew what was ended by us.
    if (!stop.aborted) await end(own, { provider, client, report })
    return report
  }

  const end = async (own: ScimLease, { provider, client, report }: Ended): Promise<void> => {
    const finishedAt = clock.now()
    const succeeded = isComplete(report)
    const nextRunAt = finishedAt + pauseAfter(report)
    if (!(await store.finish(own, { finishedAt, nextRunAt, succeeded, report }))) return
    if (hasChanged(report) || (!succeeded && isChanged(provider.report, report)))
      await audit.record(eventOf(client, report), nobody)
  }

  return async (id, stop, how) => {
    const own: ScimLease = { id, owner: randomUUID() }
    const now = clock.now()
    if (!(await store[how](own, { now, until: now + leaseMs }))) return undefined
    const lost = new AbortController()
    using _ = repeat(leaseMs / 3, async () => {
      try {
        if (!(await store.renew(own, clock.now() + leaseMs))) lost.abort(new Error('Another replica has taken it over'))
      } catch (error) {
        onError(error)
      }
    })
    try {
      return await run(own, AbortSignal.any([stop, lost.signal]))
    } finally {
      // Nothing happens where it has ended.
      await store.release(own)
      // Where it was removed meanwhile, what was written since goes as well.
      if (!(await store.find(id))) await records.removeByProvider(id)
    }
  }
}

interface Ended {
  readonly provider: ScimProvider
  readonly client: Client
  readonly report: ScimReport
}

const nobody = { requestId: null, ipAddress: null, userAgent: null }

function pauseAfter({ stopped }: ScimReport): number {
  if (!stopped || !passing.has(stopped.code)) return runInterval
  return Math.min(runInterval, Math.max(retryDelay, stopped.retryAfter ?? 0))
}

/** Of a target that is not up to date. */
function isChanged(before: ScimReport | null, { stopped }: ScimReport): boolean {
  return before === null || isComplete(before) || before.stopped?.code !== stopped?.code
}

function eventOf({ id: clientId }: Client, report: ScimReport) {
  const { code: reason } = reasonOf(report)
  return reason === undefined
    ? ({ event: 'scim_synced', clientId } as const)
    : ({ event: 'scim_sync_failed', clientId, reason } as const)
}
