import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'

/** A sign-up that waits for approval or verification. */
export interface Approval {
  readonly accountId: string
  /** Milliseconds since the Unix epoch. */
  readonly requestedAt: number
  readonly awaitsAdministrator: boolean
  /** The user's e-mail address is not verified yet. */
  readonly awaitsVerification: boolean
  /** The path on this server to continue with after approval; `null` if there is none. */
  readonly returnPath: string | null
}

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
