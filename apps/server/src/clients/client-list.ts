import type { ClientList, ConnectionAttempt, Pocket } from '@pocket/core'
import type { ListRequest } from '../http/api/list.ts'
import { rankedPage, sortByIds } from '../http/ranked-page.ts'
import { clientListRequest } from './client-lists.ts'

const everything = { page: 1, limit: Number.MAX_SAFE_INTEGER, sort: null, filters: {}, search: '' } as const
const scope = { of: 'everybody' } as const

/** The states of the last attempt that the list can be filtered by. */
export const attemptStates = ['succeeded', 'failed', 'never'] as const

/** The list of clients with their last attempts, which the connection log stores. */
export function createClientList({ clients, connectionLog }: Pick<Pocket, 'clients' | 'connectionLog'>) {
  const latestAttempts = async (ids: readonly string[]): Promise<ReadonlyMap<string, ConnectionAttempt>> =>
    new Map((await connectionLog.latest(ids)).map((attempt) => [attempt.clientId, attempt]))

  /** Sorts or filters all matches by their last attempts, and reads the clients of one page. */
  const pageByAttempts = async (request: ListRequest): Promise<ClientList> => {
    const { lastAttempt: [state] = [], ...filters } = request.filters
    const sortsByAttempt = request.sort?.column === 'lastAttempt'
    const sort = sortsByAttempt ? { column: 'name', descending: false } : request.sort
    const all = await clients.page(clientListRequest({ ...everything, filters, search: request.search, sort }, scope))
    const ids = all.items.map(({ client }) => client.id)
    const attempts = await latestAttempts(ids)
    const stateOf = (id: string) => {
      const attempt = attempts.get(id)
      return attempt === undefined ? 'never' : attempt.succeeded ? 'succeeded' : 'failed'
    }
    const matchingIds = state === undefined ? ids : ids.filter((id) => stateOf(id) === state)
    const value = (id: string) => (sortsByAttempt ? (attempts.get(id)?.at ?? 0) : 0)
    const onlyIds = rankedPage(matchingIds, value, request)
    const page = new Set(onlyIds)
    const items = all.items.filter(({ client }) => page.has(client.id))
    return { items: sortByIds(onlyIds, items, ({ client }) => client.id), total: matchingIds.length }
  }

  return {
    latestAttempts,
    count: async () => (await clients.page({ ...everything, scope, limit: 1 })).total,
    page: (request: ListRequest): Promise<ClientList> =>
      request.sort?.column === 'lastAttempt' || request.filters.lastAttempt !== undefined
        ? pageByAttempts(request)
        : clients.page(clientListRequest(request, scope)),
  }
}
