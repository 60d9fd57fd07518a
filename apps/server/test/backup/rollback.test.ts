import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { defineMigration } from '@pocket/core/internal/sql'
import type { Config } from '../../src/composition/config.ts'
import { backUpBeforeMigration, backUpBeforeReplacement } from '../../src/composition/migration-backup.ts'
import { migrations, tables } from '../../src/composition/server-tables.ts'
import { openMigratedDatabase } from '../../src/database/migrated-database.ts'
import { kinds } from '../api/calls.ts'
import { signInWithPasskey, startInstance } from '../api/instance.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { startApp } from '../http/app.ts'
import { createMachine, type Machine } from './test-instance.ts'

const RemoveJobs = defineMigration('RemoveJobs1999999999999', { up: ['DROP TABLE pocket_job'] })

/** Opens the database as a newer version does, which has one more migration. */
async function openAsNewerVersion(config: Config, { logger } = recordingLogger()): Promise<void> {
  const newer = migrations.map((set, index) =>
    index < migrations.length - 1 ? set : { ...set, migrations: [...set.migrations, RemoveJobs] },
  )
  const backUp = () => backUpBeforeMigration(config, logger)
  const opened = await openMigratedDatabase(config, {
    schema: { tables, migrations: newer },
    logger,
    stop: undefined,
    backUp,
  })
  await opened[Symbol.asyncDispose]()
}

const listBackups = async ({ path }: Pick<Machine, 'path'>) =>
  (await readdir(path('data/backups')).catch(() => [])).map((name) => name.replace(/\d.*\./, '*.')).sort()

describe.each(kinds)('%s', (kind) => {
  const extension = kind === 'SQLite' ? 'db' : 'archive'

  test('restores the backup of the newer version, and users can sign in', async () => {
    await using machine = await createMachine(kind)
    const { administratorAuthenticator: authenticator } = await (async () => {
      await using instance = await startInstance(machine.env)
      return instance
    })()
    expect(await listBackups(machine)).toEqual([])
    await openAsNewerVersion(machine.config)
    expect(await listBackups(machine)).toEqual([`before-migration-*.${extension}`])
    const refused = await machine.run(['one-time-access-token', 'ada'])
    expect([refused.exit, refused.stderr]).toEqual([1, expect.stringContaining('pocket-id rollback')])
    const unconfirmed = await machine.run(['rollback'])
    expect([unconfirmed.exit, unconfirmed.stderr]).toEqual([2, expect.stringContaining('--yes is required')])
    const { exit, stderr } = await machine.run(['rollback', '--yes'])
    expect([exit, stderr]).toEqual([0, ''])
    expect(await listBackups(machine)).toEqual([`before-migration-*.${extension}`, `before-rollback-*.${extension}`])
    await using server = await startApp(machine.env)
    const agent = server.agent()
    expect((await signInWithPasskey(agent, server.url, authenticator)).status).toBe(200)
    const page = await agent.get(`${server.url}/settings/admin/audit-log?filters[event]=DATA_ROLLED_BACK`)
    expect(page.text.replaceAll(/<[^>]*>/g, '')).toContain('Data rolled back · command line')
  })

  test('skips newer backups that are empty, truncated or overwritten in part', async () => {
    await using machine = await createMachine(kind)
    await openAsNewerVersion(machine.config)
    const [name = ''] = await readdir(machine.path('data/backups'))
    const content = await readFile(machine.path(`data/backups/${name}`))
    const overwritten = Buffer.from(content).fill(0x55, content.length >> 1, (content.length >> 1) + 5000)
    const damaged = [Buffer.alloc(0), content.subarray(0, content.length * 0.9), overwritten]
    for (const [index, each] of damaged.entries()) {
      const newer = `before-migration-2999-01-0${index + 1}T00-00-00.000Z.${extension}`
      await writeFile(machine.path(`data/backups/${newer}`), each)
    }
    const { exit, stdout } = await machine.run(['rollback', '--yes'])
    expect([exit, stdout.toString()]).toEqual([0, expect.stringContaining(name)])
    await (await startApp(machine.env))[Symbol.asyncDispose]()
  })

  test('MIGRATION_BACKUP=off creates no backup, and rollback reports that none exists', async () => {
    await using machine = await createMachine(kind)
    await openAsNewerVersion(machine.with({ MIGRATION_BACKUP: 'off' }).config)
    expect(await listBackups(machine)).toEqual([])
    const { exit, stderr } = await machine.run(['rollback', '-y'])
    expect([exit, stderr]).toEqual([1, expect.stringContaining('has no backup that this version can return to')])
  })
})

test('a backup that fails stops the update before it changes anything', async () => {
  await using machine = await createMachine('SQLite')
  await writeFile(machine.path('data/backups'), 'not a folder')
  await expect(openAsNewerVersion(machine.config)).rejects.toThrow(
    /backup before the update .* failed.*Nothing was changed/,
  )
  await (await startApp(machine.env))[Symbol.asyncDispose]()
  await rm(machine.path('data/backups'))
  await mkdir(machine.path('data/backups'))
  await openAsNewerVersion(machine.config)
  expect(await listBackups(machine)).toEqual(['before-migration-*.db'])
})

describe('without room for a backup', () => {
  /** A machine whose folder for backups is on a full file system. */
  async function createFullMachine(kind: 'SQLite' | 'PostgreSQL') {
    const machine = await createMachine(kind)
    await (await startApp(machine.env))[Symbol.asyncDispose]()
    await mkdir(machine.path('data'), { recursive: true })
    await symlink('/proc/self', machine.path('data/backups'))
    return machine
  }

  test('PostgreSQL is updated, and a warning gives the reason', async () => {
    await using machine = await createFullMachine('PostgreSQL')
    const log = recordingLogger()
    await openAsNewerVersion(machine.config, log)
    const [warning = '', ...others] = log.lines.filter((line) => line.includes('No backup was made'))
    expect([JSON.parse(warning), others]).toMatchObject([
      { reason: expect.stringMatching(/has 0 bytes left, and \d+ are needed/) },
      [],
    ])
    expect((await machine.run(['one-time-access-token', 'ada'])).stderr).toContain('pocket-id rollback')
  })

  test('SQLite is not updated', async () => {
    await using machine = await createFullMachine('SQLite')
    await expect(openAsNewerVersion(machine.config)).rejects.toThrow(
      /backup before the update .* failed.*0 bytes left.*Nothing was changed/,
    )
    await (await startApp(machine.env))[Symbol.asyncDispose]()
  })

  test.each(kinds)('the data of %s is not replaced', async (kind) => {
    await using machine = await createFullMachine(kind)
    await expect(backUpBeforeReplacement(machine.config, recordingLogger().logger)).rejects.toThrow(
      /backup of the present data failed.*0 bytes left.*Nothing was changed/,
    )
  })
})
