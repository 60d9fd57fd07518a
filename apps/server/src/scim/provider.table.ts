import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { ScimProvider } from './provider.ts'

const { bigint, boolean, json, text, uuid, varchar } = columns

/** A provider as stored, with additional columns for queries. */
export interface StoredScimProvider extends Omit<ScimProvider, 'report'> {
  /** `{}` before the first run. */
  readonly report: object
  readonly failed: boolean
  /** When the last run finished. */
  readonly finishedAt: number | null
}

export const scimProviderTable: EntitySchema<StoredScimProvider> = new EntitySchema<StoredScimProvider>({
  name: 'pocket_scim_provider',
  tableName: 'pocket_scim_provider',
  columns: {
    id: { ...uuid, primary: true },
    clientId: { ...text, name: 'client_id' },
    endpoint: text,
    token: text,
    removal: varchar(10),
    createdAt: { ...bigint, name: 'created_at' },
    nextRunAt: { ...bigint, name: 'next_run_at' },
    leaseOwner: { ...uuid, name: 'lease_owner', nullable: true },
    leaseUntil: { ...bigint, name: 'lease_until', nullable: true },
    startedAt: { ...bigint, name: 'started_at', nullable: true },
    finishedAt: { ...bigint, name: 'finished_at', nullable: true },
    succeededAt: { ...bigint, name: 'succeeded_at', nullable: true },
    failed: boolean,
    report: json,
  },
  indices: [{ name: 'pocket_scim_provider_client', columns: ['clientId'] }],
})

/** A change of users or groups. */
export interface StoredScimChange {
  readonly id: string
  readonly changedAt: number
}

/** Separate rows, so that concurrent changes do not block each other. */
export const scimChangeTable: EntitySchema<StoredScimChange> = new EntitySchema<StoredScimChange>({
  name: 'pocket_scim_change',
  tableName: 'pocket_scim_change',
  columns: { id: { ...uuid, primary: true }, changedAt: { ...bigint, name: 'changed_at' } },
  indices: [{ name: 'pocket_scim_change_at', columns: ['changedAt'] }],
})
