import { readFile, stat } from 'node:fs/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { databaseKinds, quickOnly } from '@pocket/test-support'
import { tables } from '../../src/composition/server-tables.ts'
import { openSnapshot } from '../../src/database/snapshot.ts'
import { kinds } from '../api/calls.ts'
import { type Instance, type Person, startInstance } from '../api/instance.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { startApp } from '../http/app.ts'
import { photoWithMetadata } from '../images/samples.ts'
import { fetchImage, upload } from '../images/uploads.ts'
import { createEmptyMachine, createMachine, type Machine, signIn } from './test-instance.ts'

const picturePath = ({ id }: Person) => `/api/users/${id}/profile-picture.png`

describe.each(databaseKinds)('an archive of %s', (kind) => {
  const stack = new AsyncDisposableStack()
  let source: Machine
  let instance: Instance
  let person: Person
  let picture: Buffer

  beforeAll(async () => {
    source = stack.use(await createMachine(kind))
    instance = stack.use(await startInstance(source.env))
    person = await instance.person('tim')
    const url = `${instance.url}/api/users/me/profile-picture`
    expect((await upload(person.agent, { method: 'PUT', url, bytes: await photoWithMetadata('png') })).status).toBe(204)
    picture = (await fetchImage(person.agent, instance.url + picturePath(person))).bytes
    expect((await source.run(['export', '--path', source.path('plain.archive')])).exit).toBe(0)
  })

  afterAll(() => stack.disposeAsync())

  const readArchiveLines = async () =>
    gunzipSync(await readFile(source.path('plain.archive')))
      .toString()
      .trimEnd()
      .split('\n')

  test('is written while the server runs, and only its owner can read it', async () => {
    expect((await stat(source.path('plain.archive'))).mode & 0o777).toBe(0o600)
  })

  test('contains every table except the files, which follow as entries', async () => {
    const header = JSON.parse((await readArchiveLines())[0] ?? '') as { tables: { name: string }[] }
    const archived = new Set(header.tables.map(({ name }) => name))
    expect(tables.map(({ options }) => options.name).filter((name) => !archived.has(name))).toEqual(['pocket_file'])
    expect((await readArchiveLines()).filter((line) => line.startsWith('{"file":'))).toHaveLength(1)
  })

  test.each(kinds)(
    'restores into an empty %s on another machine, where people sign in with their passkeys',
    async (to) => {
      await using target = await createMachine(to)
      const imported = await target.run(['import', '--path', source.path('plain.archive')])
      expect([imported.exit, imported.stderr]).toEqual([0, ''])
      expect(imported.stdout.toString()).toMatch(/^Imported \d+ rows and 1 pictures/)
      await using restored = await startApp(target.env)
      const { browser, status } = await signIn(restored, person)
      expect(status).toBe(200)
      expect((await fetchImage(browser, restored.url + picturePath(person))).bytes).toEqual(picture)
      expect((await signIn(restored, { authenticator: instance.administratorAuthenticator })).status).toBe(200)
    },
  )
})

const stack = new AsyncDisposableStack()
let source: Machine
let archive: Buffer

beforeAll(async () => {
  source = stack.use(await createMachine('SQLite'))
  await (await startInstance(source.env))[Symbol.asyncDispose]()
  const exported = await source.run(['export', '-p', '-'])
  expect(exported).toMatchObject({ exit: 0, stderr: expect.stringContaining('Exported') })
  archive = exported.stdout
})

afterAll(() => stack.disposeAsync())

const editArchive = (edit: (text: string) => string) => gzipSync(edit(gunzipSync(archive).toString()))

