import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, readdirSync, statSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@pocket/core'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import type { BackupConfig } from '../config/backup.ts'
import type { JobNotes } from '../jobs/page-model.ts'
import type { Job } from '../jobs/scheduler.ts'
import { openArchive } from './encryption.ts'
import type { ExportTarget } from './export-archive.ts'
import { readArchive } from './read-archive.ts'

export interface ScheduledBackupDeps {
  readonly settings: NonNullable<BackupConfig['scheduledBackups']>
  /** The folder of an SQLite database; `undefined` for PostgreSQL, whose disk is unknown. */
  readonly databaseFolder: string | undefined
  readonly writeArchive: (target: ExportTarget) => Promise<unknown>
  readonly clock: Clock
}

export interface ScheduledBackups {
  readonly job: Job
  readonly notes: () => JobNotes
  /** Whether the back-ups are on the disk of the database. */
  readonly isOnSameDisk: () => boolean
}

const jobName = 'back-up'
const prefix = 'pocket-'
const finished = /^pocket-(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.archive(\.age)?$/
const minute = 60_000

export function createScheduledBackups({
  settings,
  databaseFolder,
  writeArchive,
  clock,
}: ScheduledBackupDeps): ScheduledBackups {
  const { folder, keep, recipient, intervalMs } = settings
  const run = async (signal: AbortSignal) => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // One run at a time holds the lease, so others were interrupted.
    for (const name of await readdir(folder))
      if (name.startsWith(prefix) && name.endsWith('.partial')) await rm(join(folder, name), { force: true })
    const name = `${prefix}${new Date(clock.now()).toISOString().replaceAll(':', '-')}.archive${recipient ? '.age' : ''}`
    const temporaryPath = join(folder, `${name}.${randomUUID()}.partial`)
    try {
      // Its private half exists only in this run, which uses it to read the archive back.
      const identity = await generateIdentity()
      const encryption = recipient && { recipients: [recipient, await identityToRecipient(identity)] }
      const output = createWriteStream(temporaryPath, { flags: 'wx', mode: 0o600, flush: true })
      await writeArchive({ encryption: encryption || undefined, output, signal })
      await check(temporaryPath, identity, signal)
      await rename(temporaryPath, join(folder, name))
    } finally {
      await rm(temporaryPath, { force: true })
    }
    // Only after the new one is complete, so that the newest good one always stays.
    for (const old of finishedIn(folder).slice(keep)) await rm(join(folder, old), { force: true })
  }
  const isOnSameDisk = () => databaseFolder !== undefined && isSameDevice(folder, databaseFolder)
  return {
    job: { name: jobName, intervalMs, maxFirstDelayMs: Math.min(intervalMs, 5 * minute), run },
    isOnSameDisk,
    notes() {
      const [newest] = finishedIn(folder)
      if (newest === undefined) return { [jobName]: { sentence: 'backupNone', values: {}, at: null } }
      const sentence = isOnSameDisk() ? 'backupOnSameDisk' : 'backupLast'
      return { [jobName]: { sentence, values: { folder }, at: timeOf(newest) } }
    },
  }
}

/** @throws {ArchiveError} if the archive cannot be read to its end, or its checksum is wrong */
async function check(path: string, identity: string, signal: AbortSignal): Promise<void> {
  const secrets = { passphrase: () => Promise.reject(new TypeError('not used')), identities: [identity] }
  const { records } = await readArchive(await openArchive(createReadStream(path), secrets))
  for await (const _ of records) signal.throwIfAborted()
}

/** Newest first. */
function finishedIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => finished.test(name))
      .sort()
      .reverse()
  } catch {
    return []
  }
}

function timeOf(name: string): number {
  return Date.parse(name.replace(finished, '$1:$2:$3'))
}

function isSameDevice(left: string, right: string): boolean {
  const [leftDevice, rightDevice] = [left, right].map((path) => statSync(path, { throwIfNoEntry: false })?.dev)
  return leftDevice !== undefined && leftDevice === rightDevice
}
