/** The types that SQLite and PostgreSQL share in this schema. */
export type ColumnType = 'boolean' | 'number' | 'text'

/** A table as an archive describes it, independent of the kind of database. */
export interface TableShape {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[]
}

export type Row = readonly (boolean | number | string | null)[]

const types: Readonly<Record<string, ColumnType>> = {
  boolean: 'boolean',
  bigint: 'number',
  integer: 'number',
  text: 'text',
  varchar: 'text',
  'character varying': 'text',
}

/** @throws {TypeError} for a type that no archive has stored before */
export function columnTypeOf(declaredType: string): ColumnType {
  const type = types[declaredType.toLowerCase().replace(/\(.*/, '')]
  if (type === undefined) throw new TypeError(`Columns of the type ${declaredType} cannot be backed up`)
  return type
}
