import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'

/** A reminder that a user postponed. */
export interface Reminder {
  readonly accountId: string
  /** Milliseconds since the Unix epoch. */
  readonly putOffAt: number
}

const { bigint, uuid } = columns

export const reminderTable: EntitySchema<Reminder> = new EntitySchema<Reminder>({
  name: 'pocket_reminder',
  tableName: 'pocket_reminder',
  columns: {
    accountId: { ...uuid, name: 'account_id', primary: true },
    putOffAt: { ...bigint, name: 'put_off_at' },
  },
})
