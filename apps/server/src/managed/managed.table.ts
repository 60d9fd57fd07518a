import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'

const { json, varchar } = columns

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

export const managedTable: EntitySchema<ManagedObject> = new EntitySchema<ManagedObject>({
  name: 'pocket_managed',
  tableName: 'pocket_managed',
  columns: {
    kind: { ...varchar(20), primary: true },
    id: { ...varchar(255), primary: true },
    fields: json,
  },
})
