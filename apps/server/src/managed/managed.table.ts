import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'

const { bigint, integer, json, varchar } = columns

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

/** The configuration file that was applied last; a single row. */
export interface AppliedFile {
  readonly id: 1
  /** The name of the file, without its folder. */
  readonly name: string
  /** The counter in the file. */
  readonly revision: number | null
  /** SHA-256 of the file. */
  readonly digest: string
  /** Milliseconds since the Unix epoch. */
  readonly appliedAt: number
}

export const appliedFileTable: EntitySchema<AppliedFile> = new EntitySchema<AppliedFile>({
  name: 'pocket_applied_file',
  tableName: 'pocket_applied_file',
  columns: {
    id: { ...integer, primary: true },
    name: varchar(255),
    revision: { ...bigint, nullable: true },
    digest: columns.hash,
    appliedAt: { ...bigint, name: 'applied_at' },
  },
})
