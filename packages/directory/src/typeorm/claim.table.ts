import { cascadingKey, columns, defineTable } from '@pocket/core/internal/sql'
import type { CustomClaim } from '../entities/claim.ts'

const { bigint, primary, text, uuid } = columns

/** A claim with its position among its owner's claims. */
export interface StoredClaim extends CustomClaim {
  readonly ownerId: string
  readonly position: number
}

export const userClaimTable = claimTable('pocket_user_claim', { column: 'user_id', table: 'pocket_user' })
export const groupClaimTable = claimTable('pocket_group_claim', { column: 'group_id', table: 'pocket_group' })

function claimTable(name: string, owner: { readonly column: string; readonly table: string }) {
  return defineTable<StoredClaim>(name, {
    columns: {
      ownerId: { ...primary(uuid), name: owner.column },
      key: primary(text),
      value: text,
      position: bigint,
    },
    foreignKeys: [cascadingKey(`${name}_owner`, { property: 'ownerId', table: owner.table })],
  })
}
