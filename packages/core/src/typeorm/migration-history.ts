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
 * Rejects a database on which a newer version has run unknown migrations, unless their names begin with `Additive`, and a
 * database on which only some of the migrations have run that the first one replaced.
 *
 * @param description - describes the database for operators, without its password
 * @throws {ConfigurationError}
 */
export function refuseUnsupportedDatabase(
  sets: readonly MigrationSet[],
  applied: AppliedMigrations,
  description = 'The database',
): void {
  const unknownMigrations = sets.flatMap((set) => {
    const appliedNames = applied.get(set.table) ?? []
    const replaced = replacedMigrations(appliedNames, set.lastReplacedMigration)
    if (set.lastReplacedMigration !== undefined && replaced.length > 0 && !replaced.includes(set.lastReplacedMigration))
      throw olderDatabaseError(description, set.lastReplacedMigration)
    const knownMigrations = new Set([...migrationNames(set), ...replaced])
    return appliedNames.filter((name) => !knownMigrations.has(name) && !additivePrefix.test(name))
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

/** The applied migrations that the first migration of their set replaced. */
export function replacedMigrations(
  appliedNames: readonly string[],
  lastReplaced: string | undefined,
): readonly string[] {
  if (lastReplaced === undefined) return []
  return appliedNames.filter((name) => timestampOf(name) <= timestampOf(lastReplaced))
}

/** TypeORM requires that a name ends with a timestamp of 13 digits. */
export function timestampOf(name: string): number {
  return Number(name.slice(-13))
}

export function olderDatabaseError(description: string, lastReplaced: string): ConfigurationError {
  return new ConfigurationError(
    [
      `${description} was last used by a version that is too old for a direct update: the migration ${lastReplaced} has not run.`,
      'Nothing was written; the database is unchanged.',
      'Start the last version that contains this migration once, then start this version again.',
    ].join('\n'),
  )
}

/** The names of pending migrations. */
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
