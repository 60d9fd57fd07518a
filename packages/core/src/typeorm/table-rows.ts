import type { EntitySchema, EntitySchemaColumnOptions } from 'typeorm'
import type { DatabaseKind } from './database.ts'
import type { Parameter } from './parameter.ts'

interface Column {
  readonly property: string
  readonly name: string
  readonly encode: (value: unknown) => Parameter
  readonly decode: (value: unknown) => unknown
}

/**
 * The SQL fragments of a table, derived from its `EntitySchema`: the column list, and the conversion between stored rows and
 * plain objects.
 */
export class TableRows<Entity> {
  /** The quoted table name. */
  readonly table: string
  /** All columns, quoted and separated by commas. */
  readonly columns: string
  /** `SELECT ... FROM table`, to be completed by the caller. */
  readonly select: string
  /** `INSERT INTO table (...) VALUES ($1, ...)`, to be completed by the caller; takes {@link TableRows.values}. */
  readonly insert: string
  /** `$1, $2, ...` for {@link TableRows.values}. */
  readonly placeholders: string
  /** The number of values in {@link TableRows.values}. */
  readonly count: number
  readonly #columns: readonly Column[]

  constructor(schema: EntitySchema<Entity>) {
    const { name, columns } = schema.options
    this.#columns = Object.entries<EntitySchemaColumnOptions | undefined>(columns).flatMap(([property, options]) =>
      options === undefined ? [] : [toColumn(property, options)],
    )
    this.count = this.#columns.length
    this.table = quoteName(name)
    this.columns = this.#columns.map((column) => quoteName(column.name)).join(', ')
    this.select = `SELECT ${this.columns} FROM ${this.table}`
    this.placeholders = this.#columns.map((_, index) => `$${index + 1}`).join(', ')
    this.insert = `INSERT INTO ${this.table} (${this.columns}) VALUES (${this.placeholders})`
  }

  /** `"a" = $1, "b" = $2, ...` for all columns except those of the properties in `except`. */
  assignments(...except: readonly (keyof Entity & string)[]): string {
    const excluded = new Set<string>(except)
    return this.#columns
      .map((column, index) => ({ ...column, index }))
      .filter(({ property }) => !excluded.has(property))
      .map(({ name, index }) => `${quoteName(name)} = $${index + 1}`)
      .join(', ')
  }

  /** `"a" = excluded."a", ...` for all columns except those of the properties in `except`. */
  excluded(...except: readonly (keyof Entity & string)[]): string {
    const omitted = new Set<string>(except)
    return this.#columns
      .filter(({ property }) => !omitted.has(property))
      .map(({ name }) => `${quoteName(name)} = excluded.${quoteName(name)}`)
      .join(', ')
  }

  /** One value for each column, in the order of {@link TableRows.columns}. */
  values(entity: Entity): Parameter[] {
    const source = propertiesOf(entity)
    return this.#columns.map(({ property, encode }) => encode(source[property]))
  }

  /** One value for each column by its name; {@link TableRows.selectProvided} reads a JSON array of these. */
  record(entity: Entity): Readonly<Record<string, Parameter>> {
    const values = this.values(entity)
    return Object.fromEntries(this.#columns.map(({ name }, index) => [name, values[index] ?? null]))
  }

  /** `SELECT ...` of rows passed as one JSON array parameter, in column order, for any number of rows. */
  selectProvided(kind: DatabaseKind, parameter = '$1'): string {
    if (kind === 'postgres')
      return `SELECT ${this.columns} FROM json_populate_recordset(NULL::${this.table}, ${parameter}::json)`
    const columns = this.#columns.map(({ name }) => `json_extract(entry, '$.${name}') AS ${quoteName(name)}`)
    // Otherwise SQLite writes and parses the text of a row again for each column.
    const entries = `WITH entries AS MATERIALIZED (SELECT jsonb(value) AS entry FROM json_each(${parameter}))`
    return `${entries} SELECT ${columns.join(', ')} FROM entries`
  }

  /** Inserts the rows that {@link TableRows.selectProvided} reads; an `ON CONFLICT` clause may follow. */
  insertProvided(kind: DatabaseKind): string {
    // SQLite parses ON CONFLICT as part of a SELECT without WHERE.
    return `INSERT INTO ${this.table} (${this.columns}) ${this.selectProvided(kind)} WHERE true`
  }

  /**
   * Updates rows with the values that {@link TableRows.selectProvided} reads, matched by the column of `key`; to be completed by the
   * caller.
   */
  updateProvided(kind: DatabaseKind, key: keyof Entity & string): string {
    const keyColumn = this.#columns.find(({ property }) => property === key)
    const otherColumns = this.#columns.filter(({ property }) => property !== key)
    const assignments = otherColumns.map(({ name }) => `${quoteName(name)} = provided.${quoteName(name)}`)
    return `UPDATE ${this.table} SET ${assignments.join(', ')} FROM (${this.selectProvided(kind)}) AS provided
      WHERE ${this.table}.${quoteName(keyColumn?.name)} = provided.${quoteName(keyColumn?.name)}`
  }

  read(row: object): Entity {
    const source = propertiesOf(row)
    const entity: Record<string, unknown> = {}
    for (const { property, name, decode } of this.#columns) entity[property] = decode(source[name])
    // The cast is safe because the columns of the schema match the entity.
    return entity as Entity
  }

  all(rows: readonly object[]): Entity[] {
    return Array.from(rows, (row) => this.read(row))
  }

  first(rows: readonly object[]): Entity | undefined {
    const row = rows[0]
    return row === undefined ? undefined : this.read(row)
  }
}

/** V8 caches these lookups, unlike those of `Reflect.get`. */
function propertiesOf(object: unknown): Readonly<Record<string, unknown>> {
  // The cast is safe: it only names the properties of any object.
  return object as Readonly<Record<string, unknown>>
}

function quoteName(name: string | undefined): string {
  if (name === undefined || !/^[a-z0-9_]+$/.test(name)) throw new TypeError(`Not a valid SQL name: ${name}`)
  return `"${name}"`
}

function toColumn(property: string, options: EntitySchemaColumnOptions): Column {
  const name = options.name ?? property
  switch (options.type) {
    case 'simple-json':
      return { property, name, encode: (value) => JSON.stringify(value), decode: (text) => JSON.parse(String(text)) }
    case 'boolean':
      return { property, name, encode: toParameter, decode: (value) => value === true || value === 1 }
    case 'bigint':
      return { property, name, encode: toParameter, decode: (value) => (value === null ? null : Number(value)) }
    default:
      return { property, name, encode: toParameter, decode: (value) => value }
  }
}

function toParameter(value: unknown): Parameter {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value
  }
  throw new TypeError(`Cannot be stored: ${typeof value}`)
}
