import { expect, test } from '@jest/globals'
import { eventually } from '@pocket/test-support'
import pg from 'pg'
import { openDatabase } from '../../src/composition/open-database.ts'
import { startInstance } from '../api/instance.ts'
import { createMachine } from '../backup/test-instance.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { startApp } from '../http/app.ts'
import { findAppliedLines } from './configured-machine.ts'
import { createConfigurationFile } from './create-configuration-file.ts'

test('a file that an earlier commit applied is applied again', async () => {
  await using file = await createConfigurationFile('revision: 1\ngroups: [{ name: one }]')
  await using machine = await createMachine('SQLite')
  const { run, config } = machine.with({ POCKET_CONFIG_FILE: file.path })
  expect((await run(['config', 'apply'])).exit).toBe(0)
  await using database = await openDatabase(config, recordingLogger().logger)
  const value = JSON.stringify({ name: 'pocket.yaml', revision: 1, digest: 'of the text' })
  await database.settings.put({ key: 'configurationFile', value })
  expect(await run(['config', 'apply'])).toMatchObject({ exit: 0, stderr: '' })
  expect(await database.managed.appliedFile()).toMatchObject({ revision: 1 })

  await database.settings.put({ key: 'configurationFile', value })
  await using _withoutFile = await startApp(machine.env)
  expect(await database.managed.list()).toEqual([])
})

test('a server without a file marks the fields that a command applied, and rejects changes of them', async () => {
  await using file = await createConfigurationFile('clients: [{ id: wiki, name: Wiki, callbackURLs: [] }]')
  await using machine = await createMachine('SQLite')
  await using instance = await startInstance(machine.env)
  const { administrator: agent, url } = instance
  expect(await machine.run(['config', 'apply', file.path])).toMatchObject({ exit: 0, stderr: '' })
  const page = `${url}/settings/admin/oidc-clients/wiki`
  await eventually(async () => expect((await agent.get(page)).text).toContain('Managed by pocket.yaml'))
  expect((await agent.sendJson('DELETE', `${url}/api/oidc/clients/wiki`)).status).toBe(409)
})

test('of two servers that start concurrently, one applies the file', async () => {
  await using file = await createConfigurationFile('groups: [{ name: one }, { name: two }]')
  await using machine = await createMachine('PostgreSQL')
  await using first = await startApp(machine.env)
  const { env } = machine.with({ APP_URL: first.url, POCKET_CONFIG_FILE: file.path })
  const started = await Promise.all([startApp(env), startApp(env), startApp(env)])
  await using stack = new AsyncDisposableStack()
  for (const running of started) stack.use(running)
  const counts = started.flatMap(findAppliedLines).map((line) => JSON.parse(line).changes)
  expect(counts.sort()).toEqual([0, 0, 2])
  expect((await first.app.directory.groups.first(10)).total).toBe(2)
})

test('a plan and an apply are repeated while another process keeps the database busy', async () => {
  await using file = await createConfigurationFile('clients: [{ id: wiki, name: Wiki, callbackURLs: [] }]')
  await using machine = await createMachine('PostgreSQL')
  await (await startApp(machine.env))[Symbol.asyncDispose]()
  const { DB_CONNECTION_STRING: url } = machine.env
  const configured = machine.with({
    DB_CONNECTION_STRING: `${url}?statement_timeout=1000`,
    POCKET_CONFIG_FILE: file.path,
  })
  const other = new pg.Client({ connectionString: url })
  await other.connect()
  await using stack = new AsyncDisposableStack()
  stack.defer(() => other.end())
  const isLockAwaited = async () => {
    const { rows } = await other.query(
      'SELECT 1 FROM pg_locks JOIN pg_database ON oid = database WHERE NOT granted AND datname = current_database()',
    )
    return rows.length > 0
  }
  for (const [command, exit] of [
    ['plan', 2],
    ['apply', 0],
  ] as const) {
    await other.query('BEGIN')
    await other.query('LOCK TABLE pocket_client IN EXCLUSIVE MODE')
    const running = configured.run(['config', command])
    // The first attempt waits until its statement has taken too long.
    await eventually(async () => expect(await isLockAwaited()).toBe(true))
    await eventually(async () => expect(await isLockAwaited()).toBe(false))
    await other.query('ROLLBACK')
    expect(await running).toMatchObject({
      exit,
      stdout: expect.any(Buffer),
      stderr: expect.not.stringContaining('pocket.yaml'),
    })
  }
  expect((await configured.run(['config', 'plan'])).exit).toBe(0)
})
