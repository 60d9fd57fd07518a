import type { AuditEvent, AuditSink, Clock } from '@pocket/core'
import type { RecordMany } from '../audit-log/audit-log.ts'
import type { ScimProviderStore } from './provider-store.ts'

/** Events that may change the provisioned data. */
const relevantEvents: ReadonlySet<AuditEvent['event']> = new Set([
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
 * Records changes in the transaction of the change: every change of users and groups writes an audit event.
 */
export function withChangeTracking(
  audit: AuditSink,
  { store, clock }: { readonly store: Pick<ScimProviderStore, 'recordChange'>; readonly clock: Clock },
): AuditSink {
  return {
    async record(event, origin) {
      await audit.record(event, origin)
      if (relevantEvents.has(event.event)) await store.recordChange(clock.now())
    },
  }
}

/** Like {@link withChangeTracking}, for many events at once, which count as one change. */
export function withBulkChangeTracking(
  recordMany: RecordMany,
  { store, clock }: { readonly store: Pick<ScimProviderStore, 'recordChange'>; readonly clock: Clock },
): RecordMany {
  return async (events) => {
    await recordMany(events)
    if (events.some(({ event }) => relevantEvents.has(event.event))) await store.recordChange(clock.now())
  }
}
