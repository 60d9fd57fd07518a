import { acquireInstanceLock } from '../../src/database/instance-lock.ts'
import type { LockMode } from '../../src/database/lock.ts'
import { createLogger } from '../../src/logging/logger.ts'

// A program that acquires the lock of an instance, prints `locked`, and holds it.

const [connection = '', mode = ''] = process.argv.slice(2)
const database = connection.startsWith('postgres')
  ? ({ kind: 'postgres', url: connection } as const)
  : ({ kind: 'sqlite', path: connection } as const)
const logger = createLogger({ logLevel: 'warn', logJson: true })
await acquireInstanceLock(database, { mode: mode as LockMode, logger })
process.stdout.write('locked\n')
setInterval(() => {}, 60_000)
