import { openDatabase } from '../../src/database/open-database.ts'
import { createLogger } from '../../src/logging/logger.ts'

// A program: opens the database as a starting server does, says with which key, and ends.

const { OPEN_DATABASE: connection = '', OPEN_FOLDER: dataFolder = '' } = process.env
const logger = createLogger({ logLevel: 'debug', logJson: true })
const database = connection.startsWith('postgres')
  ? ({ kind: 'postgres', url: connection } as const)
  : ({ kind: 'sqlite', path: connection } as const)
await using opened = await openDatabase({ database, dataFolder, encryptionKey: undefined }, logger)
await opened.ping()
process.stdout.write(`opened ${opened.masterKey.fingerprint}\n`)
