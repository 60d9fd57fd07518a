import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { systemClock } from '@pocket/core'
import { createTestDatabase, startProcess } from '@pocket/test-support'
import { openDatabase } from '../../src/database/open-database.ts'
import { createScheduler } from '../../src/jobs/scheduler.ts'
import { createFolder } from '../database/folder.ts'
import { keepingLogger } from '../database/keeping-logger.ts'

const program = fileURLToPath(new URL('replica.ts', import.meta.url))
const flags = ['--conditions=pocket-source', '--disable-warning=ExperimentalWarning']

test.each(['SQLite', 'PostgreSQL'])(
  'on %s another process waits for one that runs a job, and takes it over when that one is killed',
  async (kind) => {
    await using stack = new AsyncDisposableStack()
    const folder = stack.use(await createFolder())
    const place = kind === 'SQLite' ? join(folder.path, 'jobs.db') : stack.use(await createTestDatabase()).url
    const mortal = stack.use(
      await startProcess(process.execPath, [...flags, program, kind, place, folder.path], { readyWhen: /^begun$/m }),
    )
    const database =
      kind === 'SQLite' ? ({ kind: 'sqlite', path: place } as const) : ({ kind: 'postgres', url: place } as const)
    const config = { database, dataFolder: folder.path, encryptionKey: undefined }
    const { logger } = keepingLogger()
    const { jobs: store } = stack.use(await openDatabase(config, logger))
    let runs = 0
    const scheduler = stack.use(createScheduler({ store, clock: systemClock, logger, owner: 'heir', leaseMs: 1500 }))
    scheduler.register({ name: 'clean-up', intervalMs: 3_600_000, run: async () => ++runs })
    const lease = async () => {
      await scheduler.runDue()
      const [state] = await store.list()
      return state
    }

    const first = await lease()
    expect([first?.leaseOwner, runs]).toEqual(['mortal', 0])
    // It lives, so it keeps what it has beyond the end of its first lease.
    for (let state = first; state?.leaseUntil === first?.leaseUntil; state = await lease());
    expect([(await lease())?.leaseOwner, runs]).toEqual(['mortal', 0])

    mortal.kill('SIGKILL')
    await mortal.exit
    while (runs === 0) await lease()
    expect(await lease()).toMatchObject({ leaseOwner: null, lastOutcome: 'succeeded', lastError: null })
    expect(runs).toBe(1)
  },
)
