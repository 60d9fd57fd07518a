import type { ActorState } from './actor-states.ts'
import type { Dialect } from './columns.ts'
import { sourceError } from './source-error.ts'
import { type SourceRow, type SourceTable, sourceTables } from './tables.ts'

/** A stored picture, by its path in the storage of Pocket ID, such as `profile-pictures/….png`. */
export interface SourcePicture {
  readonly path: string
  read(): Promise<Buffer>
}

/** A form of the source: yields rows as they are encoded. */
export interface RawSource extends AsyncDisposable {
  readonly dialect: Dialect
  /** The version of the schema: the number of its last migration. */
  readonly schemaVersion: number
  /** The rows of a table in the order of their creation; none if the table does not exist. */
  rows(table: SourceTable): AsyncIterable<Readonly<Record<string, unknown>>>
  count(table: SourceTable): Promise<number>
  actorStates(): AsyncIterable<ActorState>
  pictures(): AsyncIterable<SourcePicture>
}

/** A snapshot of a Pocket ID instance. */
export interface Source
  extends AsyncDisposable,
    Pick<RawSource, 'schemaVersion' | 'count' | 'actorStates' | 'pictures'> {
  /** @throws {ConfigurationError} for a value of another type */
  rows<Table extends SourceTable>(table: Table): AsyncIterable<SourceRow<Table>>
}

/** Validates and decodes the rows of a source. */
export function decodeSource(raw: RawSource): Source {
  return {
    schemaVersion: raw.schemaVersion,
    count: (table) => raw.count(table),
    actorStates: () => raw.actorStates(),
    pictures: () => raw.pictures(),
    async *rows<Table extends SourceTable>(table: Table) {
      const columns = Object.entries(sourceTables[table])
      for await (const row of raw.rows(table)) {
        const values = columns.map(([name, decode]) => {
          try {
            return [name, decode(row[name], raw.dialect)]
          } catch (cause) {
            const reason = cause instanceof TypeError ? cause.message : 'is damaged'
            throw sourceError(`The column ${name} of the table ${table} of Pocket ID ${reason}.`, cause)
          }
        })
        // The cast is safe: the columns of the table decoded the values.
        yield Object.fromEntries(values) as SourceRow<Table>
      }
    },
    [Symbol.asyncDispose]: () => raw[Symbol.asyncDispose](),
  }
}

/** The last migrations of Pocket ID 2.10.0 and 2.14: the schemas that are understood. */
const oldestSchema = 20260708130000
const newestSchema = 20260814120000

/** @throws {ConfigurationError} for the schema of another version */
export function assertSchemaVersion(version: unknown, isDirty = false): number {
  const schemaVersion = Number(version)
  if (!Number.isSafeInteger(schemaVersion))
    throw sourceError('The source has no schema version: it is not of Pocket ID.')
  if (isDirty) throw sourceError('A migration of Pocket ID was interrupted. Start Pocket ID once, so that it finishes.')
  if (schemaVersion < oldestSchema)
    throw sourceError(
      `The source is of an older version than Pocket ID 2.10 (schema ${schemaVersion}). Start Pocket ID 2.14 with it once, which migrates it.`,
    )
  if (schemaVersion > newestSchema)
    throw sourceError(
      `The source is of a newer version than Pocket ID 2.14 (schema ${schemaVersion}), which this version does not know.`,
    )
  return schemaVersion
}
