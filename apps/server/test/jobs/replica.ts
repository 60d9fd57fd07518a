import { systemClock } from '@pocket/core'
import { openDatabase } from '../../src/composition/open-database.ts'
import { createScheduler } from '../../src/jobs/scheduler.ts'
import { createLogger } from '../../src/logging/logger.ts'

// A program that runs a replica with one job that never finishes. It prints `begun` when it has the job.

const [kind = '', place = '', folder = '', leaseMs = ''] = process.argv.slice(2)
const database =
  kind === 'SQLite' ? ({ kind: 'sqlite', path: place } as const) : ({ kind: 'postgres', url: place } as const)
const logger = createLogger({ logLevel: 'warn', logJson: true })
const opened = await openDatabase({ database, dataFolder: folder, encryptionKey: undefined }, logger)
const scheduler = createScheduler({
  store: opened.jobs,
  clock: systemClock,
  logger,
  owner: 'mortal',
  leaseMs: Number(leaseMs),
})
scheduler.register({
  name: 'clean-up',
  intervalMs: 3_600_000,
  run: (signal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
      process.stdout.write('begun\n')
    }),
})
scheduler.start()
// Its timers alone would not keep the process alive.
setInterval(() => {}, 60_000)
