import type { Deps } from '../http/deps.ts'
import type { AuditEntry } from './audit-entry.ts'
import type { KnownSubjects } from './audit-line.ts'
import type { AuditLogStore } from './audit-log-store.ts'

/** Filter options: submitted values with their labels. */
export interface Choices {
  readonly userNames: ReadonlyMap<string, string>
  readonly clients: ReadonlyMap<string, string>
  /** IDs of existing users; `null` if there are too many to load. */
  readonly userIds: ReadonlySet<string> | null
  readonly clientIds: ReadonlySet<string> | null
}

/** Maximum number of users and clients in a filter; others are found by search or through one of their entries. */
const maxChoices = 200

/** Filter options and subjects of the full audit log, loaded with a constant number of statements. */
export function createAuditSubjects({ auditLog, directory, pocket }: Deps & { readonly auditLog: AuditLogStore }) {
  return {
    async choices(query: Readonly<Record<string, string | readonly string[] | undefined>>): Promise<Choices> {
      const all = { page: 1, limit: maxChoices, filters: {}, search: '' } as const
      const users = await directory.users.page({ ...all, sort: { column: 'username', descending: false } })
      const clients = await pocket.clients.page({
        ...all,
        scope: { of: 'everybody' },
        sort: { by: 'name', descending: false },
      })
      const userId = firstValue(query['filters[userID]'])
      const clientName = firstValue(query['filters[clientName]'])
      const userNames = new Map(users.items.map(({ id, userName }) => [id, userName]))
      if (userId !== '' && !userNames.has(userId))
        userNames.set(userId, (await auditLog.lastAccountName(userId)) ?? userId)
      const names = new Map(clients.items.map(({ client: { name } }) => [name, name]))
      if (clientName !== '') names.set(clientName, clientName)
      return {
        userNames,
        clients: names,
        userIds: users.total > users.items.length ? null : new Set(users.items.map(({ id }) => id)),
        clientIds: clients.total > clients.items.length ? null : new Set(clients.items.map(({ client }) => client.id)),
      }
    },

    async load(entries: readonly AuditEntry[], { userIds, clientIds }: Choices): Promise<KnownSubjects> {
      const groupIds = entries.flatMap(({ data }) => data.groupId ?? [])
      const groups = groupIds.length === 0 ? [] : await directory.groups.list([...new Set(groupIds)])
      const apis = entries.some(({ data }) => data.apiId !== undefined) ? await pocket.apis.list() : []
      const pageUrl = (path: string, ids: ReadonlySet<string> | null) => (id: string) =>
        ids === null || ids.has(id) ? `${path}/${encodeURIComponent(id)}` : null
      return {
        groups: new Map(groups.map(({ id, friendlyName }) => [id, friendlyName])),
        apis: new Map(apis.map(({ id, name }) => [id, name])),
        user: pageUrl('/settings/admin/users', userIds),
        client: pageUrl('/settings/admin/oidc-clients', clientIds),
      }
    },
  }
}

function firstValue(value: string | readonly string[] | undefined): string {
  return [value ?? ''].flat()[0] ?? ''
}
