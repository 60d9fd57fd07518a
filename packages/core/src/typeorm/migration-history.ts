import { Misconfigured } from '../errors.ts'
import type { MigrationSet } from './migration-set.ts'

/** The names of the migrations that have run, by the table of their set; a set of which none has run is missing. */
export type AppliedMigrations = ReadonlyMap<string, readonly string[]>

/**
 * The mark of a migration that only adds: tables, indexes, and columns that an older version need not fill. It stands in
 * the history with the name, so that an older version, which does not know the migration, knows that it can go on.
 */
const additive = /^Additive[A-Z]/

/**
 * Refuses a database on which a newer version has run migrations that this one does not know, unless their names begin
 * with `Additive`.
 *
 * @param description - which database it is, for people, without its password
 * @throws {Misconfigured}
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
  const unknown = sets.flatMap((set) => {
    const known = new Set(namesOf(set))
    return (applied.get(set.table) ?? []).filter((name) => !known.has(name) && !additive.test(name))
  })
  if (unknown.length === 0) return
  throw new Misconfigured(
    [
      `${description} was changed by a newer version: it holds migrations that this version does not know (${unknown.join(', ')}).`,
      'Nothing was written, so the database is as it was.',
      'Start the newer version again, or restore a backup from before the update.',
    ].join('\n'),
  )
}

/**
 * The names of the migrations that have yet to run.
 *
 * @example
 * ```ts
 * const isCurrent = missingMigrations([pocketMigrations], applied).length === 0
 * ```
 */
export function missingMigrations(sets: readonly MigrationSet[], applied: AppliedMigrations): readonly string[] {
  return sets.flatMap((set) => {
    const done = new Set(applied.get(set.table))
    return namesOf(set).filter((name) => !done.has(name))
  })
}

/** TypeORM takes the name of the class where the migration has none. */
function namesOf({ migrations }: MigrationSet): readonly string[] {
  return migrations.map((Migration) => new Migration().name ?? Migration.name)
}