const unusable: Readonly<Record<string, readonly [() => Buffer, string]>> = {
  'a truncated archive': [() => archive.subarray(0, archive.length - 100), 'truncated, altered or damaged'],
  'an archive without its end': [() => editArchive((text) => text.slice(0, text.indexOf('{"end"'))), 'is truncated'],
  'an altered archive': [
    () => editArchive((text) => text.replace('Lovelace', 'Lovelock')),
    'was altered or is damaged',
  ],
  'an archive of a newer format': [
    () => editArchive((text) => text.replace('"version":1', '"version":2')),
    'newer version',
  ],
  'an archive of a newer version': [
    () =>
      editArchive((text) =>
        text.replace('"pocket_core_migration":[', '"pocket_core_migration":["Later1999999999999",'),
      ),
    'newer version',
  ],
  'another file': [() => Buffer.from('hello'), 'not an archive of Pocket'],
  'a compressed file': [() => gzipSync('hello'), 'not an archive of Pocket'],
  'an archive of Pocket ID': [
    () => Buffer.from('PK\u0003\u0004'),
    'Write it to a file and run: pocket-id migrate-from-pocket-id FILE --encryption-key-file KEY_FILE',
  ],
}

quickOnly(test).each(Object.entries(unusable))(
  'an import rejects %s and changes nothing',
  async (_, [content, reason]) => {
    await using target = await createEmptyMachine('SQLite')
    const { exit, stderr } = await target.run(['import', '-p', '-'], content())
    expect([exit, stderr]).toEqual([1, expect.stringContaining(reason)])
    expect(stderr).toContain('Nothing was changed')
    await expect(stat(target.path('data/pocket-id.db'))).rejects.toThrow('ENOENT')
    await expect(stat(target.path('data/pocket-id.db-import'))).rejects.toThrow('ENOENT')
  },
)

describe.each(databaseKinds)('an import into a %s with users', (kind) => {
  const machines = new AsyncDisposableStack()
  let target: Machine
  let before: unknown

  beforeAll(async () => {
    target = machines.use(await createMachine(kind))
    await (await startInstance(target.env))[Symbol.asyncDispose]()
    before = await readContent()
  })
  afterAll(() => machines.disposeAsync())

  /** All rows of the database, and its tables. */
  async function readContent() {
    await using snapshot = await openSnapshot(target.config.database, recordingLogger().logger)
    const tables: unknown[] = []
    for (const table of snapshot.tables) for await (const rows of snapshot.rows(table)) tables.push([table.name, rows])
    return tables
  }

  test.each(Object.entries(unusable))('rejects %s and leaves every row', async (_, [archiveOf, reason]) => {
    const { exit, stderr } = await target.run(['import', '-y', '-p', '-'], archiveOf())
    expect([exit, stderr]).toEqual([1, expect.stringContaining(reason)])
    expect(await readContent()).toEqual(before)
  })
})

quickOnly(test)('an import rejects an archive that another key has encrypted', async () => {
  await using target = await createEmptyMachine('SQLite', { ENCRYPTION_KEY: 'another key of sixteen bytes' })
  const { exit, stderr } = await target.run(['import', '-p', '-'], archive)
  expect([exit, stderr]).toEqual([1, expect.stringContaining('The encryption key does not match')])
})

describe.each(databaseKinds)('an import into a %s that has users', (kind) => {
  test('needs --yes, and then replaces everything', async () => {
    await using target = await createMachine(kind)
    {
      await using other = await startInstance(target.env)
      await other.person('grace')
    }
    const refused = await target.run(['import', '-p', '-'], archive)
    expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining('--yes is required')])
    {
      await using unchanged = await startApp(target.env)
      expect(await unchanged.app.directory.findByName('grace')).toBeDefined()
    }
    expect((await target.run(['import', '-p', '-', '-y'], archive)).exit).toBe(0)
    await using replaced = await startApp(target.env)
    expect(await replaced.app.directory.findByName('grace')).toBeUndefined()
    expect(await replaced.app.directory.findByName('ada')).toBeDefined()
  })

  test('is rejected while a server runs, unless the lock is taken by force', async () => {
    await using target = await createMachine(kind)
    await using server = await startInstance(target.env)
    const refused = await target.run(['import', '-p', '-', '-y'], archive)
    expect([refused.exit, refused.stderr]).toEqual([1, expect.stringContaining('is in use by a server')])
    expect(server.app.lockLost.aborted).toBe(false)
    const lost = new Promise((resolve) => server.app.lockLost.addEventListener('abort', resolve))
    const forced = target.run(['import', '-p', '-', '-y', '--forcefully-acquire-lock'], archive)
    await lost
    await server[Symbol.asyncDispose]()
    expect((await forced).exit).toBe(0)
  })
})
