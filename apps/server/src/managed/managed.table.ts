import { columns, defineTable } from '@pocket/core/internal/sql'

const { json, primary, varchar } = columns

/** The kinds of objects that a configuration file declares. */
export type ManagedKind = 'groups' | 'settings' | 'users' | 'clients' | 'apis'

/** An object that the configuration file declares. */
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
