import { chmod, cp, readFile, rename, rm, stat } from 'node:fs/promises'
import { connect as connectSocket, createServer } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { describe, expect, jest, test } from '@jest/globals'
import { MasterKey } from '@pocket/core'
import { postgresOptions, sqliteOptions, typeormStores } from '@pocket/core/typeorm'
import { createTestDatabase, eventually, freePort } from '@pocket/test-support'
import { DataSource } from 'typeorm'
import { type OpenDatabase, openDatabase } from '../../src/composition/open-database.ts'
import { migrations } from '../../src/composition/server-tables.ts'
import { connectToPostgres } from '../../src/database/connect.ts'
import { createFolder } from './folder.ts'
import { pocketIdRows, pocketIdSchema } from './pocket-id.ts'
import { recordingLogger } from './recording-logger.ts'
import {
  createPostgresDatabase,
  createSqliteDatabase,
  type DatabaseConfig,
  openWithoutLog,
  testDatabases,
} from './test-databases.ts'

interface Column {
  readonly tableName: string
  readonly column: string
  readonly type: string
  readonly nullable: unknown
  /** 1 for a column that an INSERT must fill. */
  readonly isRequired: unknown
}

const sqliteColumns = `SELECT tables.name AS "tableName", columns.name AS "column", columns.type AS type, "notnull" = 0 AS nullable,
    "notnull" = 1 AND dflt_value IS NULL AS "isRequired"
  FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'`
const postgresColumns = `SELECT table_name AS "tableName", column_name AS "column", data_type AS type, is_nullable AS nullable,
    CASE WHEN is_nullable = 'NO' AND column_default IS NULL THEN 1 ELSE 0 END AS "isRequired"
  FROM information_schema.columns WHERE table_schema = 'public'`

/** Encrypts a value, as a started server does. */
async function storeKey({ dataSource, masterKey }: OpenDatabase, kid = 'one'): Promise<void> {
  const encryptedJwk = masterKey.encrypt('signing key', JSON.stringify({ kid, filler: 'x'.repeat(2500) }))
  await typeormStores(dataSource).keys.insert({
    kid,
    algorithm: 'RS256',
    status: 'current',
    encryptedJwk,
    statusSince: 1,
    replacementRequestedAt: null,
  })
}

