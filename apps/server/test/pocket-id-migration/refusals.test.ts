import { mkdir, readdir, readFile, readlink, stat, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { eventually } from '@pocket/test-support'
import Database from 'better-sqlite3'
import { Client } from 'pg'
import { loadConfig } from '../../src/composition/config.ts'
import { migrateFromPocketId, type PocketIdMigrationOptions } from '../../src/composition/pocket-id-migration.ts'
import { createLogger } from '../../src/logging/logger.ts'
import { openSource } from '../../src/pocket-id-migration/source/open-source.ts'
import { createSource, facts } from './fixture.ts'
import { createTarget } from './migrated-server.ts'

async function openAndClose(path: string): Promise<void> {
  const now = Date.now()
  await using source = await openSource({ source: path, uploads: undefined, describePostgres: String, now })
  for await (const _ of source.rows('oidc_clients'));
}

/** SQL that reads the clock when it runs, which may be long after the tests were collected. */
const insertHostSql = (age: number) =>
  `INSERT INTO francis_hosts VALUES ('e9cbd3c1-7a8e-4a43-9f7c-6b1d7d2f9c11', 'localhost:1',
    CAST(unixepoch('subsec') * 1000 AS INTEGER) - ${age})`

/** Versions before 2.12 extend this lock; milliseconds since the Unix epoch. */
const lock = `INSERT INTO kv VALUES ('application_lock', '{"process_id":7,"host_id":"a","expires_at":4102444800000}')`

describe('nothing is written, and the reason is named, for', () => {
  test.each([
    ['an older schema', 'UPDATE schema_migrations SET version = 20260601000000', 'older version than Pocket ID 2.10'],
    ['a newer schema', 'UPDATE schema_migrations SET version = 20991231000000', 'newer version than Pocket ID 2.14'],
    ['an interrupted migration', 'UPDATE schema_migrations SET dirty = 1', 'was interrupted'],
    ['a database of another program', 'DROP TABLE webauthn_credentials', 'not a database of Pocket ID'],
    ['a running instance', insertHostSql(20_000), 'Pocket ID is running'],
    ['a running instance of 2.10', lock, 'Pocket ID is running'],
    ['a damaged value', `UPDATE oidc_clients SET callback_urls = '{' WHERE id = 'wiki'`, 'callback_urls'],
  ])('%s', async (_, sql, reason) => {
    await using source = await createSource('SQLite')
    const database = new Database(source.source)
    database.exec(sql)
    database.close()
    const before = await source.hashes()
    await expect(openAndClose(source.source)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining(reason),
    })
    expect(await source.hashes()).toEqual(before)
  })

  test.each([`INSERT INTO francis_hosts (host_address) VALUES ('localhost:1')`, lock])(
    'a running instance on PostgreSQL',
    async (sql) => {
      await using source = await createSource('PostgreSQL')
      const client = new Client({ connectionString: source.source })
      await client.connect()
      await client.query(sql)
      await client.end()
      await expect(openAndClose(source.source)).rejects.toMatchObject({
        name: 'ConfigurationError',
        message: expect.stringContaining('Pocket ID is running'),
      })
    },
  )

  test('a wrong encryption key', async () => {
    await using source = await createSource('archive')
    await using target = await createTarget('SQLite')
    const keyFile = join(target.folder, 'wrong-key')
    await writeFile(keyFile, 'another key that is long enough')
    const { exit, output } = await target.command(
      'migrate-from-pocket-id',
      source.source,
      '--encryption-key-file',
      keyFile,
    )
    expect(exit).toBe(1)
    expect(output).toContain('encryption key does not match')
    expect(await readdir(target.folder)).not.toContain('data')
  })

  test.each(['archive', 'SQLite'] as const)('a folder for temporary files that cannot be used, as %s', async (form) => {
    await using source = await createSource(form)
    await using target = await createTarget('SQLite')
    const args = ['migrate-from-pocket-id', source.source, '--encryption-key-file', target.keyFile]
    const { exit, output } = await target.run([], args, { TMPDIR: '/dev/null' })
    expect({ exit, output }).toMatchObject({ exit: 1, output: expect.stringContaining('Set TMPDIR to another folder') })
    expect(output).not.toContain(' at ')
  })

  test.each<[string, (content: Buffer) => Buffer | string, string]>([
    ['a truncated archive', (content) => content.subarray(0, content.length - 2000), 'truncated'],
    ['an altered archive', (content) => content.fill(0xff, 3000, 3001), 'damaged'],
    ['a file of another kind', () => 'a text', 'neither an export'],
  ])('%s', async (_, change, reason) => {
    await using source = await createSource('archive')
    await writeFile(source.source, change(await readFile(source.source)))
    await expect(openAndClose(source.source)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining(reason),
    })
  })
})

