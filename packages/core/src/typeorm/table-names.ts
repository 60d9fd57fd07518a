import type { DataSource, DataSourceOptions } from 'typeorm'

/** Rewrites a statement for the tables of one `DataSource`. */
export type RewriteTableNames = (sql: string) => string

/** Matches names of our tables, indexes and constraints, with their quotes. */
const namePattern = /(["']?)\b(pocket_[a-z0-9_]+)\b\1/g

/**
 * Rewrites table names in handwritten statements as TypeORM does in its own: with the `entityPrefix` of the host's
 * `DataSource`, and on PostgreSQL with its `schema`. `undefined` if it has neither.
 */
export function createTableNameRewriter({ options, entityMetadatas }: DataSource): RewriteTableNames | undefined {
  const schema = options.type === 'postgres' ? options.schema : undefined
  if (schema === undefined && !options.entityPrefix) return undefined
  const schemaPrefix = schema === undefined ? '' : `${quoteName(schema)}.`
  const names = new Map(
    entityMetadatas.map((entity) => [entity.tableNameWithoutPrefix, schemaPrefix + quoteName(entity.tableName)]),
  )
  return (sql) => sql.replaceAll(namePattern, (match, _quote, name: string) => names.get(name) ?? match)
}

/**
 * Options for migration connections: handwritten statements name no schema, so the host's schema comes first in the search
 * path. Its own connection options (`extra.options`) are kept.
 */
export function withMigrationSchema(options: DataSourceOptions): DataSourceOptions {
  if (options.type !== 'postgres' || options.schema === undefined) return options
  const extra: { options?: string } = options.extra ?? {}
  // PostgreSQL splits these options at spaces that are not escaped by a backslash.
  const path = `${quoteName(options.schema)},public`.replaceAll(/[\\ ]/g, '\\$&')
  return { ...options, extra: { ...extra, options: `${extra.options ?? ''} -c search_path=${path}`.trimStart() } }
}

/**
 * Prefixes these tables with the `entityPrefix` of a `DataSource` used only for migrations, in every statement. Indexes and
 * foreign keys keep their names, as in TypeORM.
 */
export function prefixTables({ driver, options: { entityPrefix } }: DataSource, tables: ReadonlySet<string>): void {
  if (!entityPrefix) return
  const prefixNames = (text: string): string =>
    text.replaceAll(namePattern, (match, quote: string, name: string, offset: number) => {
      // TypeORM changes some tables by their existing name, which includes the prefix.
      const isPrefixed = quote === '' && text.endsWith(entityPrefix, offset)
      if (isPrefixed || !tables.has(name)) return match
      return quote === '' ? quoteName(entityPrefix + name) : quote + entityPrefix + name + quote
    })
  const prefixName = (value: unknown) => (typeof value === 'string' && tables.has(value) ? entityPrefix + value : value)
  const createQueryRunner = driver.createQueryRunner.bind(driver)
  driver.createQueryRunner = (mode) => {
    const runner = createQueryRunner(mode)
    const query = runner.query.bind(runner)
    // Casts, since one function implements all overloads, and one of them accepts only `true`.
    runner.query = ((sql: string, parameters?: unknown[], isStructured?: true) =>
      query(
        prefixNames(sql),
        Array.isArray(parameters) ? parameters.map(prefixName) : parameters,
        isStructured as true,
      )) as typeof runner.query
    return runner
  }
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