describe.each(Object.entries(testDatabases))('%s', (_, createDatabase) => {
  test('rejects a database that a newer version has changed, with an explanation and without a write', async () => {
    for (const table of ['pocket_core_migration', 'pocket_directory_migration', 'pocket_server_migration']) {
      await using testDatabase = await createDatabase()
      await (await openWithoutLog(testDatabase.config))[Symbol.asyncDispose]()
      const insertMigration = (name: string) =>
        `INSERT INTO ${table} (id, timestamp, name) VALUES (${name.length + 1000}, 1999999999999, '${name}')`
      await testDatabase.execute([insertMigration('AdditiveAddNotes1999999999998')])
      await (await openWithoutLog(testDatabase.config))[Symbol.asyncDispose]()
      await testDatabase.execute([insertMigration('RenameNotes1999999999999')])
      const before = await testDatabase.state()
      await expect(openWithoutLog(testDatabase.config)).rejects.toThrow(
        /newer version.*RenameNotes1999999999999.*\n.*unchanged.*\n.*backup/,
      )
      expect(await testDatabase.state()).toEqual(before)
    }
  })

  test('is created and migrated, and opens again with the generated key', async () => {
    await using testDatabase = await createDatabase()
    const { logger, lines } = recordingLogger()
    const first = await openDatabase(testDatabase.config, logger)
    await first.ping()
    await storeKey(first)
    expect(await first.jobs.list()).toEqual([])
    await first[Symbol.asyncDispose]()
    const keyFile = join(testDatabase.folder.path, 'encryption_key')
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600)
    expect(lines.join()).toContain(keyFile)
    expect(lines.join()).not.toContain((await readFile(keyFile, 'utf8')).trim())
    const again = await openWithoutLog(testDatabase.config)
    expect(again.masterKey.fingerprint).toBe(first.masterKey.fingerprint)
    expect(await typeormStores(again.dataSource).keys.list()).toHaveLength(1)
    await again[Symbol.asyncDispose]()
  })

  test('has the tables of its schema', async () => {
    await using testDatabase = await createDatabase()
    await using database = await openWithoutLog(testDatabase.config)
    const { upQueries } = await database.dataSource.driver.createSchemaBuilder().log()
    expect(upQueries.map(({ query }) => query)).toEqual([])
  })

  test('only gains tables and columns that older versions need not fill by migrations named Additive', async () => {
    await using testDatabase = await createDatabase()
    const { database } = testDatabase.config
    const isSqlite = database.kind === 'sqlite'
    const options = isSqlite ? sqliteOptions(database.path) : postgresOptions(database.url)
    const checked: string[] = []
    for (const set of migrations) {
      await using stack = new AsyncDisposableStack()
      const dataSource = await new DataSource({ ...options, migrationsTableName: set.table }).initialize()
      stack.defer(() => dataSource.destroy())
      const runner = dataSource.createQueryRunner()
      await runner.query(`CREATE TABLE ${set.table} (name text)`)
      const columns = async (): Promise<readonly Column[]> => runner.query(isSqlite ? sqliteColumns : postgresColumns)
      for (const Migration of set.migrations) {
        const before = await columns()
        await runner.startTransaction()
        await new Migration().up(runner)
        await runner.commitTransaction()
        const { name } = Migration
        if (!name.startsWith('Additive')) continue
        checked.push(name)
        const after = await columns()
        const kept = new Set(after.map((column) => JSON.stringify(column)))
        expect({ name, changed: before.filter((column) => !kept.has(JSON.stringify(column))) }).toEqual({
          name,
          changed: [],
        })
        const olderTables = new Set(before.map(({ tableName }) => tableName))
        const olderColumns = new Set(before.map(({ tableName, column }) => `${tableName}.${column}`))
        const required = after.filter(
          ({ tableName, column, isRequired }) =>
            olderTables.has(tableName) && !olderColumns.has(`${tableName}.${column}`) && Number(isRequired) === 1,
        )
        expect({ name, required }).toEqual({ name, required: [] })
      }
      await runner.release()
    }
    expect(checked).toContain('AdditiveAddRecoveryCodes1764000000040')
  })

  test('with Pocket ID tables is rejected and not changed', async () => {
    await using testDatabase = await createDatabase()
    await testDatabase.execute([...pocketIdSchema, ...pocketIdRows])
    const before = await testDatabase.state()
    await expect(openWithoutLog(testDatabase.config)).rejects.toThrow(
      /belongs to Pocket ID.*webauthn_credentials.*\n.*before writing/,
    )
    expect(await testDatabase.state()).toEqual(before)
  })

  test('with tables of another program is used', async () => {
    await using testDatabase = await createDatabase()
    await testDatabase.execute(['CREATE TABLE users (id integer)', 'CREATE TABLE schema_migrations (version integer)'])
    await using database = await openWithoutLog(testDatabase.config)
    await database.ping()
  })

  test('that this program created is opened even with Pocket ID tables in it', async () => {
    await using testDatabase = await createDatabase()
    await (await openWithoutLog(testDatabase.config))[Symbol.asyncDispose]()
    await testDatabase.execute(pocketIdSchema)
    await using database = await openWithoutLog(testDatabase.config)
    await database.ping()
  })

  test('opens with a key from the environment, which creates no key file', async () => {
    await using testDatabase = await createDatabase()
    const config = { ...testDatabase.config, encryptionKey: Buffer.from('a key of sixteen bytes') }
    await using database = await openWithoutLog(config)
    expect(database.masterKey.fingerprint).toBe(MasterKey.from(config.encryptionKey).fingerprint)
    await expect(stat(join(testDatabase.folder.path, 'encryption_key'))).rejects.toThrow(/ENOENT/)
  })

  test('without its key is rejected, names the fingerprint and is not changed', async () => {
    await using testDatabase = await createDatabase()
    const database = await openWithoutLog(testDatabase.config)
    await storeKey(database)
    await database[Symbol.asyncDispose]()
    await rm(join(testDatabase.folder.path, 'encryption_key'))
    const before = await testDatabase.state()
    const refusal = openWithoutLog(testDatabase.config)
    await expect(refusal).rejects.toThrow(/encryption key is missing/)
    await expect(refusal).rejects.toThrow(database.masterKey.fingerprint)
    expect(await testDatabase.state()).toEqual(before)
  })

  test('with another key is rejected, names both fingerprints and the location of the right key, and is not changed', async () => {
    await using testDatabase = await createDatabase()
    const database = await openWithoutLog(testDatabase.config)
    await storeKey(database)
    await database[Symbol.asyncDispose]()
    const config = { ...testDatabase.config, encryptionKey: Buffer.from('a key of sixteen bytes') }
    const before = await testDatabase.state()
    const refusal = openWithoutLog(config)
    await expect(refusal).rejects.toThrow(`the expected fingerprint is ${database.masterKey.fingerprint}`)
    await expect(refusal).rejects.toThrow(MasterKey.from(config.encryptionKey).fingerprint)
    await expect(refusal).rejects.toThrow(/encryption_key matches: remove ENCRYPTION_KEY/)
    expect(await testDatabase.state()).toEqual(before)
    const wrongFile = { ...testDatabase.config, encryptionKey: undefined }
    await rename(join(testDatabase.folder.path, 'encryption_key'), join(testDatabase.folder.path, 'kept'))
    await expect(openWithoutLog({ ...wrongFile, dataFolder: join(testDatabase.folder.path, 'kept') })).rejects.toThrow(
      /cannot be used/,
    )
  })

  test('opens with its own key, although the data folder holds another one', async () => {
    await using testDatabase = await createDatabase()
    const config = { ...testDatabase.config, encryptionKey: Buffer.from('a key of sixteen bytes') }
    await (await openWithoutLog(testDatabase.config))[Symbol.asyncDispose]()
    const database = await openWithoutLog(config)
    await storeKey(database)
    await database[Symbol.asyncDispose]()
    await expect(openWithoutLog(testDatabase.config)).rejects.toThrow(/does not match/)
    const { logger, lines } = recordingLogger()
    await (await openDatabase(config, logger))[Symbol.asyncDispose]()
    expect(lines.join()).toContain('is ignored')
  })
})

