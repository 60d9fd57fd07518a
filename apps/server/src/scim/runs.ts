import type { PublicFetch } from '@pocket/core'
import { ConflictError } from '@pocket/core/errors'
import {
  createScimTarget,
  type Pause,
  pauseByTimer,
  type ScimReport,
  type TargetDescription,
} from '@pocket/directory/internal'
import { type Repeat, repeatByTimer } from '../jobs/repeat.ts'
import type { ScimProvider } from './provider.ts'
import type { ScimProviders } from './providers.ts'
import { createProviderRunner, type ProviderRunDeps } from './run-provider.ts'

/** Provisions the users of clients. Disposing of it aborts the runs of `startDueRuns` and `runNow` and waits for them. */
export interface ScimRuns extends AsyncDisposable {
  /** Runs due providers, a few at a time; resolves when they have finished. */
  runDue(signal: AbortSignal): Promise<void>
  /** Starts the due providers immediately without waiting, even during a long run of another provider. */
  startDueRuns(): void
  /**
   * Runs a provider and resolves to the report. Waits up to five seconds for the end of a current run, because a new
   * provider is due immediately.
   *
   * @throws {ConflictError} `scim_sync_running` if it is still running
   */
  runNow(provider: ScimProvider): Promise<ScimReport>
  /** Reads the description of a target without changing it. @throws {ScimError} */
  test(provider: ScimProvider, signal?: AbortSignal): Promise<TargetDescription>
}

export interface ScimRunDeps extends Omit<ProviderRunDeps, 'createTarget' | 'repeat'> {
  readonly providers: Pick<ScimProviders, 'decryptToken'>
  /** Protected against SSRF, with limits for each request. */
  readonly fetch: PublicFetch
  readonly repeat?: Repeat
  readonly pause?: Pause
}

const second = 1000
/** Changes are batched: provisioning starts after this time without changes. */
const idleTime = 300 * second
/** An administrator is waiting for the result. */
const maxTestDuration = 20 * second
const maxConcurrentRuns = 4
const claimInterval = 200
const maxClaims = 25

export function createScimRuns(deps: ScimRunDeps): ScimRuns {
  const { store, providers, fetch, clock, onError, repeat = repeatByTimer, pause = pauseByTimer } = deps
  const createTarget = (provider: ScimProvider, signal: AbortSignal) => {
    const endpoint = { url: provider.endpoint, token: providers.decryptToken(provider) }
    return createScimTarget({ fetch, endpoint, signal, now: () => clock.now(), pause })
  }
  const run = createProviderRunner({ ...deps, createTarget, repeat })

  const runAll = async (ids: readonly string[], signal: AbortSignal): Promise<number> => {
    const queue = ids[Symbol.iterator]()
    const failures: unknown[] = []
    let runs = 0
    const worker = async () => {
      for (const id of queue) {
        if (signal.aborted) return
        const report = await run(id, signal, 'claimDue').catch((error: unknown) => void failures.push(error))
        if (report) runs++
      }
    }
    await Promise.all(Array.from({ length: maxConcurrentRuns }, worker))
    if (failures.length > 0) throw failures[0]
    return runs
  }

  const stop = new AbortController()
  const pendingRuns = new Set<Promise<unknown>>()
  const track = <T>(work: Promise<T>): Promise<T> => {
    const tracked: Promise<unknown> = work.then(
      () => pendingRuns.delete(tracked),
      () => pendingRuns.delete(tracked),
    )
    pendingRuns.add(tracked)
    return work
  }

  return {
    async runDue(signal) {
      const now = clock.now()
      await store.consumeChanges(now - idleTime, now)
      // A provider that was requested during its run is due again afterwards.
      while (!signal.aborted && (await runAll(await store.listDue(clock.now()), signal)) > 0);
    },

    startDueRuns() {
      void track(this.runDue(stop.signal).catch(onError))
    },

    async [Symbol.asyncDispose]() {
      stop.abort(new Error('The server is shutting down'))
      await Promise.all(pendingRuns)
    },

    async runNow({ id }) {
      for (let claims = 1; ; claims++) {
        const report = await track(run(id, stop.signal, 'claim'))
        if (report) return report
        if (claims === maxClaims) throw new ConflictError('scim_sync_running', 'Provisioning is already running.')
        await pause(claimInterval, stop.signal)
      }
    },

    test: (provider, signal = AbortSignal.timeout(maxTestDuration)) => createTarget(provider, signal).describe(),
  }
}
