import { ConfigurationError } from '../errors.ts'
import type { MigrationSet } from './migration-set.ts'

/** The names of applied migrations, by the table of their set; sets without applied migrations are absent. */
export type AppliedMigrations = ReadonlyMap<string, readonly string[]>

/**
 * The prefix of migrations that only add tables, indexes, and columns that older versions need not fill. It is stored with
 * the name, so that an older version that does not know the migration can continue.
 */
const additivePrefix = /^Additive[A-Z]/

/**
 * Rejects a database on which a newer version has run unknown migrations, unless their names begin with `Additive`.
 *
 * @param description - describes the database for operators, without its password
 * @throws {ConfigurationError}
 *
 * @example
 * ```ts
 * refuseNewerDatabase([pocketMigrations], new Map([['pocket_core_migration', names]]))
 * ```
 */
export function refuseNewerDatabase(
  sets: readonly MigrationSet[],
  applied: AppliedMigrations,
  description = 'The database',
): void {
  const unknownMigrations = sets.flatMap((set) => {
    const knownMigrations = new Set(migrationNames(set))
    return (applied.get(set.table) ?? []).filter((name) => !knownMigrations.has(name) && !additivePrefix.test(name))
  })
  if (unknownMigrations.length === 0) return
  throw new ConfigurationError(
    [
      `${description} was changed by a newer version: it contains migrations that this version does not know (${unknownMigrations.join(', ')}).`,
      'Nothing was written; the database is unchanged.',
      'Start the newer version again, or restore a backup from before the update.',
    ].join('\n'),
  )
}

/**
 * The names of pending migrations.
 *
 * @example
 * ```ts
 * const isCurrent = missingMigrations([pocketMigrations], applied).length === 0
 * ```
 */
export function missingMigrations(sets: readonly MigrationSet[], applied: AppliedMigrations): readonly string[] {
  return sets.flatMap((set) => {
    const appliedNames = new Set(applied.get(set.table))
    return migrationNames(set).filter((name) => !appliedNames.has(name))
  })
}

/** TypeORM uses the class name if the migration has no name. */
function migrationNames({ migrations }: MigrationSet): readonly string[] {
  return migrations.map((Migration) => new Migration().name ?? Migration.name)
}
