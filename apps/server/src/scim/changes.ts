import type { AuditEvent, AuditSink, Clock } from '@pocket/core'
import type { RecordMany } from '../audit-log/audit-log.ts'
import type { ScimProviderStore } from './provider-store.ts'

/** After what has happened somebody may have to be provisioned in another way. */
const changing: ReadonlySet<AuditEvent['event']> = new Set([
  'account_created',
  'account_updated',
  'account_disabled',
  'account_enabled',
  'account_removed',
  'account_groups_changed',
  'group_created',
  'group_updated',
  'group_removed',
  'group_members_changed',
  'group_clients_changed',
  'membership_ended',
  'client_updated',
  'client_groups_changed',
])

/**
 * Keeps that something has changed, in the transaction of the change: everything that changes people and groups, by
 * whomever, is in the audit log.
 */
export function withChangeTracking(
  audit: AuditSink,
  { store, clock }: { readonly store: Pick<ScimProviderStore, 'recordChange'>; readonly clock: Clock },
): AuditSink {
  return {
    async record(event, origin) {
      await audit.record(event, origin)
      if (changing.has(event.event)) await store.recordChange(clock.now())
    },
  }
}

/** Like {@link withChangeTracking}, for many events at once: they are one change. */
export function withBulkChangeTracking(
  recordMany: RecordMany,
  { store, clock }: { readonly store: Pick<ScimProviderStore, 'recordChange'>; readonly clock: Clock },
): RecordMany {
  return async (events) => {
    await recordMany(events)
    if (events.some(({ event }) => changing.has(event.event))) await store.recordChange(clock.now())
  }
}
