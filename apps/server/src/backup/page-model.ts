import type { FieldError } from '@pocket/core/errors'
import type { SignedInPage } from '../http/viewer.ts'
import type { JobItem } from '../jobs/jobs.ts'
import type { BackupStatus } from './backup-status.ts'

/** `/settings/admin/backups`: scheduled backups, and the download of an archive. */
export interface BackupsPage extends SignedInPage<'backups'> {
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
