import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { CustomClaim } from '../entities/claim.ts'

const { bigint, text, uuid } = columns

/** A claim with its position among its owner's claims. */
export interface StoredClaim extends CustomClaim {
  readonly ownerId: string
  readonly position: number
}

export const userClaimTable = claimTable('pocket_user_claim', { column: 'user_id', table: 'pocket_user' })
export const groupClaimTable = claimTable('pocket_group_claim', { column: 'group_id', table: 'pocket_group' })

function claimTable(
  name: string,
  owner: { readonly column: string; readonly table: string },
): EntitySchema<StoredClaim> {
  return new EntitySchema<StoredClaim>({
    name,
    tableName: name,
    columns: {
      ownerId: { ...uuid, name: owner.column, primary: true },
      key: { ...text, primary: true },
      value: text,
      position: bigint,
    },
    foreignKeys: [
      {
        name: `${name}_owner`,
        target: owner.table,
        columnNames: ['ownerId'],
        referencedColumnNames: ['id'],
        onDelete: 'CASCADE',
      },
    ],
  })
}