describe('an abort stops', () => {
  const open = (source: string, stop: AbortSignal) =>
    openSource({ source, uploads: undefined, describePostgres: String, now: Date.now(), stop })

  test('the copy of a database, and removes what was copied', async () => {
    await using source = await createSource('SQLite')
    // Sparse: its copy takes longer than this test.
    await truncate(source.source, 64 * 1024 ** 3)
    const stop = new AbortController()
    const opening = expect(open(source.source, stop.signal)).rejects.toMatchObject({ name: 'AbortError' })
    const copy = await eventually(openCopy)
    stop.abort()
    await opening
    await expect(stat(dirname(copy))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('the unpacking of an archive', async () => {
    await using source = await createSource('archive')
    await expect(open(source.source, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
  })
})

/** The copy of a source that this process has open. */
async function openCopy(): Promise<string> {
  const descriptors = await readdir('/proc/self/fd')
  const paths = await Promise.all(descriptors.map((name) => readlink(join('/proc/self/fd', name)).catch(() => '')))
  const copy = paths.find((path) => path.includes('pocket-migration-'))
  if (copy === undefined) throw new Error('There is no copy yet.')
  return copy
}

test('an instance that crashed more than 90 seconds ago is migrated, including its write-ahead log', async () => {
  await using source = await createSource('SQLite')
  await using target = await createTarget('SQLite')
  const database = new Database(source.source)
  database.pragma('journal_mode = WAL')
  database.exec(insertHostSql(120_000))
  database.exec(`UPDATE users SET display_name = 'Only in the log' WHERE username = 'jonas'`)
  // The files as a killed process leaves them.
  const crashed = join(target.folder, 'crashed')
  await mkdir(crashed)
  for (const suffix of ['', '-wal'])
    await writeFile(join(crashed, `pocket-id.db${suffix}`), await readFile(source.source + suffix))
  database.close()
  const { exit } = await target.migrate(join(crashed, 'pocket-id.db'))
  expect(exit).toBe(0)
  const migrated = new Database(join(target.folder, 'data/pocket-id.db'))
  expect(migrated.prepare('SELECT display_name FROM pocket_user WHERE user_name = ?').pluck().get('jonas')).toBe(
    'Only in the log',
  )
  expect(migrated.prepare('SELECT DISTINCT rp_id FROM pocket_passkey').pluck().all()).toEqual(['localhost'])
  migrated.close()
  expect((await readdir(crashed)).sort()).toEqual(['pocket-id.db', 'pocket-id.db-wal'])
})

test('replaces no data without a confirmation or without a backup', async () => {
  await using source = await createSource('archive')
  await using target = await createTarget('SQLite')
  const config = loadConfig(
    {
      APP_URL: 'http://localhost:1411',
      DB_CONNECTION_STRING: join(target.folder, 'data/pocket-id.db'),
      ENCRYPTION_KEY: 'a key for tests that is long enough',
      FILE_BACKEND: 'filesystem',
    },
    () => Buffer.alloc(0),
  )
  const migrate = (confirmation: Pick<PocketIdMigrationOptions, 'confirmReplacement'> = {}) => {
    const encryptionKey = Buffer.from(facts.encryptionKey)
    const options = {
      source: source.source,
      encryptionKey,
      uploads: undefined,
      isDryRun: false,
      showProgress: () => {},
      ...confirmation,
    }
    return migrateFromPocketId(config, createLogger(config, { write: () => {} }), options)
  }
  await migrate()
  // Without a confirmation, the check within the transaction refuses to replace data.
  await expect(migrate()).rejects.toMatchObject({ message: expect.stringContaining('already has users or clients') })
  await writeFile(join(config.dataFolder, 'backups'), 'not a folder')
  await expect(migrate({ confirmReplacement: async () => {} })).rejects.toMatchObject({
    name: 'ConfigurationError',
    message: expect.stringMatching(/backup of the present data failed: .*Nothing was changed/),
  })
})
