import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'

/** A stored setting; a sensitive value is encrypted. */
export interface StoredSetting {
  readonly key: string
  readonly value: string
}

export const settingTable: EntitySchema<StoredSetting> = new EntitySchema<StoredSetting>({
  name: 'pocket_setting',
  tableName: 'pocket_setting',
  columns: { key: { ...columns.varchar(100), primary: true }, value: columns.text },
})
