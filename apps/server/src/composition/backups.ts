import { noOrigin } from '@pocket/core/internal'
import { backupNote } from '../backup/backup-status.ts'
import { type BackupDownloads, createBackupDownloads } from '../backup/downloads.ts'
import type { ExportTarget } from '../backup/export-archive.ts'
import type { ScheduledBackups } from '../backup/scheduled-backups.ts'
import type { JobNotes } from '../jobs/page-model.ts'
import { messageOf } from '../logging/failure.ts'
import { serverVersion } from '../version/version.ts'
import type { Platform } from './platform.ts'

type BackupDeps = Pick<Platform, 'config' | 'database' | 'logger' | 'clock' | 'audit'>

/** Resolves to `undefined` if no backups are scheduled; the libraries of archives are loaded only otherwise. */
export async function composeBackups({
  config,
  database,
  logger,
  clock,
  audit,
}: BackupDeps): Promise<ScheduledBackups | undefined> {
  const { scheduledBackups: settings, dataFolder } = config
  if (settings === undefined) return undefined
  const { createScheduledBackups } = await import('../backup/scheduled-backups.ts')
  const { exportDatabase } = await import('./archives.ts')
  return createScheduledBackups({
    settings,
    databaseFolder: config.database.kind === 'sqlite' ? dataFolder : undefined,
    clock,
    async onFailure(error) {
      try {
        await audit.record({ event: 'backup_failed', reason: messageOf(error) }, noOrigin)
      } catch (err) {
        // A full disk may prevent both.
        logger.error({ err }, 'The failure of a backup could not be recorded in the audit log')
      }
    },
    writeArchive: archiveWriter({ config, logger, database }, exportDatabase),
  })
}

export function composeBackupDownloads({ config, database, logger, clock, audit }: BackupDeps): BackupDownloads {
  return createBackupDownloads({
    async load() {
      const [encryption, { exportDatabase }] = await Promise.all([
        import('../backup/encryption.ts'),
        import('./archives.ts'),
      ])
      return { encryption, writeArchive: archiveWriter({ config, logger, database }, exportDatabase) }
    },
    audit,
    clock,
    onError: (err) => logger.warn({ err }, 'The download of a backup ended before it was complete'),
  })
}

function archiveWriter(
  { config, logger, database }: Pick<BackupDeps, 'config' | 'logger' | 'database'>,
  exportDatabase: typeof import('./archives.ts').exportDatabase,
) {
  const version = serverVersion()
  return ({ encryption, output, signal }: ExportTarget) => {
    const options = { config, logger, version, encryption, includeKey: false, ...(signal && { signal }) }
    return exportDatabase(options, database, output)
  }
}

export async function backupNotes(backups: ScheduledBackups | undefined): Promise<JobNotes> {
  return backups === undefined ? {} : { [backups.job.name]: backupNote(await backups.status()) }
}
