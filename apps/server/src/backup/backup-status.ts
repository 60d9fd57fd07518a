import type { JobNotes } from '../jobs/page-model.ts'

export interface BackupStatus {
  readonly kind: 'folder' | 'bucket'
  /** The path of the folder, or the name of the bucket. */
  readonly target: string
  /** Whether the folder is on the disk of the database. */
  readonly isOnSameDisk: boolean
  /** The time between two backups, in milliseconds. */
  readonly intervalMs: number
  /** When the last good backup was made, in milliseconds since the Unix epoch; `null` if there is none. */
  readonly lastAt: number | null
  /** Why the backups could not be listed. */
  readonly problem: string | null
}

export function backupNote({ target, lastAt, problem }: BackupStatus): JobNotes[string] {
  if (problem !== null) return { sentence: 'backupUnknown', values: { target, problem }, at: null }
  if (lastAt === null) return { sentence: 'backupNone', values: {}, at: null }
  return { sentence: 'backupLast', values: {}, at: lastAt }
}
