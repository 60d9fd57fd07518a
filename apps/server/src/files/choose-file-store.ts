import type { Clock } from '@pocket/core'
import { databaseOf } from '@pocket/core/internal/sql'
import type { FilesConfig } from '../config/files.ts'
import type { MigratedDatabase } from '../database/migrated-database.ts'
import { createDatabaseFileStore } from './database-file-store.ts'
import type { FileStore } from './file-store.ts'
import { folderFileStore } from './folder-file-store.ts'
import { s3FileStore } from './s3-file-store.ts'

export function createFileStore(
  { files }: FilesConfig,
  { dataSource }: Pick<MigratedDatabase, 'dataSource'>,
  clock: Clock,
): FileStore {
  return files.kind === 'database'
    ? createDatabaseFileStore(databaseOf(dataSource), clock)
    : createExternalFileStore(files)
}

export function createExternalFileStore(
  files: Exclude<FilesConfig['files'], { readonly kind: 'database' }>,
): FileStore {
  return files.kind === 'filesystem' ? folderFileStore(files.folder) : s3FileStore(files)
}
