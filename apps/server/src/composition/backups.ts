import type { ScheduledBackups } from '../backup/scheduled-backups.ts'
import { serverVersion } from '../version/version.ts'
import type { Platform } from './platform.ts'

/** Resolves to `undefined` if no back-ups are scheduled; the libraries of archives are loaded only otherwise. */
export async function composeBackups({
  config,
  database,
  logger,
  clock,
}: Pick<Platform, 'config' | 'database' | 'logger' | 'clock'>): Promise<ScheduledBackups | undefined> {
  const { scheduledBackups: settings, dataFolder } = config
  if (settings === undefined) return undefined
  const { createScheduledBackups } = await import('../backup/scheduled-backups.ts')
  const { exportOpened } = await import('./archives.ts')
  const version = serverVersion()
  return createScheduledBackups({
    settings,
    databaseFolder: config.database.kind === 'sqlite' ? dataFolder : undefined,
    clock,
    writeArchive: ({ encryption, output, signal }) =>
      exportOpened(
        { config, logger, version, encryption, includeKey: false, ...(signal && { signal }) },
        database,
        output,
      ),
  })
}
