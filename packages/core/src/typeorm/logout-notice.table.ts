import { EntitySchema } from 'typeorm'
import type { LogoutNotice } from '../logout-notices/logout-notice-store.ts'
import { bigint, text, varchar } from './columns.ts'

/** Clients to notify of a logout. */
export const logoutNoticeTable: EntitySchema<LogoutNotice> = new EntitySchema<LogoutNotice>({
  name: 'pocket_logout_notice',
  tableName: 'pocket_logout_notice',
  columns: {
    id: { ...varchar(36), primary: true },
    clientId: { ...text, name: 'client_id' },
    accountId: { ...varchar(255), name: 'account_id' },
    sid: varchar(255),
    attempts: bigint,
    nextAttemptAt: { ...bigint, name: 'next_attempt_at' },
    createdAt: { ...bigint, name: 'created_at' },
  },
  indices: [{ name: 'pocket_logout_notice_due', columns: ['nextAttemptAt'] }],
})
