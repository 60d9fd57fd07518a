import { columns, defineTable } from '@pocket/core/internal/sql'

/** A stored setting; a sensitive value is encrypted. */
export interface StoredSetting {
  readonly key: string
  readonly value: string
}

export const settingTable = defineTable<StoredSetting>('pocket_setting', {
  columns: { key: columns.primary(columns.varchar(100)), value: columns.text },
})
