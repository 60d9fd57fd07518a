import { columns, defineTable } from '@pocket/core/internal/sql'

/** A batch of audit entries, chained with the batch before it. */
export interface AuditSeal {
  /** 1 for the first batch. */
  readonly number: number
  /** Milliseconds since the Unix epoch, of the first entry. */
  readonly firstAt: number
  readonly lastAt: number
  readonly lastId: string
  readonly entries: number
  /** HMAC-SHA-256 of the previous hash and the entries, base64url. */
  readonly hash: string
  /** Whether retention has removed the entries; the hash remains as the start of the chain. */
  readonly isRemoved: boolean
}

const { bigint, boolean, hash, integer, primary, uuid } = columns

export const auditSealTable = defineTable<AuditSeal>('pocket_audit_seal', {
  columns: {
    number: primary(bigint),
    firstAt: bigint,
    lastAt: bigint,
    lastId: uuid,
    entries: integer,
    hash,
    isRemoved: boolean,
  },
})
