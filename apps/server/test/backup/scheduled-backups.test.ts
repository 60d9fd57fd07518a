import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { databaseKinds, quickOnly } from '@pocket/test-support'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { createScheduledBackups } from '../../src/backup/scheduled-backups.ts'
import { composeBackups } from '../../src/composition/backups.ts'
import { openDatabase } from '../../src/composition/open-database.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { startApp } from '../http/app.ts'
import { createMachine, type Machine } from './test-instance.ts'

const signal = new AbortController().signal
const day = 86_400_000
/** Fails the test if a failure is recorded. */
const noAudit = { record: () => Promise.reject(new Error('nothing failed')) }

async function backUp(machine: Pick<Machine, 'config'>, times: number) {
  const { logger } = recordingLogger()
  await using database = await openDatabase(machine.config, logger)
  let now = Date.UTC(2026, 0, 1)
  const clock = { now: () => now }
  const backups = await composeBackups({ config: machine.config, database, logger, clock, audit: noAudit })
  for (let time = 0; time < times; time++) {
    await backups?.job.run(signal)
    now += day
  }
  return backups
}

describe.each(databaseKinds)('%s', (kind) => {
  test('keeps the newest backups, which restore with the identity of the recipient', async () => {
    const identity = await generateIdentity()
    await using machine = await createMachine(kind)
    await (await startApp(machine.env))[Symbol.asyncDispose]()
    const folder = machine.path('kept')
    const scheduled = machine.with({
      BACKUP_SCHEDULE: 'daily',
      BACKUP_FOLDER: folder,
      BACKUP_KEEP: '2',
      BACKUP_RECIPIENT: await identityToRecipient(identity),
    })
    const backups = await backUp(scheduled, 3)
    const names = (await readdir(folder)).sort()
    expect(names).toHaveLength(2)
    expect(await backups?.status()).toEqual({
      kind: 'folder',
      target: folder,
      isOnSameDisk: kind === 'SQLite',
      intervalMs: day,
      lastAt: Date.UTC(2026, 0, 3),
      problem: null,
    })
    expect((await stat(`${folder}/${names[1]}`)).mode & 0o777).toBe(0o600)
    expect((await readFile(`${folder}/${names[1]}`, 'latin1')).startsWith('age-encryption.org/v1\n')).toBe(true)
    expect(String((await scheduled.run(['doctor'])).stdout)).toMatch(
      /^failed +backups +The newest backup is too old\./m,
    )
    await using other = await createMachine('SQLite')
    await writeFile(other.path('identity'), identity)
    const restored = await other.run([
      'import',
      '-p',
      `${folder}/${names[1]}`,
      '--identity-file',
      other.path('identity'),
    ])
    expect([restored.exit, restored.stderr]).toEqual([0, ''])
  })
})

quickOnly(test)('a backup that fails leaves the older ones and no partial file', async () => {
  await using machine = await createMachine('SQLite')
  await (await startApp(machine.env))[Symbol.asyncDispose]()
  const folder = machine.path('kept')
  const scheduled = machine.with({ BACKUP_SCHEDULE: 'daily', BACKUP_FOLDER: folder, BACKUP_KEEP: '1' })
  await backUp(scheduled, 1)
  const before = await readdir(folder)
  const settings = { intervalMs: day, target: { kind: 'folder', folder }, keep: 1, recipient: undefined } as const
  const failures: string[] = []
  const deps = {
    settings,
    databaseFolder: machine.path('data'),
    clock: { now: () => Date.UTC(2027, 0, 1) },
    onFailure: async (error: unknown) => void failures.push(String(error)),
  }
  const full = createScheduledBackups({
    ...deps,
    writeArchive: ({ output }) =>
      new Promise((_resolve, reject) =>
        output.write('half', () => reject(new Error('ENOSPC: no space left on device'))),
      ),
  })
  await expect(full.job.run(signal)).rejects.toThrow('no space left')
  const damaged = createScheduledBackups({
    ...deps,
    writeArchive: ({ output }) => new Promise((resolve) => output.end('not an archive', () => resolve(undefined))),
  })
  await expect(damaged.job.run(signal)).rejects.toThrow('not an archive of Pocket')
  expect(await readdir(folder)).toEqual(before)
  expect(failures).toEqual([
    expect.stringContaining('no space left'),
    expect.stringContaining('not an archive of Pocket'),
  ])
})

quickOnly(test)('a backup that is aborted leaves no partial file', async () => {
  await using machine = await createMachine('SQLite')
  await (await startApp(machine.env))[Symbol.asyncDispose]()
  const folder = machine.path('kept')
  const { config } = machine.with({ BACKUP_SCHEDULE: 'daily', BACKUP_FOLDER: folder })
  const { logger } = recordingLogger()
  await using database = await openDatabase(config, logger)
  const backups = await composeBackups({
    config,
    database,
    logger,
    clock: { now: () => Date.UTC(2026, 0, 1) },
    audit: noAudit,
  })
  await expect(backups?.job.run(AbortSignal.abort())).rejects.toThrow('aborted')
  expect(await readdir(folder)).toEqual([])
})

quickOnly(test)('is not scheduled by default', async () => {
  await using machine = await createMachine('SQLite')
  expect(machine.config.scheduledBackups).toBeUndefined()
})
