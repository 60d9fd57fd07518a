import { describe, expect, test } from '@jest/globals'
import { createTestDatabase, describeUnless, pgbouncerUnavailableReason, startPgbouncer } from '@pocket/test-support'
import { openDatabase } from '../../src/composition/open-database.ts'
import type { LockMode } from '../../src/database/lock.ts'
import { startInstance } from '../api/instance.ts'
import { startApp } from '../http/app.ts'
import { createFolder } from './folder.ts'
import { recordingLogger } from './recording-logger.ts'

describeUnless(pgbouncerUnavailableReason, describe)('PgBouncer in transaction mode', () => {
  test('serves sign-ins of two servers, whose connections it shares', async () => {
    await using database = await createTestDatabase()
    await using pooler = await startPgbouncer(database.url, 5)
    const settings = { DB_CONNECTION_STRING: `${pooler.url}?pooler=transaction` }
    await using one = await startInstance(settings)
    await using other = await startApp(settings)
    const people = await Promise.all(['grace', 'linus', 'edith'].map((name) => one.person(name)))
    for (const person of people) expect(person.id).not.toBe('')
    expect(await other.app.directory.findByName('grace')).toMatchObject({ userName: 'grace' })
    await one.app.pocket.clients.create({ name: 'App', redirectUris: ['https://app.example/callback'] })
    expect(await other.app.pocket.clients.list()).toHaveLength(1)
  })

  test('rejects a command that needs the database alone while a server runs, and releases its lock', async () => {
    await using database = await createTestDatabase()
    await using pooler = await startPgbouncer(database.url, 5)
    await using folder = await createFolder()
    const url = `${pooler.url}?pooler=transaction`
    const config = { database: { kind: 'postgres', url }, dataFolder: folder.path, encryptionKey: undefined } as const
    const openDatabaseIn = (mode: LockMode = 'shared') =>
      openDatabase(config, recordingLogger().logger, undefined, { mode })
    const server = await openDatabaseIn()
    await server.lock.assertHeld()
    await expect(openDatabaseIn('exclusive')).rejects.toThrow('is in use by a server')
    await server[Symbol.asyncDispose]()
    await (await openDatabaseIn('exclusive'))[Symbol.asyncDispose]()
    await (await openDatabaseIn())[Symbol.asyncDispose]()
  })
})
