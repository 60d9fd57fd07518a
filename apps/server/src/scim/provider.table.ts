import { columns, defineTable } from '@pocket/core/internal/sql'
import type { ScimProvider } from './provider.ts'

const { bigint, boolean, json, nullable, primary, text, uuid, varchar } = columns

/** A provider as stored, with additional columns for queries. */
export interface StoredScimProvider extends Omit<ScimProvider, 'report'> {
  /** `{}` before the first run. */
  readonly report: object
  readonly failed: boolean
  readonly finishedAt: number | null
}

export const scimProviderTable = defineTable<StoredScimProvider>('pocket_scim_provider', {
  columns: {
    id: primary(uuid),
    clientId: text,
    endpoint: text,
    token: text,
    removal: varchar(10),
    createdAt: bigint,
    nextRunAt: bigint,
    leaseOwner: nullable(uuid),
    leaseUntil: nullable(bigint),
    startedAt: nullable(bigint),
    finishedAt: nullable(bigint),
    succeededAt: nullable(bigint),
    failed: boolean,
    report: json,
  },
  indices: [{ name: 'pocket_scim_provider_client', columns: ['clientId'] }],
})

export interface StoredScimChange {
  readonly id: string
  readonly changedAt: number
}

/** Separate rows, so that concurrent changes do not block each other. */
export const scimChangeTable = defineTable<StoredScimChange>('pocket_scim_change', {
  columns: { id: { ...uuid, primary: true }, changedAt: { ...bigint, name: 'changed_at' } },
  indices: [{ name: 'pocket_scim_change_at', columns: ['changedAt'] }],
})
