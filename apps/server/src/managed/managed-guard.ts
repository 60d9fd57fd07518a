import { AsyncLocalStorage } from 'node:async_hooks'
import type { AuditEvent, AuditSink } from '@pocket/core'
import { ConflictError } from '@pocket/core/errors'
import { fileFieldOf } from './field-names.ts'
import type { ManagedKind } from './managed.table.ts'
import type { ManagedStore } from './managed-store.ts'

/** A change of an object; without `fields`, its removal. */
interface Touch {
  readonly kind: ManagedKind
  readonly id: string
  readonly fields?: readonly string[] | undefined
}

/** Rejects changes of fields that the configuration file declares. */
export interface ManagedGuard {
  /** Every change of a REST operation or a page records an audit event in its transaction, so none can bypass the check. */
  guard(audit: AuditSink): AuditSink
  bypass<T>(work: () => Promise<T>): Promise<T>
}

export function createManagedGuard(store: Pick<ManagedStore, 'find' | 'isUsed' | 'appliedFile'>): ManagedGuard {
  const bypassed = new AsyncLocalStorage<true>()
  const assertNotManaged = async ({ kind, id, fields }: Touch) => {
    const managed = await store.find(kind, id)
    const declared = managed?.fields.filter((field) => fields?.includes(field) ?? true) ?? []
    if (!managed || (fields && declared.length === 0)) return
    const file = (await store.appliedFile())?.name ?? 'the configuration file'
    const names = declared.map((field) => fileFieldOf(kind, field)).join(', ')
    throw new ConflictError('managed', `Managed by ${file}; change it there: ${names}.`, {
      details: { file, declared: names },
    })
  }
  return {
    guard: (audit) => ({
      async record(event, origin) {
        const touches = bypassed.getStore() ? [] : touchesOf(event)
        if (touches.length > 0 && (await store.isUsed())) for (const touch of touches) await assertNotManaged(touch)
        await audit.record(event, origin)
      },
    }),
    bypass: (work) => bypassed.run(true, work),
  }
}

function touchesOf(event: AuditEvent): readonly Touch[] {
  switch (event.event) {
    case 'settings_changed':
      return [{ kind: 'settings', id: 'settings', fields: event.keys }]
    case 'account_updated':
      return [{ kind: 'users', id: event.accountId, fields: event.fields }]
    case 'account_disabled':
    case 'account_enabled':
      return [{ kind: 'users', id: event.accountId, fields: ['disabled'] }]
    case 'account_removed':
      return [{ kind: 'users', id: event.accountId }]
    case 'account_groups_changed':
    case 'membership_end_changed':
      return [{ kind: 'users', id: event.accountId, fields: ['groups'] }]
    case 'group_members_changed':
      return [...event.added, ...event.removed].map((id) => ({ kind: 'users', id, fields: ['groups'] }))
    case 'account_claims_changed':
      return [{ kind: 'users', id: event.accountId, fields: ['customClaims'] }]
    case 'group_updated':
      return [{ kind: 'groups', id: event.groupId, fields: event.fields }]
    case 'group_removed':
      return [{ kind: 'groups', id: event.groupId }]
    case 'group_claims_changed':
      return [{ kind: 'groups', id: event.groupId, fields: ['customClaims'] }]
    case 'group_clients_changed':
      return changedItems(event.changes?.allowedClientIds).map((id) => ({
        kind: 'clients',
        id,
        fields: ['allowedGroups'],
      }))
    case 'client_updated':
      return [{ kind: 'clients', id: event.clientId, fields: event.fields }]
    case 'client_removed':
      return [{ kind: 'clients', id: event.clientId }]
    case 'client_groups_changed':
      return [{ kind: 'clients', id: event.clientId, fields: ['allowedGroups'] }]
    case 'client_secret_added':
    case 'client_secret_removed':
      // The file does not declare service tokens.
      return event.changes?.serviceToken ? [] : [{ kind: 'clients', id: event.clientId, fields: ['secrets'] }]
    case 'scim_provider_created':
    case 'scim_provider_updated':
    case 'scim_provider_removed':
      return [{ kind: 'clients', id: event.clientId, fields: ['scim'] }]
    case 'api_updated':
      return [{ kind: 'apis', id: event.apiId, fields: event.fields }]
    case 'api_removed':
      return [{ kind: 'apis', id: event.apiId }]
    case 'api_permissions_changed':
      return [{ kind: 'apis', id: event.apiId, fields: ['permissions'] }]
    case 'api_access_changed':
    case 'api_access_removed':
      return [{ kind: 'apis', id: event.apiId, fields: ['access'] }]
    default:
      return []
  }
}

/** The items that are in only one of the two lists. */
function changedItems(change: { readonly before: unknown; readonly after: unknown } | undefined): readonly string[] {
  const listOf = (value: unknown) => (Array.isArray(value) ? value.map(String) : [])
  const [before, after] = [listOf(change?.before), listOf(change?.after)]
  return [...before.filter((id) => !after.includes(id)), ...after.filter((id) => !before.includes(id))]
}
