import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { beforeAll, beforeEach, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { backupBucket } from '../../src/backup/backup-bucket.ts'
import { createScheduledBackups, type ScheduledBackupDeps } from '../../src/backup/scheduled-backups.ts'
import { composeBackups } from '../../src/composition/backups.ts'
import { openDatabase } from '../../src/composition/open-database.ts'
import { createS3Client } from '../../src/files/s3-client.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { startApp } from '../http/app.ts'
import { s3Keys, startS3Server } from '../images/s3-server.ts'
import { createMachine } from './test-instance.ts'

const signal = new AbortController().signal
const day = 86_400_000
const folder = '/pocket/instance/backups/'
const s3 = shareBetweenTests(startS3Server)
let clockTime = 0
beforeEach(() => {
  s3.objects.clear()
  clockTime = Date.UTC(2026, 0, 1)
})

const variables = () => ({
  FILE_BACKEND: 's3',
  UPLOAD_PATH: 'instance',
  S3_ENDPOINT: s3.url,
  S3_BUCKET: 'pocket',
  S3_ACCESS_KEY_ID: s3Keys.accessKeyId,
  S3_SECRET_ACCESS_KEY: s3Keys.secretAccessKey,
  S3_FORCE_PATH_STYLE: 'true',
  BACKUP_SCHEDULE: 'daily',
})
const bucketConfig = () => ({
  ...s3Keys,
  bucket: 'pocket',
  region: 'us-east-1',
  endpoint: s3.url,
  forcePathStyle: true,
  prefix: 'instance',
})
const objectNames = () => [...s3.objects.keys()].map((path) => path.replace(folder, '')).sort()

/** Backups of an archive without rows that is larger than several parts. */
function createLargeBackups(overrides: Partial<ScheduledBackupDeps> = {}, keep = 1) {
  const failures: unknown[] = []
  const settings = { kind: 'bucket', ...bucketConfig() } as const
  const backups = createScheduledBackups({
    settings: { intervalMs: day, target: settings, keep, recipient: undefined },
    target: backupBucket(settings, { partBytes: 10_000 }),
    databaseFolder: undefined,
    writeArchive: ({ output }) => new Promise((resolve) => output.end(archive, () => resolve(undefined))),
    onFailure: async (error) => void failures.push(error),
    clock: { now: () => (clockTime += day) },
    ...overrides,
  })
  return { run: () => backups.job.run(signal), status: backups.status, failures }
}

/** A valid archive that cannot be compressed. */
let archive: Buffer
beforeAll(() => {
  const file = JSON.stringify({ file: 'x', data: randomBytes(40_000).toString('base64') })
  const header = {
    format: 'pocket-archive',
    version: 1,
    program: '1',
    createdAt: '2026',
    fingerprint: '0'.repeat(16),
    migrations: {},
    tables: [],
  }
  const lines = `${JSON.stringify(header)}\n${file}\n`
  const sha256 = createHash('sha256').update(lines).digest('base64url')
  archive = gzipSync(`${lines}${JSON.stringify({ end: { rows: 0, files: 1, missing: [], sha256 } })}\n`)
})

test('a server keeps the newest backups in the bucket of its pictures, and they restore', async () => {
  const identity = await generateIdentity()
  await using machine = await createMachine('SQLite')
  await (await startApp(machine.env))[Symbol.asyncDispose]()
  const recipient = await identityToRecipient(identity)
  const { config } = machine.with({ ...variables(), BACKUP_KEEP: '2', BACKUP_RECIPIENT: recipient })
  const { logger } = recordingLogger()
  {
    await using database = await openDatabase(config, logger)
    let now = Date.UTC(2026, 0, 1)
    const clock = { now: () => (now += day) }
    const audit = { record: () => Promise.reject(new Error('nothing failed')) }
    const backups = await composeBackups({ config, database, logger, clock, audit })
    for (let time = 0; time < 3; time++) await backups?.job.run(signal)
    expect(await backups?.status()).toMatchObject({
      kind: 'bucket',
      target: 'pocket',
      isOnSameDisk: false,
      intervalMs: expect.any(Number),
      problem: null,
    })
  }
  const [older, olderMark, newest = '', mark] = objectNames()
  expect([olderMark, mark, objectNames().length]).toEqual([`${older}.checked`, `${newest}.checked`, 4])
  await writeFile(machine.path('archive'), s3.objects.get(folder + newest) ?? '')
  await writeFile(machine.path('identity'), identity)
  await using other = await createMachine('SQLite')
  const restored = await other.run([
    'import',
    '-p',
    machine.path('archive'),
    '--identity-file',
    machine.path('identity'),
  ])
  expect([restored.exit, restored.stderr]).toEqual([0, ''])
})

test('warns about backups in a bucket that are not encrypted', async () => {
  await using machine = await createMachine('SQLite')
  expect(machine.with(variables()).config.warnings.join()).toContain('BACKUP_RECIPIENT')
  const local = machine.with({ ...variables(), BACKUP_FOLDER: '/mnt/share' }).config
  expect([local.warnings, local.scheduledBackups?.target]).toEqual([[], { kind: 'folder', folder: '/mnt/share' }])
})

test('uploads a large archive in parts', async () => {
  const { run, status } = createLargeBackups()
  await run()
  expect([...s3.objects.values()][0]).toEqual(archive)
  expect([objectNames().length, s3.pendingUploads()]).toEqual([2, []])
  expect((await status()).lastAt).toBe(Date.UTC(2026, 0, 2))
})

const failures: Readonly<Record<string, () => void>> = {
  'the second part': () => s3.failWhen((request) => request.includes('partNumber=2'), 403),
  'the completion': () => s3.failWhen((request) => /^POST .*uploadId=/.test(request), 403),
  'reading it back': () => s3.failWhen((request) => /^GET .*\.archive$/.test(request), 403),
  'marking it as checked': () => s3.failWhen((request) => /^PUT .*\.checked$/.test(request), 403),
}

test.each(Object.entries(failures))(
  'a failure of %s keeps the older backup, and leaves no incomplete one',
  async (_, fail) => {
    const { run, status, failures: errors } = createLargeBackups()
    await run()
    const before = objectNames()
    fail()
    await expect(run()).rejects.toThrow('403')
    expect([objectNames(), s3.pendingUploads(), errors.length]).toEqual([before, [], 1])
    expect((await status()).lastAt).not.toBeNull()
  },
)

test('an altered backup and an export that fails are not kept, and the older one is', async () => {
  await createLargeBackups().run()
  const before = objectNames()
  const altered = createLargeBackups({
    writeArchive: ({ output }) =>
      new Promise((resolve) => output.end(archive.subarray(0, -20), () => resolve(undefined))),
  })
  await expect(altered.run()).rejects.toThrow('truncated, altered or damaged')
  const failed = createLargeBackups({
    writeArchive: ({ output }) =>
      new Promise((_resolve, reject) => output.write(archive, () => reject(new Error('the database is gone')))),
  })
  await expect(failed.run()).rejects.toThrow('the database is gone')
  expect([objectNames(), s3.pendingUploads()]).toEqual([before, []])
})

test('the next run removes the objects of an interrupted one, and nothing else', async () => {
  const { run } = createLargeBackups({}, 3)
  await run()
  const bucket = backupBucket(bucketConfig())
  s3.objects.set(`${folder}pocket-2026-06-01T00-00-00.000Z.archive`, archive)
  s3.objects.set('/pocket/instance/a-picture', archive)
  await startUpload()
  expect(s3.pendingUploads()).toHaveLength(1)
  expect(await bucket.list(signal)).toEqual(['pocket-2026-01-02T00-00-00.000Z.archive'])
  await run()
  expect(s3.pendingUploads()).toEqual([])
  expect(objectNames()).toEqual([
    '/pocket/instance/a-picture',
    'pocket-2026-01-02T00-00-00.000Z.archive',
    'pocket-2026-01-02T00-00-00.000Z.archive.checked',
    'pocket-2026-01-03T00-00-00.000Z.archive',
    'pocket-2026-01-03T00-00-00.000Z.archive.checked',
  ])
})

/** Starts an upload as a process does that is killed afterwards. */
async function startUpload(): Promise<void> {
  const client = createS3Client({ ...bucketConfig(), prefix: 'instance/backups' })
  const name = 'pocket-2026-05-01T00-00-00.000Z.archive'
  await client.sendOk({ method: 'POST', name, query: { uploads: '' } })
}

test('a storage that does not list unfinished uploads is usable', async () => {
  const { run } = createLargeBackups()
  s3.failWhen((request) => /^GET .*[?&]uploads=/.test(request), 501)
  await run()
  expect(objectNames()).toHaveLength(2)
})

test('a bucket that cannot be listed is reported with its reason', async () => {
  const { status } = createLargeBackups()
  s3.failNext(403)
  expect(await status()).toMatchObject({ lastAt: null, problem: expect.stringContaining('403') })
})

test('a request to a storage that never responds ends after its timeout', async () => {
  await using server = createServer(() => {})
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  await using _sockets = { [Symbol.asyncDispose]: async () => server.closeAllConnections() }
  const client = createS3Client({ ...bucketConfig(), endpoint: `http://127.0.0.1:${port}` })
  await expect(client.send({ method: 'GET', name: 'x', timeout: 200 })).rejects.toThrow(/timeout/i)
})
