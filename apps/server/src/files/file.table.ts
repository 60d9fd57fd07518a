import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'

/** A file stored in the database. */
export interface StoredFile {
  readonly name: string
  /** Base64. */
  readonly data: string
  readonly createdAt: number
}

export const fileTable: EntitySchema<StoredFile> = new EntitySchema<StoredFile>({
  name: 'pocket_file',
  tableName: 'pocket_file',
  columns: {
    name: { ...columns.varchar(200), primary: true },
    data: columns.text,
    createdAt: { ...columns.bigint, name: 'created_at' },
  },
})
