import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { createTestDatabase, eventually, startProcess } from '@pocket/test-support'
import { openDatabase } from '../../src/composition/open-database.ts'
import { type Repeat, repeatByTimer } from '../../src/jobs/repeat.ts'
import { createScheduler } from '../../src/jobs/scheduler.ts'
import { createFolder } from '../database/folder.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { sourceFlags } from '../program.ts'

const program = fileURLToPath(new URL('replica.ts', import.meta.url))
/** Milliseconds. The lease is renewed after a third of it; the rest is a margin for a process that gets little CPU time. */
const leaseMs = 15_000

// Both processes are mostly idle.
test.concurrent.each(['SQLite', 'PostgreSQL'])(
  'on %s a process waits while another runs a job, and takes the job over when that process is killed',
  async (kind) => {
    await using stack = new AsyncDisposableStack()
    const folder = stack.use(await createFolder())
    const place = kind === 'SQLite' ? join(folder.path, 'jobs.db') : stack.use(await createTestDatabase()).url
    const killed = stack.use(
      await startProcess(process.execPath, [...sourceFlags, program, kind, place, folder.path, String(leaseMs)], {
        readyWhen: /^begun$/m,
      }),
    )
    const database =
      kind === 'SQLite' ? ({ kind: 'sqlite', path: place } as const) : ({ kind: 'postgres', url: place } as const)
    const config = { database, dataFolder: folder.path, encryptionKey: undefined }
    const { logger } = recordingLogger()
    const { jobs: store } = stack.use(await openDatabase(config, logger))
    const taken = Promise.withResolvers<void>()
    let runs = 0
    const repeat: Repeat = (intervalMs, work) => repeatByTimer(Math.min(intervalMs, 200), work)
    let now = Date.now()
    const clock = { now: () => now }
    const scheduler = stack.use(createScheduler({ store, clock, logger, owner: 'heir', leaseMs, repeat }))
    scheduler.register({
      name: 'clean-up',
      intervalMs: 3_600_000,
      run: async () => {
        runs++
        taken.resolve()
      },
    })
    const findJob = async () => (await store.list())[0]

    const first = await findJob()
    expect(first?.leaseOwner).toBe('mortal')
    const firstEnd = first?.leaseUntil ?? 0
    const renewedEnd = await eventually(async () => {
      const { leaseUntil } = (await findJob()) ?? {}
      expect(leaseUntil).toBeGreaterThan(firstEnd)
      return leaseUntil ?? 0
    })
    // The process is alive, so it keeps the job beyond its first lease.
    now = firstEnd + 1
    await scheduler.runDue()
    expect([(await findJob())?.leaseOwner, runs]).toEqual(['mortal', 0])

    killed.kill('SIGKILL')
    await killed.exit
    // The process can have renewed its lease once more since.
    now = Math.max(renewedEnd, (await findJob())?.leaseUntil ?? 0) + 1
    scheduler.start()
    await taken.promise
    await scheduler.runDue()
    expect(await findJob()).toMatchObject({ leaseOwner: null, lastOutcome: 'succeeded', lastError: null })
    expect(runs).toBe(1)
  },
)
