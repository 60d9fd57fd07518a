import type { Reader } from './reader.ts'
import { parseBoolean, parseEnum, type Section, type Variable } from './variable.ts'

const migrationBackup: Variable<'on' | 'off'> = {
  name: 'MIGRATION_BACKUP',
  type: '`on` or `off`',
  default: 'on',
  description:
    'Whether a back-up is made and checked before an update changes the tables. It is kept in `backups` in the data folder; `pocket-id rollback` of the previous version returns to it.',
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

export const backupSection = {
  title: 'Back-ups',
  variables: { migrationBackup, allowDowngrade },
} satisfies Section

export interface BackupConfig {
  /** Whether a back-up is made before migrations run; default: yes. */
  readonly migrationBackup?: boolean
}

export function readBackup(reader: Reader): BackupConfig {
  if (reader.read(allowDowngrade))
    reader.warnings.push('ALLOW_DOWNGRADE does not undo an update: run "pocket-id rollback" with the older version.')
  return { migrationBackup: reader.read(migrationBackup) !== 'off' }
}
