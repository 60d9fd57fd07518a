import type { FieldError } from '@pocket/core/errors'
import type { Viewer } from '../http/viewer.ts'
import type { JobItem } from '../jobs/jobs.ts'
import type { BackupStatus } from './backup-status.ts'

/** `/settings/admin/backups`: scheduled backups, and the download of an archive. */
export interface BackupsPage {
  readonly view: 'backups'
  readonly viewer: Viewer
  /** The schedule; `null` if no backups are scheduled. */
  readonly scheduled: { readonly status: BackupStatus; readonly job: JobItem | null } | null
  /** Whether the download of an archive begins, or was rejected because another is in progress. */
  readonly download: 'started' | 'busy' | null
  readonly recipient: string
  readonly problems: readonly FieldError[]
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly backups: BackupsPage
  }
}
