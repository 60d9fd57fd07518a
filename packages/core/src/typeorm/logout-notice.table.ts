import type { LogoutNotice } from '../logout-notices/logout-notice-store.ts'
import { bigint, primary, text, varchar } from './columns.ts'
import { defineTable } from './define-table.ts'

export const logoutNoticeTable = defineTable<LogoutNotice>('pocket_logout_notice', {
  columns: {
    id: primary(varchar(36)),
    clientId: text,
    accountId: varchar(255),
    sid: varchar(255),
    attempts: bigint,
    nextAttemptAt: bigint,
    createdAt: bigint,
  },
  indices: [{ name: 'pocket_logout_notice_due', columns: ['nextAttemptAt'] }],
})
