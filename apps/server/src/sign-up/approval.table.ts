import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { Approval } from './approval-store.ts'

const { bigint, boolean, text, uuid } = columns

export const approvalTable: EntitySchema<Approval> = new EntitySchema<Approval>({
  name: 'pocket_approval',
  tableName: 'pocket_approval',
  columns: {
    accountId: { ...uuid, name: 'account_id', primary: true },
    requestedAt: { ...bigint, name: 'requested_at' },
    awaitsAdministrator: { ...boolean, name: 'awaits_administrator' },
    awaitsVerification: { ...boolean, name: 'awaits_verification' },
    returnPath: { ...text, name: 'way_back', nullable: true },
  },
})
