import { openDatabase } from '../../src/composition/open-database.ts'
import { createLogger } from '../../src/logging/logger.ts'

// A program that opens the database like a starting server, prints the key in use, and exits.

const { OPEN_DATABASE: connection = '', OPEN_FOLDER: dataFolder = '' } = process.env
const logger = createLogger({ logLevel: 'debug', logJson: true })
const database = connection.startsWith('postgres')
  ? ({ kind: 'postgres', url: connection } as const)
  : ({ kind: 'sqlite', path: connection } as const)
await using opened = await openDatabase({ database, dataFolder, encryptionKey: undefined }, logger)
await opened.ping()
process.stdout.write(`opened ${opened.masterKey.fingerprint}\n`)
