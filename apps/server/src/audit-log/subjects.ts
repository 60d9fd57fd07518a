import type { PickedItem } from '../http/choices.ts'
import type { Deps } from '../http/deps.ts'
import type { AuditEntry } from './audit-entry.ts'
import type { KnownSubjects } from './audit-line.ts'
import type { AuditLogStore } from './audit-log-store.ts'
import { idFields, listOf } from './change-view.ts'

/** The names and pages of the objects in the full audit log. */
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
      const groupIds = entries.flatMap((entry) => [entry.data.groupId ?? [], ...changedIds(entry, 'groups')].flat())
      const groups = groupIds.length === 0 ? [] : await directory.groups.list([...new Set(groupIds)])
      const apis = entries.some(({ data }) => data.apiId !== undefined) ? await pocket.apis.list() : []
      const accountIds = new Set(
        entries.flatMap((entry) => [entry.accountId ?? [], entry.actorId ?? [], ...changedIds(entry, 'users')].flat()),
      )
      const users = await directory.findMany([...accountIds])
      const clientIds = [
        ...new Set(entries.flatMap((entry) => [entry.clientId ?? [], ...changedIds(entry, 'clients')].flat())),
      ]
      const clients = await pocket.clients.page({
        ...{ scope: { of: 'everybody' }, page: 1, limit: clientIds.length + 1, sort: null, filters: {}, search: '' },
        onlyIds: clientIds,
      })
      const pageUrl = (path: string, ids: ReadonlySet<string>) => (id: string) =>
        ids.has(id) ? `${path}/${encodeURIComponent(id)}` : null
      const names: Readonly<Record<keyof typeof idFields, ReadonlyMap<string, string>>> = {
        groups: new Map(groups.map(({ id, friendlyName }) => [id, friendlyName])),
        users: new Map(users.map(({ id, displayName, userName }) => [id, displayName || userName])),
        clients: new Map(clients.items.map(({ client: { id, name } }) => [id, name])),
        permissions: new Map(apis.flatMap((api) => api.permissions.map(({ id, name }) => [id, name] as const))),
      }
      return {
        groups: names.groups,
        apis: new Map(apis.map(({ id, name }) => [id, name])),
        user: pageUrl('/settings/admin/users', new Set(users.map(({ id }) => id))),
        client: pageUrl('/settings/admin/oidc-clients', new Set(clients.items.map(({ client: { id } }) => id))),
        nameOfId: (field, id) =>
          idKinds.flatMap((kind) => (idFields[kind].has(field) ? (names[kind].get(id) ?? []) : []))[0],
      }
    },
  }
}

// `Object.keys` only loses the keys.
const idKinds = Object.keys(idFields) as readonly (keyof typeof idFields)[]
/** An entry can list all users. */
const maxIds = 100

function changedIds({ changes }: AuditEntry, kind: keyof typeof idFields): readonly string[] {
  const values = Object.entries(changes ?? {}).flatMap(([field, { before, after }]) =>
    idFields[kind].has(field) ? [before, after] : [],
  )
  return values.flatMap((value) => listOf(value).filter((id) => typeof id === 'string')).slice(0, maxIds)
}
