import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { Reminder } from './reminder-store.ts'

const { bigint, uuid } = columns

export const reminderTable: EntitySchema<Reminder> = new EntitySchema<Reminder>({
  name: 'pocket_reminder',
  tableName: 'pocket_reminder',
  columns: {
    accountId: { ...uuid, name: 'account_id', primary: true },
    putOffAt: { ...bigint, name: 'put_off_at' },
  },
})
