import { join } from 'node:path'
import type { FilesConfig, S3Config } from './files.ts'
import type { Reader } from './reader.ts'
import { InvalidValueError, parseBoolean, parseEnum, type RawValue, type Section, type Variable } from './variable.ts'

/** Milliseconds. */
const hour = 3_600_000
const intervals = { off: null, hourly: hour, daily: 24 * hour, weekly: 7 * 24 * hour, elsewhere: null }
const schedules = ['off', 'hourly', 'daily', 'weekly', 'elsewhere'] as const

const migrationBackup: Variable<'on' | 'off'> = {
  name: 'MIGRATION_BACKUP',
  type: '`on` or `off`',
  default: 'on',
  description:
    'Whether a backup is made and checked before an update changes the tables. It is kept in `backups` in the data folder; `pocket-id rollback` of the previous version returns to it.',
  parse: parseEnum(['on', 'off']),
}

const allowDowngrade: Variable<boolean> = {
  name: 'ALLOW_DOWNGRADE',
  type: 'boolean',
  default: 'false',
  description:
    'Accepted for compatibility. An older version never changes the tables of a newer one; run its `pocket-id rollback` instead.',
  parse: parseBoolean,
}

const schedule: Variable<(typeof schedules)[number]> = {
  name: 'BACKUP_SCHEDULE',
  type: schedules.map((name) => `\`${name}\``).join(', '),
  default: 'off',
  description:
    'How often a backup is made. Each is read back and checked before older ones are removed. `elsewhere` means that other programs make them, for example `pg_dump`: the overview and `doctor` then do not report missing ones.',
  parse: parseEnum(schedules),
}

const folder: Variable<string> = {
  name: 'BACKUP_FOLDER',
  type: 'path',
  default: '`backups/` in the bucket with `FILE_BACKEND=s3`, otherwise `backups` in the data folder',
  description:
    'The folder where backups are kept instead of the bucket. A folder on the disk of the database does not survive that disk.',
  parse: ({ text }) => text,
}

const keep: Variable<number> = {
  name: 'BACKUP_KEEP',
  type: 'integer',
  default: '7',
  description: 'How many scheduled backups are kept.',
  parse: parseKeep,
}

const recipient: Variable<string> = {
  name: 'BACKUP_RECIPIENT',
  type: 'text',
  default: 'none',
  description: 'The age recipient (`age1…`) to which backups are encrypted. Without it they are not encrypted.',
  parse: parseRecipient,
}

export const backupSection = {
  title: 'Backups',
  variables: { schedule, folder, keep, recipient, migrationBackup, allowDowngrade },
} satisfies Section

export interface BackupConfig {
  /** Whether other programs make backups; default: no. */
  readonly isBackedUpElsewhere?: boolean
  /** Whether a backup is made before migrations run; default: yes. */
  readonly migrationBackup?: boolean
  /** Absent if no backups are scheduled. */
  readonly scheduledBackups?: {
    readonly intervalMs: number
    readonly target: { readonly kind: 'folder'; readonly folder: string } | ({ readonly kind: 'bucket' } & S3Config)
    readonly keep: number
    /** An age recipient; `undefined`: backups are not encrypted. */
    readonly recipient: string | undefined
  }
}

export function readBackup(reader: Reader, dataFolder: string, { files }: FilesConfig): BackupConfig {
  if (reader.read(allowDowngrade))
    reader.warnings.push('ALLOW_DOWNGRADE does not undo an update: run "pocket-id rollback" with the older version.')
  const chosen = reader.read(schedule) ?? 'off'
  const intervalMs = intervals[chosen]
  const scheduledBackups = {
    target: targetOf(reader.read(folder), dataFolder, files),
    keep: reader.read(keep) ?? 7,
    recipient: reader.read(recipient),
  }
  if (intervalMs !== null && scheduledBackups.target.kind === 'bucket' && scheduledBackups.recipient === undefined)
    reader.warnings.push('Backups in the bucket are not encrypted: set BACKUP_RECIPIENT.')
  return {
    migrationBackup: reader.read(migrationBackup) !== 'off',
    isBackedUpElsewhere: chosen === 'elsewhere',
    ...(intervalMs !== null && { scheduledBackups: { intervalMs, ...scheduledBackups } }),
  }
}

type Target = NonNullable<BackupConfig['scheduledBackups']>['target']

function targetOf(folderName: string | undefined, dataFolder: string, files: FilesConfig['files']): Target {
  if (folderName === undefined && files.kind === 's3') return { ...files, kind: 'bucket' }
  return { kind: 'folder', folder: folderName ?? join(dataFolder, 'backups') }
}

function parseKeep({ text }: RawValue): number {
  const number = Number(text)
  if (!/^\d{1,4}$/.test(text) || number === 0)
    throw new InvalidValueError(`"${text}" is not a number of backups`, 'Write a number from 1 to 9999.')
  return number
}

function parseRecipient({ text }: RawValue): string {
  if (!/^age1[a-z0-9]+$/.test(text))
    throw new InvalidValueError(
      `"${text.slice(0, 100)}" is not an age recipient`,
      'Write the public key that age-keygen prints: age1…',
    )
  return text
}
