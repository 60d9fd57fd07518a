import { writeFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { databaseKinds, quickOnly } from '@pocket/test-support'
import Database from 'better-sqlite3'
import { migrations, tables } from '../../src/composition/server-tables.ts'
import { lockForReading } from '../../src/database/migrated-database.ts'
import { openSnapshot } from '../../src/database/snapshot.ts'
import { passkeyAnswer, startInstance } from '../api/instance.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { startApp } from '../http/app.ts'
import { createEmptyMachine, createMachine, type Machine } from './test-instance.ts'

const newKey = 'the next key, which is long enough'
const sqlitePath = ({ config: { database } }: Pick<Machine, 'config'>) =>
  database.kind === 'sqlite' ? database.path : ''

/** The audit log of a stopped server as an administrator sees it. */
async function readAuditLog(env: Machine['env'], authenticator: Parameters<typeof passkeyAnswer>[2], event: string) {
  await using server = await startApp(env)
  const agent = server.agent()
  await agent.postJson(`${server.url}/api/webauthn/login/finish`, await passkeyAnswer(agent, server.url, authenticator))
  const entries = await agent.getJson(`${server.url}/api/audit-logs/all?filters[event]=${event}`)
  const { data } = entries.json() as { readonly data: readonly { readonly data: object; readonly userID: unknown }[] }
  const page = await agent.get(`${server.url}/settings/admin/audit-log?filters[event]=${event}`)
  return {
    entries: data.map(({ data: details, userID }) => ({ ...details, userID })),
    page: page.text.replaceAll(/<[^>]*>/g, ''),
  }
}

describe.each(databaseKinds)('%s', (kind) => {
  test('records exports (even while a server runs), imports and rotations of the encryption key', async () => {
    await using source = await createMachine(kind)
    await using target = await createMachine(kind)
    let instance: Awaited<ReturnType<typeof startInstance>>
    {
      await using running = await startInstance(source.env)
      instance = running
      const exported = await source.run(['export', '-p', source.path('archive')])
      expect([exported.exit, exported.stderr]).toEqual([0, expect.stringMatching(/^Exported \d+ rows/)])
      expect((await source.run(['export', '--open', '-p', source.path('people.json')])).exit).toBe(0)
    }
    const authenticator = instance.administratorAuthenticator
    const exports = await readAuditLog(source.env, authenticator, 'DATA_EXPORTED')
    expect(exports.entries).toEqual([
      { format: 'json', encryption: 'none', userID: null },
      { format: 'archive', encryption: 'none', userID: null },
    ])
    expect(exports.page).toContain('Data exported · command line')

    expect((await target.run(['import', '-p', source.path('archive')])).exit).toBe(0)
    const imports = await readAuditLog(target.env, authenticator, 'DATA_IMPORTED')
    expect(imports.entries).toEqual([{ archiveDate: expect.stringMatching(/^\d{4}-.*Z$/), userID: null }])
    expect(imports.page).toContain('Data imported · command line')

    await writeFile(target.path('new-key'), newKey)
    expect((await target.run(['encryption-key-rotate', '-y', '--new-key-file', target.path('new-key')])).exit).toBe(0)
    const rotated = await readAuditLog(
      { ...target.env, ENCRYPTION_KEY: newKey },
      authenticator,
      'ENCRYPTION_KEY_ROTATED',
    )
    expect(rotated.entries).toEqual([{ fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/), userID: null }])
    expect(rotated.page).toContain('Encryption key rotated · command line')
  })
})

quickOnly(test)('an export writes nothing, so that it does not wait for a server that writes', async () => {
  await using machine = await createMachine('SQLite')
  await (await startApp(machine.env))[Symbol.asyncDispose]()
  const { logger } = recordingLogger()
  const writer = new Database(sqlitePath(machine))
  writer.exec('BEGIN IMMEDIATE')
  try {
    await using _reader = await lockForReading(machine.config, { schema: { tables, migrations }, logger })
    await using snapshot = await openSnapshot(machine.config.database, logger)
    expect(snapshot.tables.length).toBeGreaterThan(10)
  } finally {
    writer.close()
  }
})

quickOnly(test)('an export of an empty database explains the next step', async () => {
  await using machine = await createEmptyMachine('PostgreSQL')
  const { exit, stderr } = await machine.run(['export', '-p', '-'])
  expect([exit, stderr]).toEqual([1, expect.stringContaining('is empty. Start the server once.')])
})
