import { mkdir, writeFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { type Instance, startInstance } from '../api/instance.ts'
import { createMachine } from './test-instance.ts'

interface JobDto {
  readonly name: string
  readonly isRunning: boolean
  readonly lastRun: { readonly outcome: string } | null
}

/** The outcome of the backup that is due when a server starts. */
async function waitForFirstBackup({ administrator, url }: Instance): Promise<string | undefined> {
  for (;;) {
    const jobs = (await administrator.getJson(`${url}/api/jobs`)).json() as readonly JobDto[]
    const job = jobs.find(({ name }) => name === 'backup')
    if (job?.lastRun && !job.isRunning) return job.lastRun.outcome
  }
}

const fetchText = async ({ administrator, url }: Instance, path: string) =>
  (await administrator.get(url + path)).text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')

test('the pages show the last good backup, warn about the same disk, and start another', async () => {
  await using machine = await createMachine('SQLite')
  await using instance = await startInstance({ ...machine.env, BACKUP_SCHEDULE: 'daily' })
  expect(await waitForFirstBackup(instance)).toBe('succeeded')
  const page = await fetchText(instance, '/settings/admin/backups')
  expect(page).toMatch(/Last good backup \w+ \d+, \d{4} · /)
  expect(page).toContain('Backups are on the same disk as the database · Set BACKUP_FOLDER to another disk.')
  expect(page).toContain('Run now')
  expect(await fetchText(instance, '/settings/admin/jobs')).toMatch(/Last backup: \w+ \d+, \d{4}\./)
  const overview = await fetchText(instance, '/settings/admin')
  expect(overview).toContain('Backups are on the same disk as the database')
  expect(overview).not.toContain('Nothing yet')
  const { administrator, url } = instance
  const started = await administrator.postForm(`${url}/settings/admin/jobs/backup/run`, {})
  expect((await administrator.follow(started)).text).toContain('Backups')
})

test('a backup that fails is an audit event, and the page gives the reason', async () => {
  await using machine = await createMachine('SQLite')
  await mkdir(machine.path('data'), { recursive: true })
  await writeFile(machine.path('data/backups'), 'not a folder')
  await using instance = await startInstance({ ...machine.env, BACKUP_SCHEDULE: 'daily' })
  expect(await waitForFirstBackup(instance)).toBe('failed')
  expect(await fetchText(instance, '/settings/admin/backups')).toMatch(/The last run failed .*: EEXIST/)
  expect(await fetchText(instance, '/settings/admin/audit-log?filters[event]=BACKUP_FAILED')).toMatch(
    /Backup failed · EEXIST/,
  )
  expect(await fetchText(instance, '/settings/admin')).toMatch(/The backups in \S+ can’t be listed/)
})

test('the pages show that backups are off', async () => {
  await using machine = await createMachine('SQLite')
  await using instance = await startInstance(machine.env)
  expect(await fetchText(instance, '/settings/admin/backups')).toContain('Set BACKUP_SCHEDULE')
  expect(await fetchText(instance, '/settings/admin')).toMatch(/Last good backup (Off|Not set up)/)
})
