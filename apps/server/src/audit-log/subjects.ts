import type { PickedItem } from '../http/choices.ts'
import type { Deps } from '../http/deps.ts'
import type { AuditEntry } from './audit-entry.ts'
import type { KnownSubjects } from './audit-line.ts'
import type { AuditLogStore } from './audit-log-store.ts'

/** The names and pages of what entries of the full audit log are about. */
export function createAuditSubjects({ auditLog, directory, pocket }: Deps & { readonly auditLog: AuditLogStore }) {
  const idIn = (query: Readonly<Record<string, string | readonly string[] | undefined>>, name: string) =>
    [query[`filters[${name}]`] ?? ''].flat()[0] ?? ''

  const account = async (id: string): Promise<PickedItem> => {
    const user = await directory.find(id)
    if (user) return { id, name: user.displayName || user.userName, detail: user.userName }
    return { id, name: (await auditLog.lastAccountName(id)) ?? id, detail: '' }
  }
  const client = async (id: string): Promise<PickedItem> => {
    const name = (await pocket.clients.find(id))?.name ?? (await auditLog.lastClientName(id))
    return { id, name: name ?? id, detail: '' }
  }

  return {
    /** The account and the client that the query filters by, which may have been deleted. */
    async pickers(query: Readonly<Record<string, string | readonly string[] | undefined>>) {
      const [userId, clientId] = [idIn(query, 'userID'), idIn(query, 'clientID')]
      return {
        userID: { kind: 'users', chosen: userId === '' ? undefined : await account(userId) },
        clientID: { kind: 'clients', chosen: clientId === '' ? undefined : await client(clientId) },
      }
    },

    /** Uses a constant number of statements. */
    async load(entries: readonly AuditEntry[]): Promise<KnownSubjects> {
      const groupIds = entries.flatMap(({ data }) => data.groupId ?? [])
      const groups = groupIds.length === 0 ? [] : await directory.groups.list([...new Set(groupIds)])
      const apis = entries.some(({ data }) => data.apiId !== undefined) ? await pocket.apis.list() : []
      const accountIds = new Set(entries.flatMap(({ accountId, actorId }) => [accountId ?? [], actorId ?? []].flat()))
      const users = await directory.findMany([...accountIds])
      const clientIds = [...new Set(entries.flatMap(({ clientId }) => clientId ?? []))]
      const clients = await pocket.clients.page({
        ...{ scope: { of: 'everybody' }, page: 1, limit: clientIds.length + 1, sort: null, filters: {}, search: '' },
        onlyIds: clientIds,
      })
      const pageUrl = (path: string, ids: ReadonlySet<string>) => (id: string) =>
        ids.has(id) ? `${path}/${encodeURIComponent(id)}` : null
      return {
        groups: new Map(groups.map(({ id, friendlyName }) => [id, friendlyName])),
        apis: new Map(apis.map(({ id, name }) => [id, name])),
        user: pageUrl('/settings/admin/users', new Set(users.map(({ id }) => id))),
        client: pageUrl('/settings/admin/oidc-clients', new Set(clients.items.map(({ client: { id } }) => id))),
      }
    },
  }
}
