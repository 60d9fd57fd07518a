import { columns, defineTable } from '@pocket/core/internal/sql'

const { bigint, primary, text, varchar } = columns

export interface StoredFile {
  readonly name: string
  /** Base64. */
  readonly data: string
  readonly createdAt: number
}

export const fileTable = defineTable<StoredFile>('pocket_file', {
  columns: {
    name: primary(varchar(200)),
    data: text,
    createdAt: bigint,
  },
})
