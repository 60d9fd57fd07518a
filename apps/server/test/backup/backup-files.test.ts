import { readdir, rm, writeFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import Database from 'better-sqlite3'
import { exportInstance, writeToFile } from '../../src/composition/archives.ts'
import { openDatabase } from '../../src/composition/open-database.ts'
import { kinds } from '../api/calls.ts'
import { startInstance } from '../api/instance.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { startApp } from '../http/app.ts'
import { photoWithMetadata } from '../images/samples.ts'
import { upload } from '../images/uploads.ts'
import { createEmptyMachine, createMachine, noTerminal } from './test-instance.ts'

test('an export and an import name a picture that is missing', async () => {
  await using machine = await createMachine('SQLite')
  const env = { FILE_BACKEND: 'filesystem', UPLOAD_PATH: machine.path('uploads') }
  const source = machine.with(env)
  {
    await using instance = await startInstance(source.env)
    const { agent } = await instance.person('tim')
    const url = `${instance.url}/api/users/me/profile-picture`
    expect((await upload(agent, { method: 'PUT', url, bytes: await photoWithMetadata('png') })).status).toBe(204)
  }
  await rm(machine.path('uploads'), { recursive: true })
  const exported = await source.run(['export', '--path', machine.path('archive')])
  expect(exported).toMatchObject({ exit: 0, stderr: expect.stringContaining('is missing: user/') })
  expect(exported.stderr).toMatch(/rows and 0 pictures/)
  const imported = await source.run(['import', '--yes', '--path', machine.path('archive')])
  expect(imported).toMatchObject({ exit: 0, stderr: expect.stringContaining('missing already: user/') })
})

test.each(kinds)('import into %s rejects rows that refer to missing rows', async (kind) => {
  await using source = await createMachine('SQLite')
  const database = new Database(source.path('data/pocket-id.db'))
  database.pragma('foreign_keys = OFF')
  database.exec(
    "INSERT INTO pocket_membership (user_id, group_id) SELECT id, id FROM (SELECT '00000000-0000-4000-8000-000000000000' AS id)",
  )
  database.close()
  const { stdout } = await source.run(['export', '-p', '-'])
  await using target = await createMachine(kind)
  const { exit, stderr } = await target.run(['import', '-p', '-'], stdout)
  expect([exit, stderr]).toEqual([1, expect.stringContaining('inconsistent: rows refer to rows that are missing')])
})

test('import rejects an included key that a file cannot hold, and changes nothing', async () => {
  await using source = await createEmptyMachine('SQLite')
  const { logger } = recordingLogger()
  const config = { ...source.config, encryptionKey: Buffer.alloc(32, 0xff) }
  await (await openDatabase(config, logger))[Symbol.asyncDispose]()
  const identity = await generateIdentity()
  const encryption = { recipients: [await identityToRecipient(identity)] }
  await writeToFile(source.path('archive'), (output) =>
    exportInstance({ config, logger, version: '1', encryption, includeKey: true }, output),
  )
  await using target = await createEmptyMachine('SQLite', {})
  await (await startInstance({ ...target.env, ENCRYPTION_KEY: '' }))[Symbol.asyncDispose]()
  await writeFile(target.path('identity'), identity)
  const args = ['import', '-y', '-p', source.path('archive'), '--identity-file', target.path('identity')]
  const { exit, stderr } = await target.run(args)
  expect([exit, stderr]).toEqual([1, expect.stringContaining('This encryption key is not text')])
  await using unchanged = await startApp({ ...target.env, ENCRYPTION_KEY: '' })
  expect(await unchanged.app.directory.findByName('ada')).toBeDefined()
})

test('an archive to an age recipient restores with its identity only', async () => {
  await using source = await createMachine('SQLite')
  await (await startInstance(source.env))[Symbol.asyncDispose]()
  const [identity, other] = await Promise.all([generateIdentity(), generateIdentity()])
  const { exit, stdout } = await source.run(['export', '-p', '-', '--recipient', await identityToRecipient(identity)])
  expect(exit).toBe(0)
  await using target = await createMachine('SQLite')
  await writeFile(target.path('identity'), `# a comment\n${identity}\n`)
  await writeFile(target.path('other'), other)
  const without = await target.run(['import', '-p', '-'], stdout)
  expect([without.exit, without.stderr]).toEqual([1, expect.stringContaining('--identity-file')])
  const wrong = await target.run(['import', '-p', '-', '--identity-file', target.path('other')], stdout)
  expect([wrong.exit, wrong.stderr]).toEqual([1, expect.stringContaining('cannot be decrypted')])
  const altered = Buffer.from(stdout)
  altered.writeUInt8((altered.at(-1) ?? 0) ^ 1, altered.length - 1)
  const damaged = await target.run(['import', '-p', '-', '--identity-file', target.path('identity')], altered)
  expect([damaged.exit, damaged.stderr]).toEqual([1, expect.stringContaining('damaged')])
  expect((await target.run(['import', '-p', '-', '--identity-file', target.path('identity')], stdout)).exit).toBe(0)
})

test.each([
  ['archive', []],
  ['open format', ['--open']],
])('an interrupted export of the %s leaves no file', async (_, options) => {
  await using machine = await createMachine('SQLite')
  await (await startInstance(machine.env))[Symbol.asyncDispose]()
  const terminal = { ...noTerminal, stop: AbortSignal.abort() }
  const args = ['export', '-p', machine.path('archive'), ...options]
  const { exit, stderr } = await machine.run(args, undefined, terminal)
  expect([exit, stderr]).toEqual([1, 'Interrupted. Nothing was changed.\n'])
  expect(await readdir(machine.path('.'))).toEqual(['data'])
})

test('export rejects a short passphrase and a key in an archive that is not encrypted', async () => {
  await using machine = await createMachine('SQLite')
  await writeFile(machine.path('short'), 'eleven char')
  await using _instance = await startInstance(machine.env)
  const short = await machine.run(['export', '--passphrase-file', machine.path('short')])
  expect([short.exit, short.stderr]).toEqual([1, expect.stringContaining('at least 12 characters')])
  const key = await machine.run(['export', '-p', machine.path('x'), '--with-key'])
  expect([key.exit, key.stderr]).toEqual([2, expect.stringContaining('--with-key requires')])
})

test('export and import name a path that cannot be used', async () => {
  await using machine = await createMachine('SQLite')
  await (await startApp(machine.env))[Symbol.asyncDispose]()
  const folder = machine.path('data')
  const before = await readdir(machine.path('.'))
  for (const path of [machine.path('missing/archive'), folder]) {
    const { exit, stderr } = await machine.run(['export', '-p', path])
    expect([exit, stderr]).toEqual([1, expect.stringContaining(`${path} cannot be written: E`)])
  }
  expect(await readdir(machine.path('.'))).toEqual(before)
  const { exit, stderr } = await machine.run(['import', '-y', '-p', folder])
  expect([exit, stderr]).toEqual([2, expect.stringContaining(`${folder} is a folder`)])
})
