import type { EntitySchema, EntitySchemaColumnOptions } from 'typeorm'
import type { DatabaseKind } from './database.ts'
import type { Parameter } from './statements.ts'

interface Column {
  readonly property: string
  readonly name: string
  readonly encode: (value: unknown) => Parameter
  readonly decode: (value: unknown) => unknown
}

/**
 * A table's part of handwritten statements, taken from its `EntitySchema`: the list of columns, and the way between a
 * stored row and the plain object that it stands for.
 *
 * @example
 * ```ts
 * const rows = new TableRows(noteTable)
 * const found = (await database.query(`${rows.select} WHERE id = $1`, ['a'])).map((row) => rows.read(row))
 * ```
 */
export class TableRows<Entity> {
  /** The quoted name. */
  readonly table: string
  /** Every column, quoted, separated by commas. */
  readonly columns: string
  /** `SELECT ... FROM table`, open at the end. */
  readonly select: string
  /** `INSERT INTO table (...) VALUES ($1, ...)`, open at the end; goes with {@link TableRows.values}. */
  readonly insert: string
  /** How many values {@link TableRows.values} makes. */
  readonly count: number
  readonly #columns: readonly Column[]

  constructor(schema: EntitySchema<Entity>) {
    const { name, columns } = schema.options
    this.#columns = Object.entries<EntitySchemaColumnOptions | undefined>(columns).flatMap(([property, options]) =>
      options === undefined ? [] : [columnOf(property, options)],
    )
    this.count = this.#columns.length
    this.table = quoted(name)
    this.columns = this.#columns.map((column) => quoted(column.name)).join(', ')
    this.select = `SELECT ${this.columns} FROM ${this.table}`
    this.insert = `INSERT INTO ${this.table} (${this.columns}) VALUES (${this.#columns.map((_, i) => `$${i + 1}`).join(', ')})`
  }

  /** `"a" = $1, "b" = $2, ...` for the columns that are not among `except`, which are named by their properties. */
  assignments(...except: readonly (keyof Entity & string)[]): string {
    const kept = new Set<string>(except)
    return this.#columns
      .map((column, index) => ({ ...column, index }))
      .filter(({ property }) => !kept.has(property))
      .map(({ name, index }) => `${quoted(name)} = $${index + 1}`)
      .join(', ')
  }

  /** One value for each column, in the order of {@link TableRows.columns}. */
  values(entity: Entity): Parameter[] {
    const values: [string, unknown][] = Object.entries(Object(entity))
    const byProperty = new Map(values)
    return this.#columns.map((column) => column.encode(byProperty.get(column.property)))
  }

  /** One value for each column by its name; a JSON array of these is what {@link TableRows.given} reads. */
  record(entity: Entity): Readonly<Record<string, Parameter>> {
    const values = this.values(entity)
    return Object.fromEntries(this.#columns.map(({ name }, index) => [name, values[index] ?? null]))
  }

  /** `SELECT ...` of rows that a parameter holds as a JSON array, in the order of the columns: any number is one parameter. */
  given(kind: DatabaseKind, parameter = '$1'): string {
    if (kind === 'postgres')
      return `SELECT ${this.columns} FROM json_populate_recordset(NULL::${this.table}, ${parameter}::json)`
    const columns = this.#columns.map(({ name }) => `json_extract(value, '$.${name}') AS ${quoted(name)}`)
    return `SELECT ${columns.join(', ')} FROM json_each(${parameter})`
  }

  /** Inserts the rows that {@link TableRows.given} reads; open at the end, where `ON CONFLICT` may follow. */
  insertProvided(kind: DatabaseKind): string {
    // SQLite takes ON CONFLICT for part of a SELECT that has no WHERE.
    return `INSERT INTO ${this.table} (${this.columns}) ${this.given(kind)} WHERE true`
  }

  /** Gives rows the values that {@link TableRows.given} reads, found by the column of `key`; open at the end. */
  updateProvided(kind: DatabaseKind, key: keyof Entity & string): string {
    const found = this.#columns.find(({ property }) => property === key)
    const others = this.#columns.filter(({ property }) => property !== key)
    const assignments = others.map(({ name }) => `${quoted(name)} = given.${quoted(name)}`)
    return `UPDATE ${this.table} SET ${assignments.join(', ')} FROM (${this.given(kind)}) AS given
      WHERE ${this.table}.${quoted(found?.name)} = given.${quoted(found?.name)}`
  }

  read(row: object): Entity {
    const stored = new Map<string, unknown>(Object.entries(row))
    const entity = Object.fromEntries(this.#columns.map((c) => [c.property, c.decode(stored.get(c.name))]))
    // A cast, since the columns of the schema are those of the entity.
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

function quoted(name: string | undefined): string {
  if (name === undefined || !/^[a-z0-9_]+$/.test(name)) throw new TypeError(`Not a name in SQL: ${name}`)
  return `"${name}"`
}

function columnOf(property: string, options: EntitySchemaColumnOptions): Column {
  const name = options.name ?? property
  switch (options.type) {
    case 'simple-json':
      return { property, name, encode: (value) => JSON.stringify(value), decode: (text) => JSON.parse(String(text)) }
    case 'boolean':
      return { property, name, encode: parameter, decode: (value) => value === true || value === 1 }
    case 'bigint':
      return { property, name, encode: parameter, decode: (value) => (value === null ? null : Number(value)) }
    default:
      return { property, name, encode: parameter, decode: (value) => value }
  }
}

function parameter(value: unknown): Parameter {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value
  }
  throw new TypeError(`Cannot be stored: ${typeof value}`)
}
