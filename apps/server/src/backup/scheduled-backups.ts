import { statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import type { Clock } from '@pocket/core'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import type { BackupConfig } from '../config/backup.ts'
import type { Job } from '../jobs/scheduler.ts'
import { messageOf } from '../logging/failure.ts'
import { backupBucket } from './backup-bucket.ts'
import { backupFolder } from './backup-folder.ts'
import type { BackupStatus } from './backup-status.ts'
import { type BackupTarget, backupName, timeOfBackup } from './backup-target.ts'
import { openArchive } from './encryption.ts'
import type { ExportTarget } from './export-archive.ts'
import { readArchive } from './read-archive.ts'

export interface ScheduledBackupDeps {
  readonly settings: NonNullable<BackupConfig['scheduledBackups']>
  /** Default: the target of the settings. */
  readonly target?: BackupTarget
  /** The folder of an SQLite database; `undefined` for PostgreSQL, whose disk is unknown. */
  readonly databaseFolder: string | undefined
  readonly writeArchive: (target: ExportTarget) => Promise<unknown>
  readonly onFailure: (error: unknown) => Promise<void>
  readonly clock: Clock
}

export interface ScheduledBackups {
  readonly job: Job
  readonly status: () => Promise<BackupStatus>
}

const backupJob = 'backup'
/** Milliseconds. */
const minute = 60_000
const listTimeout = 5000

export function createScheduledBackups({
  settings,
  target = targetOf(settings.target),
  databaseFolder,
  writeArchive,
  onFailure,
  clock,
}: ScheduledBackupDeps): ScheduledBackups {
  const { keep, recipient, intervalMs } = settings
  const makeBackup = async (signal: AbortSignal) => {
    // One run at a time holds the lease, so others were interrupted.
    await target.removeLeftovers(signal)
    const name = backupName(clock.now(), { isEncrypted: recipient !== undefined })
    // Its private half exists only in this run, which uses it to read the archive back.
    const identity = await generateIdentity()
    const recipients = recipient && [recipient, await identityToRecipient(identity)]
    const encryption = recipients ? { recipients } : undefined
    const write = (output: NodeJS.WritableStream) => writeArchive({ encryption, output, signal })
    await target.store(name, { write, check: (stored) => check(stored, identity, signal) }, signal)
    // Only after the new one was checked. It stays even if the clock was set back, which sorts it behind the others.
    const others = (await target.list(signal)).filter((other) => other !== name)
    for (const old of others.slice(keep - 1)) await target.remove(old, signal)
  }

  let lastListing: Promise<BackupStatus> | undefined
  let listedAt = 0
  const readStatus = async (): Promise<BackupStatus> => {
    const { kind } = settings.target
    const isOnSameDisk = kind === 'folder' && databaseFolder !== undefined && isSameDevice(target.name, databaseFolder)
    const status = { kind, target: target.name, isOnSameDisk, intervalMs }
    try {
      const [newest] = await target.list(AbortSignal.timeout(listTimeout))
      return { ...status, lastAt: newest === undefined ? null : timeOfBackup(newest), problem: null }
    } catch (error) {
      return { ...status, lastAt: null, problem: messageOf(error) }
    }
  }
  return {
    job: {
      name: backupJob,
      intervalMs,
      maxFirstDelayMs: Math.min(intervalMs, 5 * minute),
      async run(signal) {
        try {
          await makeBackup(signal)
        } catch (error) {
          if (!signal.aborted) await onFailure(error)
          throw error
        } finally {
          lastListing = undefined
        }
      },
    },
    status() {
      const age = clock.now() - listedAt
      if (settings.target.kind === 'folder' || lastListing === undefined || age < 0 || age >= minute) {
        lastListing = readStatus()
        listedAt = clock.now()
      }
      return lastListing
    },
  }
}

function targetOf(settings: ScheduledBackupDeps['settings']['target']): BackupTarget {
  return settings.kind === 'folder' ? backupFolder(settings.folder) : backupBucket(settings)
}

/** @throws {ArchiveError} if the archive cannot be read to its end, or its checksum is wrong */
async function check(stored: Readable, identity: string, signal: AbortSignal): Promise<void> {
  const secrets = { passphrase: () => Promise.reject(new TypeError('not used')), identities: [identity] }
  const { records } = await readArchive(await openArchive(stored, secrets))
  for await (const _ of records) signal.throwIfAborted()
}

function isSameDevice(left: string, right: string): boolean {
  const [leftDevice, rightDevice] = [left, right].map((path) => statSync(path, { throwIfNoEntry: false })?.dev)
  return leftDevice !== undefined && leftDevice === rightDevice
}
