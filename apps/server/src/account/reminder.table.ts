import { columns, defineTable } from '@pocket/core/internal/sql'

export interface Reminder {
  readonly accountId: string
  /** Milliseconds since the Unix epoch. */
  readonly putOffAt: number
}

const { bigint, primary, uuid } = columns

export const reminderTable = defineTable<Reminder>('pocket_reminder', {
  columns: {
    accountId: primary(uuid),
    putOffAt: bigint,
  },
})
