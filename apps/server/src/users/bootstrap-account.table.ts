import { columns, defineTable } from '@pocket/core/internal/sql'

export interface BootstrapAccount {
  readonly userId: string
}

export const bootstrapAccountTable = defineTable<BootstrapAccount>('pocket_bootstrap_account', {
  columns: { userId: columns.primary(columns.uuid) },
})