test('with SQLite is rejected with a wrong key and not changed if all data is in the log of a killed process', async () => {
  await using testDatabase = await createSqliteDatabase()
  await using killed = await createFolder()
  await using database = await openWithoutLog(testDatabase.config)
  await storeKey(database)
  await cp(testDatabase.folder.path, killed.path, { recursive: true })
  const path = join(killed.path, 'pocket-id.db')
  const config: DatabaseConfig = {
    database: { kind: 'sqlite', path },
    dataFolder: killed.path,
    encryptionKey: Buffer.from('a key of sixteen bytes'),
  }
  expect((await stat(`${path}-wal`)).size).toBeGreaterThan(0)
  const before = await killed.state()
  await expect(openWithoutLog(config)).rejects.toThrow(database.masterKey.fingerprint)
  expect(await killed.state()).toEqual(before)
  await (await openWithoutLog({ ...config, encryptionKey: undefined }))[Symbol.asyncDispose]()
})

describe('an unavailable PostgreSQL', () => {
  test('is retried', async () => {
    await using database = await createTestDatabase()
    const target = new URL(database.url)
    const port = await freePort()
    const proxy = createServer((socket) => {
      // Without a callback, a connection that PostgreSQL resets at the end would fail the test.
      pipeline(socket, connectSocket(Number(target.port), target.hostname), socket, () => {})
    })
    const late = new URL(database.url)
    late.port = String(port)
    // The database starts as soon as its absence was detected.
    const { logger, lines } = recordingLogger((line) => {
      if (line.includes('Waiting') && !proxy.listening) proxy.listen(port, late.hostname)
    })
    const retryPolicy = { attempts: 50, pause: 20 }
    const dataSource = await connectToPostgres({ url: late.href, tables: [], logger, retryPolicy })
    expect(lines.join()).toContain('Waiting for PostgreSQL')
    await dataSource.destroy()
    proxy.close()
  })

  test('fails after the timeout, without printing its password', async () => {
    const url = `postgres://pocket:s3cret@127.0.0.1:${await freePort()}/pocket`
    const { logger, lines } = recordingLogger()
    const refusal = connectToPostgres({ url, tables: [], logger, retryPolicy: { attempts: 3, pause: 1 } })
    await expect(refusal).rejects.toThrow(/127\.0\.0\.1:\d+\/pocket cannot be used: .*ECONNREFUSED/)
    await expect(refusal).rejects.not.toThrow(/s3cret/)
    expect(lines).toHaveLength(2)
  })

  test('is not retried if a retry cannot help', async () => {
    await using database = await createTestDatabase()
    const url = new URL(database.url)
    url.pathname = '/there_is_no_such_database'
    const { logger, lines } = recordingLogger()
    await expect(connectToPostgres({ url: url.href, tables: [], logger })).rejects.toThrow(/does not exist/)
    expect(lines).toEqual([])
  })
})

