import { pageOfPermissions, pickedPermission } from '../apis/permission-list.ts'
import { type PickedItem, pickedGroups } from '../http/choices.ts'
import type { Deps } from '../http/deps.ts'
import type { Messages } from '../http/messages.ts'
import type { ChoiceKind } from './page-model.ts'

/** Matches that a picker shows; more input narrows them. */
const maxChoices = 8

export interface ChoiceMatches {
  readonly items: readonly PickedItem[]
  readonly total: number
}

export interface Choices {
  /** The first matches by name, and the number of all matches. */
  find(kind: ScopedKind, query: string, messages: Pick<Messages, 'counted'>): Promise<ChoiceMatches>
  /** The existing items with these IDs, in the given order. */
  named(kind: ScopedKind, ids: readonly string[], messages: Pick<Messages, 'counted'>): Promise<readonly PickedItem[]>
}

/** `scope` is the ID of the API whose permissions are chosen. */
export interface ScopedKind {
  readonly kind: ChoiceKind
  readonly scope: string
}

interface ChoiceSource {
  readonly search: (
    query: string,
    scope: string,
  ) => Promise<{ readonly items: readonly FoundItem[]; readonly total: number }>
  readonly load: (ids: readonly string[], scope: string) => Promise<readonly FoundItem[]>
}

/** `memberCount` is a group's; it is shown as text. */
interface FoundItem {
  readonly id: string
  readonly name: string
  readonly detail?: string
  readonly memberCount?: number
  readonly slug?: string
}

export function createChoices({ pocket, directory }: Pick<Deps, 'pocket' | 'directory'>): Choices {
  const firstPage = { page: 1, limit: maxChoices } as const

  const findClients = (filters: Parameters<typeof pocket.clients.page>[0]['filters']) => async (search: string) => {
    const sort = { by: 'name', descending: false } as const
    const { items, total } = await pocket.clients.page({
      ...firstPage,
      scope: { of: 'everybody' },
      sort,
      search,
      filters,
    })
    return { items: items.map(({ client }) => client), total }
  }
  const loadClients = async (ids: readonly string[]) =>
    (await Promise.all(ids.map((id) => pocket.clients.find(id)))).filter((client) => client !== undefined)

  const sources: Readonly<Record<ChoiceKind, ChoiceSource>> = {
    users: {
      async search(search) {
        const sort = { column: 'displayName', descending: false }
        const { items, total } = await directory.users.page({ ...firstPage, sort, search, filters: {} })
        return { items: items.map(userItem), total }
      },
      load: async (ids) => (await directory.findMany(ids)).map(userItem),
    },
    groups: {
      async search(search) {
        const sort = { column: 'friendlyName', descending: false }
        const { items, total } = await directory.groups.page({ ...firstPage, sort, search, filters: {} })
        const toItem = ({ id, name, friendlyName, userCount }: (typeof items)[number]) => ({
          id,
          name: friendlyName,
          slug: name,
          memberCount: userCount,
        })
        return { items: items.map(toItem), total }
      },
      load: async (ids) => pickedGroups(await directory.groups.list(ids)),
    },
    clients: { search: findClients({}), load: loadClients },
    'restricted-clients': { search: findClients({ isGroupRestricted: [true] }), load: loadClients },
    apis: {
      async search(search) {
        const sort = { by: 'name', descending: false } as const
        const all = { notGrantedTo: null, accessTokenFormat: null } as const
        const { items, total } = await pocket.apis.page({ ...firstPage, ...all, sort, search })
        return { items: items.map(apiItem), total }
      },
      load: async (ids) =>
        (await Promise.all(ids.map((id) => pocket.apis.find(id)))).filter((api) => api !== undefined).map(apiItem),
    },
    permissions: {
      async search(query, apiId) {
        const permissions = (await pocket.apis.find(apiId))?.permissions ?? []
        const { items, total } = pageOfPermissions(permissions, { ...firstPage, search: query, sort: null })
        return { items: items.map(pickedPermission), total }
      },
      async load(ids, apiId) {
        const permissions = (await pocket.apis.find(apiId))?.permissions ?? []
        return permissions.filter(({ id }) => ids.includes(id)).map(pickedPermission)
      },
    },
  }

  return {
    async find({ kind, scope }, query, messages) {
      const { items, total } = await sources[kind].search(query, scope)
      return { items: items.map((item) => toPicked(item, messages)), total }
    },
    async named({ kind, scope }, ids, messages) {
      const items = new Map((await sources[kind].load(ids, scope)).map((item) => [item.id, item]))
      return ids.flatMap((id) => {
        const item = items.get(id)
        return item ? [toPicked(item, messages)] : []
      })
    },
  }
}

function toPicked(
  { id, name, detail, memberCount, slug }: FoundItem,
  { counted }: Pick<Messages, 'counted'>,
): PickedItem {
  return {
    id,
    name,
    detail: memberCount === undefined ? (detail ?? '') : counted('groups.columns.userCount', memberCount),
    ...(slug !== undefined && { slug }),
  }
}

function userItem(user: { readonly id: string; readonly displayName: string; readonly userName: string }): FoundItem {
  return { id: user.id, name: user.displayName || user.userName, detail: user.userName }
}

function apiItem(api: { readonly id: string; readonly name: string; readonly resource: string }): FoundItem {
  return { id: api.id, name: api.name, detail: api.resource }
}
