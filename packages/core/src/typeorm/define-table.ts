import { EntitySchema, type EntitySchemaColumnOptions, type EntitySchemaOptions } from 'typeorm'

type TableOptions<Entity> = Pick<EntitySchemaOptions<Entity>, 'columns' | 'indices' | 'foreignKeys' | 'synchronize'>

/** A table whose columns have the names of the properties in snake case, unless they name themselves. */
export function defineTable<Entity>(name: string, options: TableOptions<Entity>): EntitySchema<Entity> {
  const columns = Object.entries<EntitySchemaColumnOptions | undefined>(options.columns).map(([property, column]) => [
    property,
    { name: property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), ...column },
  ])
  return new EntitySchema<Entity>({ ...options, name, tableName: name, columns: Object.fromEntries(columns) })
}

/** A foreign key whose rows are deleted with the row of `table` that the property refers to. */
export function cascadingKey(name: string, { property, table }: { property: string; table: string }) {
  const onDelete = 'CASCADE' as const
  return { name, target: table, columnNames: [property], referencedColumnNames: ['id'], onDelete }
}
