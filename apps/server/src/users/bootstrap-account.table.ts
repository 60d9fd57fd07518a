import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'

/** An administrator whom an API key created. */
export interface BootstrapAccount {
  readonly userId: string
}

export const bootstrapAccountTable: EntitySchema<BootstrapAccount> = new EntitySchema<BootstrapAccount>({
  name: 'pocket_bootstrap_account',
  tableName: 'pocket_bootstrap_account',
  columns: { userId: { ...columns.uuid, name: 'user_id', primary: true } },
})
