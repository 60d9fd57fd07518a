import type { DataSource, DataSourceOptions } from 'typeorm'

/** A statement as it has to be for the tables of one `DataSource`. */
export type NameTables = (sql: string) => string

/** What may be one of our tables in a statement, an index or a constraint; with its quotes. */
const ownName = /(["']?)\b(pocket_[a-z0-9_]+)\b\1/g

/**
 * Names the tables of handwritten statements as TypeORM does in its own: by the `entityPrefix` of the host's `DataSource`,
 * and on PostgreSQL by its `schema`. `undefined` where it has neither.
 */
export function tableNames({ options, entityMetadatas }: DataSource): NameTables | undefined {
  const schema = options.type === 'postgres' ? options.schema : undefined
  if (schema === undefined && !options.entityPrefix) return undefined
  const place = schema === undefined ? '' : `${quoted(schema)}.`
  const names = new Map(entityMetadatas.map((each) => [each.tableNameWithoutPrefix, place + quoted(each.tableName)]))
  return (sql) => sql.replaceAll(ownName, (found, _quote, name: string) => names.get(name) ?? found)
}

/**
 * Options for connections on which migrations run: what is written by hand in them names no schema, so the host's comes
 * first in the search path. Its own options of the connection (`extra.options`) stay.
 */
export function migratingIn(options: DataSourceOptions): DataSourceOptions {
  if (options.type !== 'postgres' || options.schema === undefined) return options
  const extra: { options?: string } = options.extra ?? {}
  // PostgreSQL splits these options at spaces that no backslash keeps.
  const path = `${quoted(options.schema)},public`.replaceAll(/[\\ ]/g, '\\$&')
  return { ...options, extra: { ...extra, options: `${extra.options ?? ''} -c search_path=${path}`.trimStart() } }
}

/**
 * Puts the `entityPrefix` of a `DataSource` that runs nothing but migrations before these tables, whichever statement
 * names them. Indexes and foreign keys stay as they are called, as TypeORM leaves them.
 */
export function prefixTables({ driver, options: { entityPrefix } }: DataSource, tables: ReadonlySet<string>): void {
  if (!entityPrefix) return
  const prefixed = (text: string): string =>
    text.replaceAll(ownName, (found, quote: string, name: string, offset: number) => {
      // TypeORM changes some tables as it finds them, with their prefix.
      const isPrefixed = quote === '' && text.endsWith(entityPrefix, offset)
      if (isPrefixed || !tables.has(name)) return found
      return quote === '' ? quoted(entityPrefix + name) : quote + entityPrefix + name + quote
    })
  const named = (value: unknown) => (typeof value === 'string' && tables.has(value) ? entityPrefix + value : value)
  const createQueryRunner = driver.createQueryRunner.bind(driver)
  driver.createQueryRunner = (mode) => {
    const runner = createQueryRunner(mode)
    const query = runner.query.bind(runner)
    // Casts, since one function stands for all overloads of another, and one of them takes nothing but `true`.
    runner.query = ((sql: string, parameters?: unknown[], isStructured?: true) =>
      query(
        prefixed(sql),
        Array.isArray(parameters) ? parameters.map(named) : parameters,
        isStructured as true,
      )) as typeof runner.query
    return runner
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
