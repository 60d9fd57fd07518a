import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { StoredSetting } from './setting-store.ts'

export const settingTable: EntitySchema<StoredSetting> = new EntitySchema<StoredSetting>({
  name: 'pocket_setting',
  tableName: 'pocket_setting',
  columns: { key: { ...columns.varchar(100), primary: true }, value: columns.text },
})
