import { randomUUID } from 'node:crypto'
import type { AuditSink, Client, Clients, Clock, PublicFetch } from '@pocket/core'
import { Conflict } from '@pocket/core/errors'
import {
  createScimTarget,
  hasChanged,
  isComplete,
  type Pause,
  pauseByTimer,
  type ScimRecordStore,
  type ScimReport,
  type SnapshotSource,
  syncScim,
  type TargetDescription,
} from '@pocket/directory'
import { type Repeat, repeatByTimer } from '../jobs/repeat.ts'
import type { ScimProvider } from './provider.ts'
import type { ScimLease, ScimProviderStore } from './provider-store.ts'
import type { ScimProviders } from './providers.ts'

/** Provisions the people of clients. Disposing of it stops what was begun by `runSoon`, and waits for it. */
export interface ScimRuns extends AsyncDisposable {
  /** Runs what is due, a few at a time; resolves when it has ended. */
  runDue(signal: AbortSignal): Promise<void>
  /** The same at once, while nobody waits: not even for another one whose run is long. */
  runSoon(): void
  /**
   * Runs one at once; resolves to what came of it.
   *
   * @throws {Conflict} `scim_sync_running` where it runs already
   */
  runNow(provider: ScimProvider): Promise<ScimReport>
  /** Asks a target what it is, and changes nothing. @throws {ScimFailure} */
  test(provider: ScimProvider): Promise<TargetDescription>
}

export interface ScimRunsPorts {
  readonly store: ScimProviderStore
  readonly providers: Pick<ScimProviders, 'token'>
  readonly records: ScimRecordStore
  readonly source: SnapshotSource
  readonly clients: Pick<Clients, 'find'>
  /** Guarded, with the limits of one request. */
  readonly fetch: PublicFetch
  readonly audit: AuditSink
  readonly clock: Clock
  readonly onError: (error: unknown) => void
  readonly repeat?: Repeat
  readonly pause?: Pause
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
/** Changes come together: nobody is provisioned before it has been quiet for so long. */
const quietTime = 5 * minute
const pauseBetween = hour
/** What may pass is tried again earlier. */
const pauseAfterTrouble = 10 * minute
const lease = minute
const longestRun = 2 * hour
/** Somebody waits for it. */
const longestTest = 20 * second
const atOnce = 4
const passing: ReadonlySet<string> = new Set(['cut_off', 'rate_limited', 'server_error', 'timeout', 'unreachable'])

interface Ended {
  readonly provider: ScimProvider
  readonly client: Client
  readonly report: ScimReport
  /** Whether it was ended by us: then another replica begins anew. */
  readonly isStopped: boolean
}

export function createScimRuns(ports: ScimRunsPorts): ScimRuns {
  const { store, providers, records, source, clients, fetch, audit, clock, onError } = ports
  const { repeat = repeatByTimer, pause = pauseByTimer } = ports

  const targetOf = (provider: ScimProvider, signal: AbortSignal) => {
    const endpoint = { url: provider.endpoint, token: providers.token(provider) }
    return createScimTarget({ fetch, endpoint, signal, now: () => clock.now(), pause })
  }

  /** `undefined` where another replica runs it. */
  const run = async (id: string, stop: AbortSignal): Promise<ScimReport | undefined> => {
    const own: ScimLease = { id, owner: randomUUID() }
    const now = clock.now()
    if (!(await store.claim(own, { now, until: now + lease }))) return undefined
    const lost = new AbortController()
    const renew = async () => {
      try {
        if (!(await store.renew(own, clock.now() + lease))) lost.abort(new Error('Another replica has taken it over'))
      } catch (error) {
        onError(error)
      }
    }
    using _ = repeat(lease / 3, renew)
    try {
      const provider = await store.find(id)
      const client = provider && (await clients.find(provider.clientId))
      if (!client) {
        await store.release(own)
        return undefined
      }
      const signal = AbortSignal.any([stop, lost.signal, AbortSignal.timeout(longestRun)])
      const report = await syncScim({
        providerId: id,
        target: targetOf(provider, signal),
        source,
        records,
        groupIds: client.isGroupRestricted ? client.allowedGroupIds : null,
        removal: provider.removal,
        clock,
        signal,
      })
      return await ended(own, { provider, client, report, isStopped: stop.aborted || lost.signal.aborted })
    } catch (error) {
      await store.release(own)
      throw error
    }
  }

  const ended = async (own: ScimLease, { provider, client, report, isStopped }: Ended): Promise<ScimReport> => {
    if (isStopped) {
      await store.release(own)
      return report
    }
    const finishedAt = clock.now()
    const { stopped } = report
    const wait = stopped && passing.has(stopped.code) ? Math.max(pauseAfterTrouble, stopped.retryAfter ?? 0) : 0
    const nextRunAt = finishedAt + (wait === 0 ? pauseBetween : Math.min(wait, pauseBetween))
    const succeeded = isComplete(report)
    if (!(await store.finish(own, { finishedAt, nextRunAt, succeeded, report }))) {
      // It was removed meanwhile, and what was written since with it.
      if (!(await store.find(provider.id))) await records.removeByProvider(provider.id)
      return report
    }
    const failsAnew = !succeeded && (!provider.report || provider.report.stopped?.code !== stopped?.code)
    if (hasChanged(report) || failsAnew) await record(client, report)
    return report
  }

  const record = (client: Client, report: ScimReport) => {
    const reason = report.stopped?.code ?? report.problems[0]?.code
    const nobody = { requestId: null, ipAddress: null, userAgent: null }
    return audit.record(
      reason === undefined
        ? { event: 'scim_synced', clientId: client.id }
        : { event: 'scim_sync_failed', clientId: client.id, reason },
      nobody,
    )
  }

  const stop = new AbortController()
  const soon = new Set<Promise<void>>()

  return {
    async runDue(signal) {
      const now = clock.now()
      await store.takeChanges(now - quietTime, now)
      const due = (await store.due(now))[Symbol.iterator]()
      const failures: unknown[] = []
      const worker = async () => {
        for (const id of due) {
          if (signal.aborted) return
          await run(id, signal).catch((error: unknown) => failures.push(error))
        }
      }
      await Promise.all(Array.from({ length: atOnce }, worker))
      if (failures.length > 0) throw failures[0]
    },

    runSoon() {
      const run = this.runDue(stop.signal)
        .catch(onError)
        .finally(() => soon.delete(run))
      soon.add(run)
    },

    async [Symbol.asyncDispose]() {
      stop.abort(new Error('This server stops'))
      await Promise.all(soon)
    },

    async runNow({ id }) {
      const report = await run(id, new AbortController().signal)
      if (!report) throw new Conflict('scim_sync_running', 'People are being provisioned at this moment.')
      return report
    },

    test: (provider) => targetOf(provider, AbortSignal.timeout(longestTest)).describe(),
  }
}
