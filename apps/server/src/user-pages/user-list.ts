import type { Page, PageRequest, UserDetails } from '@pocket/directory'
import type { ListRequest } from '../http/api/list.ts'
import type { ListPageDefinition } from '../http/list-page.ts'
import { usersPath } from '../http/paths.ts'
import { rankedPage, sortByIds } from '../http/ranked-page.ts'
import type { UserPageDeps } from './deps.ts'

const baseDefinition: ListPageDefinition = {
  path: usersPath,
  columns: [
    { name: 'name', sort: 'displayName' },
    { name: 'email', sort: 'email', choice: 'shown' },
    { name: 'groups', choice: 'shown' },
    { name: 'passkeys', sort: 'passkeys', choice: 'shown' },
    { name: 'lastUsed', sort: 'lastUsed', choice: 'shown' },
    { name: 'created', sort: 'createdAt', choice: 'hidden' },
  ],
  filters: {
    disabled: ['true', 'false'],
    isAdmin: ['true', 'false'],
    passkeys: ['none', 'single', 'fewer-than-two', 'on-one-device-only'],
    recovery: ['pending'],
    emailVerified: ['true', 'false'],
    isFromLdap: ['true', 'false'],
  },
  sort: { column: 'displayName', descending: false },
}

const everyone = { page: 1, sort: null, filters: {}, search: '' } as const

/** The list of users with the data of their passkeys, which core stores. */
export function createUserList({
  pocket,
  directory,
  recoveryRequests,
}: Pick<UserPageDeps, 'pocket' | 'directory' | 'recoveryRequests'>) {
  const passkeyFilter = async ([passkeys]: readonly unknown[] = []): Promise<
    Pick<PageRequest, 'excludedIds' | 'onlyIds'>
  > => {
    if (passkeys === 'none') return { excludedIds: await pocket.passkeys.accountIds() }
    if (passkeys === 'fewer-than-two') return { excludedIds: await pocket.passkeys.accountIds('several') }
    if (passkeys !== 'single' && passkeys !== 'on-one-device-only') return {}
    return { onlyIds: await pocket.passkeys.accountIds(passkeys) }
  }
  const idFilters = async ({ filters }: ListRequest): Promise<Pick<PageRequest, 'excludedIds' | 'onlyIds'>> => {
    const byPasskeys = await passkeyFilter(filters.passkeys)
    if (filters.recovery?.[0] !== 'pending') return byPasskeys
    const pending = await recoveryRequests.listPending()
    const { onlyIds = pending } = byPasskeys
    return { ...byPasskeys, onlyIds: onlyIds.filter((id) => pending.includes(id)) }
  }
  const findPage = (request: PageRequest): Promise<Page<UserDetails>> => {
    const [groupId] = request.filters.group ?? []
    return typeof groupId === 'string' ? directory.groups.members(groupId, request) : directory.users.page(request)
  }
  /** Sorts all matches by a value of their passkeys, and reads the users of one page. */
  const sortedByPasskeys = async (request: PageRequest, by: 'passkeys' | 'lastUsed'): Promise<Page<UserDetails>> => {
    const matchingIds = await directory.users.ids(await withMembers({ ...request, sort: baseDefinition.sort }))
    const summaries = await pocket.passkeys.summarize(matchingIds)
    const values = new Map(
      summaries.map(({ accountId, count, lastUsedAt }) => [accountId, by === 'passkeys' ? count : (lastUsedAt ?? 0)]),
    )
    const onlyIds = rankedPage(matchingIds, (id) => values.get(id) ?? 0, request)
    const { items } = await directory.users.page({ ...everyone, limit: request.limit, onlyIds })
    return { items: sortByIds(onlyIds, items, ({ id }) => id), total: matchingIds.length }
  }
  /** Restricts the request to the members of the group that it filters by. */
  const withMembers = async (request: PageRequest): Promise<PageRequest> => {
    const [groupId] = request.filters.group ?? []
    if (typeof groupId !== 'string') return request
    return { ...request, memberOf: { groupId, count: await directory.groups.countMembers(groupId) } }
  }

  return {
    /** The definition for a query: the group filter accepts an existing group. */
    async definition(query: string): Promise<ListPageDefinition> {
      const groupId = new URLSearchParams(query).get('filters[group]') ?? ''
      const group = groupId === '' ? undefined : (await directory.groups.list([groupId]))[0]
      const chosen = group && { id: group.id, name: group.friendlyName, detail: '' }
      return { ...baseDefinition, pickers: { group: { kind: 'groups', chosen } } }
    },
    async count(): Promise<number> {
      return (await directory.users.page({ ...everyone, limit: 1 })).total
    },
    async page(listRequest: ListRequest): Promise<Page<UserDetails>> {
      const request = { ...listRequest, ...(await idFilters(listRequest)) }
      const by = request.sort?.column
      return by === 'passkeys' || by === 'lastUsed' ? sortedByPasskeys(request, by) : findPage(request)
    },
  }
}
