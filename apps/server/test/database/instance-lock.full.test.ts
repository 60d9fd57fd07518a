import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { createTestDatabase, eventually, startProcess } from '@pocket/test-support'
import pg from 'pg'
import type { DatabaseConfig } from '../../src/config/database.ts'
import { acquireInstanceLock } from '../../src/database/instance-lock.ts'
import type { LockMode } from '../../src/database/lock.ts'
import { sourceFlags } from '../program.ts'
import { createFolder } from './folder.ts'
import { recordingLogger } from './recording-logger.ts'

interface TestDatabase extends AsyncDisposable {
  readonly database: DatabaseConfig
  readonly connection: string
}

const testDatabases: Readonly<Record<string, () => Promise<TestDatabase>>> = {
  async SQLite() {
    const folder = await createFolder()
    const path = join(folder.path, 'pocket-id.db')
    return {
      database: { kind: 'sqlite', path },
      connection: path,
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    }
  },
  async PostgreSQL() {
    const database = await createTestDatabase()
    const { url } = database
    return {
      database: { kind: 'postgres', url },
      connection: url,
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    }
  },
}

const { logger } = recordingLogger()
const lock = ({ database }: TestDatabase, mode: LockMode, force = false) =>
  acquireInstanceLock(database, { mode, force, logger })

describe.each(Object.entries(testDatabases))('%s', (_, createDatabase) => {
  test('is shared by several servers', async () => {
    await using testDatabase = await createDatabase()
    await using first = await lock(testDatabase, 'shared')
    await using second = await lock(testDatabase, 'shared')
    await first.assertHeld()
    await second.assertHeld()
  })

  test('rejects a command until the last server has stopped', async () => {
    await using testDatabase = await createDatabase()
    const first = await lock(testDatabase, 'shared')
    const second = await lock(testDatabase, 'shared')
    await expect(lock(testDatabase, 'exclusive')).rejects.toThrow('is in use by a server or another command')
    await first[Symbol.asyncDispose]()
    await expect(lock(testDatabase, 'exclusive')).rejects.toThrow('is in use by a server or another command')
    await second[Symbol.asyncDispose]()
    await using command = await lock(testDatabase, 'exclusive')
    await command.assertHeld()
  })

  test('rejects a server and a second command while a command runs', async () => {
    await using testDatabase = await createDatabase()
    await using _command = await lock(testDatabase, 'exclusive')
    await expect(lock(testDatabase, 'shared')).rejects.toThrow(
      'is locked: an import, a migration or a key rotation is running',
    )
    await expect(lock(testDatabase, 'exclusive')).rejects.toThrow('is in use by a server or another command')
  })

  test('is released when its holder is killed', async () => {
    await using testDatabase = await createDatabase()
    const program = fileURLToPath(new URL('hold-lock.ts', import.meta.url))
    await using holder = await startProcess(
      process.execPath,
      [...sourceFlags, program, testDatabase.connection, 'exclusive'],
      {
        readyWhen: /locked/,
      },
    )
    await expect(lock(testDatabase, 'shared')).rejects.toThrow('is locked')
    holder.kill('SIGKILL')
    await holder.exit
    await eventually(async () => (await lock(testDatabase, 'shared'))[Symbol.asyncDispose]())
  })

  test('can be taken by force from a server, which is notified', async () => {
    await using testDatabase = await createDatabase()
    await using server = await lock(testDatabase, 'shared')
    const lost = once(server.lost, 'abort')
    await using command = await lock(testDatabase, 'exclusive', true)
    await lost
    await expect(server.assertHeld()).rejects.toThrow('--forcefully-acquire-lock')
    await command.assertHeld()
    await expect(lock(testDatabase, 'shared')).rejects.toThrow('is locked')
  })
})

test('a server takes its lock and receives notifications again after PostgreSQL has ended its session', async () => {
  await using testDatabase = await (testDatabases.PostgreSQL as () => Promise<TestDatabase>)()
  await using server = await lock(testDatabase, 'shared')
  let notifications = 0
  await server.listen('changes', () => {
    notifications += 1
  })
  const client = new pg.Client({ connectionString: testDatabase.connection })
  await client.connect()
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  await eventually(async () => {
    await server.assertHeld()
    await expect(lock(testDatabase, 'exclusive')).rejects.toThrow('is in use')
  })
  expect(server.lost.aborted).toBe(false)
  // One for those that were lost.
  expect(notifications).toBe(1)
  await client.query('NOTIFY changes')
  await eventually(() => expect(notifications).toBe(2))
  await client.end()
})
