import { columns, defineTable } from '@pocket/core/internal/sql'

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

const { bigint, boolean, nullable, primary, text, uuid } = columns

export const approvalTable = defineTable<Approval>('pocket_approval', {
  columns: {
    accountId: primary(uuid),
    requestedAt: bigint,
    awaitsAdministrator: boolean,
    awaitsVerification: boolean,
    returnPath: { ...nullable(text), name: 'way_back' },
  },
})
