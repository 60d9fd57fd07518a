import { columns, defineTable } from '@pocket/core/internal/sql'

const { json, primary, varchar } = columns

export type ManagedKind = 'groups' | 'settings' | 'users' | 'clients' | 'apis'

export interface ManagedObject {
  readonly kind: ManagedKind
  /** The ID of the object; `settings` for the settings. */
  readonly id: string
  /** The declared fields, with their names in the audit log. */
  readonly fields: readonly string[]
}

export const managedTable = defineTable<ManagedObject>('pocket_managed', {
  columns: {
    kind: primary(varchar(20)),
    id: primary(varchar(255)),
    fields: json,
  },
})
