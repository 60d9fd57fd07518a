import { readdir } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { databaseKinds, quickOnly, selectCases } from '@pocket/test-support'
import Database from 'better-sqlite3'
import { createApp } from '../../src/app.ts'
import { kinds } from '../api/calls.ts'
import { createMachine, type Machine } from '../backup/test-instance.ts'
import { recordingLogger } from '../database/recording-logger.ts'

const [first, second] = ['https://id.example.com', 'https://login.example.com'] as const

/** Opens the instance, as a start does before it listens, and closes it. */
async function openOnce({ config }: Pick<Machine, 'config'>): Promise<void> {
  await (await createApp(config, recordingLogger().logger))[Symbol.asyncDispose]()
}

const withUrl = (machine: Machine, url: string) => machine.with({ APP_URL: url })

test.each(databaseKinds)(
  'with %s, a start with another APP_URL is rejected until "issuer set" has run',
  async (kind) => {
    await using machine = await createMachine(kind)
    await openOnce(withUrl(machine, `${first}/`))
    await expect(openOnce(withUrl(machine, second))).rejects.toThrow(
      `APP_URL is ${second}, but the stored data belongs to ${first}, the issuer of its clients and passkeys. Set APP_URL to the stored issuer, or stop all servers and run: pocket-id issuer set ${second}`,
    )
    const unconfirmed = await machine.run(['issuer', 'set', second])
    expect([unconfirmed.exit, unconfirmed.stderr]).toEqual([2, expect.stringContaining('--yes is required')])
    const invalid = await machine.run(['issuer', 'set', 'https://192.0.2.1', '--yes'])
    expect([invalid.exit, invalid.stderr]).toEqual([2, expect.stringContaining('names an IP address')])
    // The URL is checked before the confirmation.
    const withPath = await machine.run(['issuer', 'set', `${second}/auth`])
    expect([withPath.exit, withPath.stderr]).toEqual([2, expect.stringContaining(`Write ${second};`)])
    const changed = await machine.run(['issuer', 'set', second, '--yes'])
    expect([changed.exit, changed.stdout.toString()]).toEqual([
      0,
      `The issuer was ${first}. Set APP_URL to ${second} before you start the server.\nPasskeys of id.example.com do not work there: give users login codes, or go back to ${first}.\n`,
    ])
    await openOnce(withUrl(machine, second))
    await expect(openOnce(withUrl(machine, first))).rejects.toThrow(`belongs to ${second}`)
    const audit = await withUrl(machine, second).run(['audit', 'tail', '--json'])
    expect(audit.stdout.toString()).toContain(`"from":"${first}","to":"${second}"`)
  },
)

quickOnly(test)(
  'a database without a stored issuer belongs to the APP_URL, and is backed up before its migration',
  async () => {
    await using machine = await createMachine('SQLite')
    await openOnce(withUrl(machine, first))
    const database = new Database(machine.path('data/pocket-id.db'))
    database.exec('DROP TABLE pocket_issuer; DELETE FROM pocket_core_migration WHERE timestamp = 1764000000120')
    database.close()
    const changed = await withUrl(machine, first).run(['issuer', 'set', `${second}/`, '--yes'])
    expect(changed.stdout.toString()).toContain(`The issuer was ${first}. Set APP_URL to ${second} before`)
    expect(changed.stdout.toString()).toContain('Passkeys of id.example.com do not work there')
    expect(await readdir(machine.path('data/backups'))).toEqual([expect.stringMatching(/^before-migration-/)])
  },
)

test.each(databaseKinds)('with %s, "issuer set" is rejected while a server runs', async (kind) => {
  await using machine = await createMachine(kind)
  await using _server = await createApp(withUrl(machine, first).config, recordingLogger().logger)
  const { exit, stderr } = await machine.run(['issuer', 'set', second, '--yes'])
  expect([exit, stderr]).toEqual([1, expect.stringContaining('is in use by a server')])
})

// In one process, a busy SQLite database blocks both starts for its whole timeout.
test.each(selectCases(kinds, (kind) => kind === 'PostgreSQL'))(
  'stores exactly one issuer when two servers start concurrently, on %s',
  async (kind) => {
    await using machine = await createMachine(kind)
    const starts = await Promise.allSettled([first, second].map((url) => openOnce(withUrl(machine, url))))
    expect(starts.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const [stored = ''] = [first, second].filter((_url, index) => starts[index]?.status === 'fulfilled')
    await openOnce(withUrl(machine, stored))
  },
)

quickOnly(test)('a backup restored under another URL starts after "issuer set"', async () => {
  await using source = await createMachine('SQLite')
  await using target = await createMachine('PostgreSQL')
  await openOnce(withUrl(source, first))
  await openOnce(withUrl(target, second))
  const archive = source.path('archive')
  expect((await withUrl(source, first).run(['export', '-p', archive])).exit).toBe(0)
  expect((await withUrl(target, second).run(['import', '-y', '-p', archive])).exit).toBe(0)
  await expect(openOnce(withUrl(target, second))).rejects.toThrow(`pocket-id issuer set ${second}`)
  expect((await target.run(['issuer', 'set', second, '--yes'])).exit).toBe(0)
  await openOnce(withUrl(target, second))
})
