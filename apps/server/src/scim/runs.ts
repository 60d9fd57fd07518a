import type { AuditSink, Clients, Clock, PublicFetch } from '@pocket/core'
import { Conflict } from '@pocket/core/errors'
import {
  createScimTarget,
  type Pause,
  pauseByTimer,
  type ScimRecordStore,
  type ScimReport,
  type SnapshotSource,
  type TargetDescription,
} from '@pocket/directory'
import { type Repeat, repeatByTimer } from '../jobs/repeat.ts'
import type { ScimProvider } from './provider.ts'
import type { ScimProviderStore } from './provider-store.ts'
import type { ScimProviders } from './providers.ts'
import { createRunOne } from './run-one.ts'

/** Provisions the people of clients. Disposing of it stops what `runSoon` and `runNow` have begun, and waits for it. */
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
/** Changes come together: nobody is provisioned before it has been quiet for so long. */
const idleTime = 300 * second
/** Somebody waits for it. */
const maxTestDuration = 20 * second
const atOnce = 4

export function createScimRuns(ports: ScimRunsPorts): ScimRuns {
  const { store, providers, fetch, clock, onError, repeat = repeatByTimer, pause = pauseByTimer } = ports
  const targetOf = (provider: ScimProvider, signal: AbortSignal) => {
    const endpoint = { url: provider.endpoint, token: providers.token(provider) }
    return createScimTarget({ fetch, endpoint, signal, now: () => clock.now(), pause })
  }
  const run = createRunOne({ ...ports, targetOf, repeat })

  /** How many were run. */
  const runAll = async (ids: readonly string[], signal: AbortSignal): Promise<number> => {
    const waiting = ids[Symbol.iterator]()
    const failures: unknown[] = []
    let runs = 0
    const worker = async () => {
      for (const id of waiting) {
        if (signal.aborted) return
        const report = await run(id, signal, 'claimDue').catch((error: unknown) => void failures.push(error))
        if (report) runs++
      }
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
    if (failures.length > 0) throw failures[0]
    return runs
  }

  const stop = new AbortController()
  const pendingRuns = new Set<Promise<unknown>>()
  const followed = <T>(work: Promise<T>): Promise<T> => {
    const end: Promise<unknown> = work.then(
      () => pendingRuns.delete(end),
      () => pendingRuns.delete(end),
    )
    pendingRuns.add(end)
    return work
  }

  return {
    async runDue(signal) {
      const now = clock.now()
      await store.takeChanges(now - idleTime, now)
      // What was asked for during a run is due again after it.
      while (!signal.aborted && (await runAll(await store.due(clock.now()), signal)) > 0);
    },

    runSoon() {
      void followed(this.runDue(stop.signal).catch(onError))
    },

    async [Symbol.asyncDispose]() {
      stop.abort(new Error('This server stops'))
      await Promise.all(pendingRuns)
    },

    async runNow({ id }) {
      const report = await followed(run(id, stop.signal, 'claim'))
      if (!report) throw new Conflict('scim_sync_running', 'People are being provisioned at this moment.')
      return report
    },

    test: (provider) => targetOf(provider, AbortSignal.timeout(maxTestDuration)).describe(),
  }
}
