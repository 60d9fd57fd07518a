import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { startProcess } from '@pocket/test-support'
import { openWithoutLog, testDatabases } from './test-databases.ts'

test.each(Object.entries(testDatabases))(
  '%s is set up once by processes that start concurrently',
  async (_, createDatabase) => {
    await using testDatabase = await createDatabase()
    const { database, dataFolder } = testDatabase.config
    const connection = database.kind === 'sqlite' ? database.path : database.url
    const program = fileURLToPath(new URL('./open-once.ts', import.meta.url))
    const processes = await Promise.all(
      Array.from({ length: 3 }, () =>
        startProcess(process.execPath, ['--conditions=pocket-source', '--no-warnings', program], {
          env: { OPEN_DATABASE: connection, OPEN_FOLDER: dataFolder },
        }),
      ),
    )
    const exits = await Promise.all(processes.map(({ exit }) => exit))
    const outputs = processes.map((running) => running.output())
    expect({ exits, outputs }).toEqual({ exits: [0, 0, 0], outputs: expect.anything() })
    const fingerprints = outputs.map((output) => /opened (\w+)/.exec(output)?.[1])
    await using opened = await openWithoutLog(testDatabase.config)
    expect(new Set(fingerprints)).toEqual(new Set([opened.masterKey.fingerprint]))
  },
)
