import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { jobTable } from '../../src/jobs/job.table.ts'
import type { JobStore } from '../../src/jobs/job-store.ts'
import { createScheduler, type Scheduler } from '../../src/jobs/scheduler.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { openWithoutLog, testDatabases } from '../database/test-databases.ts'
import { ManualRepeat } from './manual-repeat.ts'

const hour = 3_600_000
const kinds = ['SQLite', 'PostgreSQL'] as const

interface TwoReplicas extends AsyncDisposable {
  readonly stores: readonly JobStore[]
  empty(): Promise<void>
}

/** One database and two replicas, on PostgreSQL each with its own connections. */
async function openTwice(kind: (typeof kinds)[number]): Promise<TwoReplicas> {
  const stack = new AsyncDisposableStack()
  const { config } = stack.use(await testDatabases[kind]())
  const first = stack.use(await openWithoutLog(config))
  // Two connections of one process to one SQLite file would deadlock.
  const second = kind === 'SQLite' ? first : stack.use(await openWithoutLog(config))
  return {
    stores: [first.jobs, second.jobs],
    empty: () => first.dataSource.getRepository(jobTable).clear(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

describe.each(kinds)('%s', (kind) => {
  const database = shareBetweenTests(() => openTwice(kind))
  let stack: AsyncDisposableStack
  let now: number
  let log: ReturnType<typeof recordingLogger>
  let repeat: ManualRepeat

  beforeEach(async () => {
    await database.empty()
    stack = new AsyncDisposableStack()
    now = 1_700_000_000_000
    log = recordingLogger()
    repeat = new ManualRepeat()
  })

  afterEach(() => stack.disposeAsync())

  /** A replica; `index` selects its connection. */
  function createReplica(index: number): Scheduler {
    const store = storeOf(index)
    const clock = { now: () => now }
    const options = {
      store,
      clock,
      logger: log.logger,
      owner: `replica-${index}`,
      leaseMs: 60_000,
      repeat: repeat.repeat,
    }
    return stack.use(createScheduler(options))
  }

  function storeOf(index: number): JobStore {
    const store = database.stores[index]
    if (store === undefined) throw new RangeError(`There is no replica ${index}`)
    return store
  }

  async function findJobState(name = 'clean-up') {
    return (await storeOf(0).list()).find((job) => job.name === name)
  }

  test('a job runs immediately, and again after its interval', async () => {
    const scheduler = createReplica(0)
    let runs = 0
    scheduler.register({ name: 'clean-up', intervalMs: hour, run: async () => ++runs })
    await scheduler.runDue()
    await scheduler.runDue()
    now += hour - 1
    await scheduler.runDue()
    expect(runs).toBe(1)
    now += 1
    await scheduler.runDue()
    expect(runs).toBe(2)
    expect(await findJobState()).toEqual({
      name: 'clean-up',
      nextRunAt: now + hour,
      leaseOwner: null,
      leaseUntil: null,
      lastStartedAt: now,
      lastFinishedAt: now,
      lastOutcome: 'succeeded',
      lastError: null,
    })
  })

  test('a job that is brought forward runs before its interval ends', async () => {
    const scheduler = createReplica(0)
    let runs = 0
    scheduler.register({ name: 'clean-up', intervalMs: hour, run: async () => ++runs })
    await scheduler.runDue()
    now += 1000
    expect(await storeOf(1).markDue('clean-up', now)).toBe(true)
    expect(await storeOf(1).markDue('clean-up', now + hour)).toBe(true)
    expect(await storeOf(1).markDue('no-job', now)).toBe(false)
    await scheduler.runDue()
    expect(runs).toBe(2)
  })

  test.each([hour, 72 * hour, 1500 * 24 * hour])(
    'runs a job after its interval, and takes over from a dead replica, when the clock is set back by %i ms',
    async (jump) => {
      const runs: number[] = []
      const [own, other] = [createReplica(0), createReplica(1)]
      for (const scheduler of [own, other])
        scheduler.register({ name: 'clean-up', intervalMs: hour / 60, run: async () => runs.push(now) })
      await other.runDue()
      now += jump
      await own.runDue()
      // A replica that dies during a run.
      now += hour
      await storeOf(1).claim({ name: 'clean-up', owner: 'dead' }, { now, until: now + 60_000 })
      now -= hour + jump
      runs.length = 0
      await own.runDue()
      now += hour / 60
      await own.runDue()
      await other.runDue()
      expect(runs).toEqual([now])
      expect(await findJobState()).toMatchObject({ leaseOwner: null, nextRunAt: now + hour / 60 })
    },
  )

  test('a manual run blocks the job and counts as its run', async () => {
    const [own, other] = [createReplica(0), createReplica(1)]
    const done: string[] = []
    for (const scheduler of [own, other])
      scheduler.register({ name: 'clean-up', intervalMs: hour, run: async () => done.push('job') })
    const gate = createGate(stack)
    const started = Promise.withResolvers<void>()
    const running = own.runUnderLease('clean-up', async () => {
      started.resolve()
      await gate.promise
    })
    await started.promise
    expect(await other.runUnderLease('clean-up', async () => void done.push('other'))).toBe(false)
    expect(await own.runUnderLease('clean-up', async () => void done.push('mine'))).toBe(false)
    await other.runDue()
    gate.resolve()
    expect(await running).toBe(true)
    expect([done, (await findJobState())?.lastOutcome]).toEqual([[], 'succeeded'])
    expect(await own.runUnderLease('no-job', async () => {})).toBe(false)
    const failing = other.runUnderLease('clean-up', () => Promise.reject(new Error('broken')))
    await expect(failing).rejects.toThrow('broken')
    expect(await findJobState()).toMatchObject({ lastOutcome: 'failed', lastError: 'broken', leaseOwner: null })
  })

  test('a job can request a run soon after a start, regardless of its interval', async () => {
    const job = { name: 'clean-up', intervalMs: hour, maxFirstDelayMs: 5000, run: async () => {} }
    const first = createReplica(0)
    first.register(job)
    await first.runDue()
    expect((await findJobState())?.nextRunAt).toBe(now + hour)
    const second = createReplica(1)
    second.register(job)
    await second.runDue()
    expect((await findJobState())?.nextRunAt).toBe(now + 5000)
  })

  test('one of two replicas runs a due job', async () => {
    const runs: number[] = []
    const schedulers = [createReplica(0), createReplica(1)]
    for (const [index, scheduler] of schedulers.entries())
      for (let job = 0; job < 10; job++)
        scheduler.register({ name: `job-${job}`, intervalMs: hour, run: async () => runs.push(index) })
    await Promise.all(schedulers.map((scheduler) => scheduler.runDue()))
    expect(runs).toHaveLength(10)
  })

  test('a running job starts on no other replica, and its renewed lease does not expire', async () => {
    const gate = createGate(stack)
    const started = Promise.withResolvers<void>()
    const others: string[] = []
    const [own, other] = [createReplica(0), createReplica(1)]
    own.register({
      name: 'clean-up',
      intervalMs: hour,
      run: async () => {
        started.resolve()
        await gate.promise
      },
    })
    other.register({ name: 'clean-up', intervalMs: hour, run: async () => others.push('ran') })
    const running = own.runDue()
    await started.promise
    await other.runDue()
    now += 50_000
    await repeat.tick()
    now += 50_000
    await other.runDue()
    expect(others).toEqual([])
    expect((await findJobState())?.leaseUntil).toBe(now + 10_000)
    gate.resolve()
    await running
    expect((await findJobState())?.lastOutcome).toBe('succeeded')
  })

  test('the job of a dead replica is taken over when its lease expires', async () => {
    const dead = storeOf(0)
    await dead.register('clean-up', { now, latest: now + hour })
    expect(await dead.claim({ name: 'clean-up', owner: 'dead' }, { now, until: now + 60_000 })).toBe(true)
    const ran: number[] = []
    const other = createReplica(1)
    other.register({ name: 'clean-up', intervalMs: hour, run: async () => ran.push(now) })
    now += 59_999
    await other.runDue()
    expect(ran).toEqual([])
    now += 1
    await other.runDue()
    expect(ran).toEqual([now])
    expect(await dead.finish({ name: 'clean-up', owner: 'dead' }, failedRun())).toBe(false)
    expect((await findJobState())?.lastOutcome).toBe('succeeded')
  })

  test('a replica that lost its job stops it and records nothing', async () => {
    const started = Promise.withResolvers<AbortSignal>()
    const own = createReplica(0)
    own.register({ name: 'clean-up', intervalMs: hour, run: (signal) => rejectWhenAborted(signal, started.resolve) })
    const running = own.runDue()
    const signal = await started.promise
    now += 60_000
    const takeover = { name: 'clean-up', owner: 'thief' }
    expect(await storeOf(1).claim(takeover, { now, until: now + 60_000 })).toBe(true)
    await repeat.tick()
    await running
    expect(signal.aborted).toBe(true)
    expect(await findJobState()).toMatchObject({ leaseOwner: 'thief', lastOutcome: null })
  })

  test('a failure is recorded and logged, and cleared by the next success', async () => {
    const scheduler = createReplica(0)
    let fail = true
    scheduler.register({
      name: 'clean-up',
      intervalMs: hour,
      run: async () => {
        if (fail) throw new Error('Nothing could be removed', { cause: new Error('the disk is full') })
      },
    })
    await scheduler.runDue()
    expect(await findJobState()).toMatchObject({
      lastOutcome: 'failed',
      lastError: 'Nothing could be removed (the disk is full)',
      nextRunAt: now + hour,
    })
    expect(log.lines.join()).toContain('the disk is full')
    fail = false
    now += hour
    await scheduler.runDue()
    expect(await findJobState()).toMatchObject({ lastOutcome: 'succeeded', lastError: null })
  })

  test('disposal stops a running job and leaves it to another replica', async () => {
    const started = Promise.withResolvers<AbortSignal>()
    const own = createReplica(0)
    own.register({ name: 'clean-up', intervalMs: hour, run: (signal) => rejectWhenAborted(signal, started.resolve) })
    own.start()
    await started.promise
    await own[Symbol.asyncDispose]()
    expect(repeat.size).toBe(0)
    expect(await findJobState()).toMatchObject({ leaseOwner: null, leaseUntil: null, lastOutcome: null })
    const ran: string[] = []
    const other = createReplica(1)
    other.register({ name: 'clean-up', intervalMs: hour, run: async () => ran.push('ran') })
    await other.runDue()
    expect(ran).toEqual(['ran'])
    await own.runDue()
    expect(ran).toEqual(['ran'])
  })

  test('a run that finishes despite the stop counts', async () => {
    const started = Promise.withResolvers<AbortSignal>()
    const own = createReplica(0)
    own.register({
      name: 'clean-up',
      intervalMs: hour,
      run: (signal) => rejectWhenAborted(signal, started.resolve).catch(() => {}),
    })
    own.start()
    await started.promise
    await own[Symbol.asyncDispose]()
    expect(await findJobState()).toMatchObject({ leaseOwner: null, lastOutcome: 'succeeded' })
  })

  test('a shorter interval brings the next run forward', async () => {
    const scheduler = createReplica(0)
    scheduler.register({ name: 'clean-up', intervalMs: 24 * hour, run: async () => {} })
    await scheduler.runDue()
    const newer = createReplica(1)
    newer.register({ name: 'clean-up', intervalMs: hour, run: async () => {} })
    await newer.runDue()
    expect((await findJobState())?.nextRunAt).toBe(now + hour)
  })

  test('a store failure is logged, and the next check continues', async () => {
    let away = true
    const store = {
      ...bindStore(storeOf(0)),
      list: async () => (away ? Promise.reject(new Error('away')) : storeOf(0).list()),
    }
    const scheduler = createScheduler({ store, clock: { now: () => now }, logger: log.logger, repeat: repeat.repeat })
    let runs = 0
    scheduler.register({ name: 'clean-up', intervalMs: hour, run: async () => ++runs })
    await scheduler.runDue()
    expect(log.lines.join()).toContain('away')
    away = false
    await scheduler.runDue()
    expect(runs).toBe(1)
    await scheduler[Symbol.asyncDispose]()
  })

  test('two jobs with one name are an error', () => {
    const scheduler = createReplica(0)
    const job = { name: 'clean-up', intervalMs: hour, run: async () => {} }
    scheduler.register(job)
    expect(() => scheduler.register(job)).toThrow(/clean-up/)
  })

  function failedRun() {
    return { finishedAt: now, nextRunAt: now, outcome: 'failed', error: 'dead' } as const
  }
})

/** Opens at the end of a test too, so that a failed test does not block. */
function createGate(stack: AsyncDisposableStack): PromiseWithResolvers<void> {
  const gate = Promise.withResolvers<void>()
  stack.defer(() => gate.resolve())
  return gate
}

function rejectWhenAborted(signal: AbortSignal, started: (signal: AbortSignal) => void): Promise<void> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
    started(signal)
  })
}

function bindStore(store: JobStore): JobStore {
  return {
    register: (name, times) => store.register(name, times),
    list: () => store.list(),
    markDue: (name, at) => store.markDue(name, at),
    claim: (lease, times) => store.claim(lease, times),
    renew: (lease, until) => store.renew(lease, until),
    finish: (lease, end) => store.finish(lease, end),
    release: (lease) => store.release(lease),
  }
}
