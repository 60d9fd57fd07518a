import type { Readable, Writable } from 'node:stream'

/** How a backup is written, and how it is read back. */
export interface BackupContent {
  /** Ends `output`, or rejects. */
  readonly write: (output: Writable) => Promise<unknown>
  /** @throws if the stored backup cannot be restored */
  readonly check: (stored: Readable) => Promise<void>
}

/** Where scheduled backups are kept. */
export interface BackupTarget {
  /** The path of a folder, or the name of a bucket. */
  readonly name: string
  /** The names of complete and checked backups, the newest first. */
  list(signal: AbortSignal): Promise<readonly string[]>
  /** Removes incomplete backups of interrupted runs. */
  removeLeftovers(signal: AbortSignal): Promise<void>
  /** Stores a backup. It is listed after it was read back; if that fails, it is removed. */
  store(name: string, content: BackupContent, signal: AbortSignal): Promise<void>
  remove(name: string, signal: AbortSignal): Promise<void>
}

const prefix = 'pocket-'
const pattern = /^pocket-(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.archive(\.age)?$/

/** Sorts by time. */
export function backupName(time: number, { isEncrypted }: { readonly isEncrypted: boolean }): string {
  return `${prefix}${new Date(time).toISOString().replaceAll(':', '-')}.archive${isEncrypted ? '.age' : ''}`
}

export function isBackupName(name: string): boolean {
  return pattern.test(name)
}

/** Milliseconds since the Unix epoch. */
export function timeOfBackup(name: string): number {
  return Date.parse(name.replace(pattern, '$1:$2:$3'))
}

export function newestFirst(names: readonly string[]): readonly string[] {
  return names.filter(isBackupName).sort().reverse()
}