test('new files and folders are private to their owner for any umask, and wider modes of older ones are reported', async () => {
  await using folder = await createFolder()
  const data = join(folder.path, 'deep', 'data')
  const path = join(data, 'pocket-id.db')
  const config: DatabaseConfig = {
    database: { kind: 'sqlite', path },
    dataFolder: data,
    encryptionKey: undefined,
  }
  const umask = process.umask(0)
  try {
    await using database = await openWithoutLog(config)
    await storeKey(database)
    const modes = await Promise.all(
      [join(folder.path, 'deep'), data, path, `${path}-wal`, `${path}-shm`, join(data, 'encryption_key')].map(
        async (each) => ((await stat(each)).mode & 0o777).toString(8),
      ),
    )
    expect(modes).toEqual(['700', '700', '600', '600', '600', '600'])
  } finally {
    process.umask(umask)
  }
  const fileModeWarnings = async () => {
    const { logger, lines } = recordingLogger()
    await (await openDatabase(config, logger))[Symbol.asyncDispose]()
    return lines.flatMap((line) => {
      const { level, file, mode } = JSON.parse(line)
      return level === 'warn' ? [[file, mode]] : []
    })
  }
  expect(await fileModeWarnings()).toEqual([])
  await chmod(path, 0o644)
  await chmod(join(data, 'encryption_key'), 0o640)
  expect(await fileModeWarnings()).toEqual([
    [join(data, 'encryption_key'), '640'],
    [path, '644'],
  ])
  expect((await stat(path)).mode & 0o777).toBe(0o644)
})

test('a change of cached rows is announced to other processes on PostgreSQL', async () => {
  await using testDatabase = await createPostgresDatabase()
  await using one = await openWithoutLog(testDatabase.config)
  await using other = await openWithoutLog(testDatabase.config)
  // Without the passing of time, the version is not read again.
  const now = performance.now()
  const clock = jest.spyOn(performance, 'now').mockReturnValue(now)
  try {
    expect(await one.settings.listCached()).toEqual([])
    await other.settings.put({ key: 'appName', value: 'New' })
    await eventually(async () => expect(await one.settings.listCached()).toEqual([{ key: 'appName', value: 'New' }]))
  } finally {
    clock.mockRestore()
  }
})
