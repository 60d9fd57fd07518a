import { startUrl } from '@pocket/core/internal'
import type { User } from '@pocket/directory'
import { nameKey } from '@pocket/directory/internal'
import type { Deps } from '../http/deps.ts'
import type { Messages } from '../http/messages.ts'
import type { SearchResult } from './page-model.ts'
import { type SearchablePage, searchablePages } from './searchable-pages.ts'

/** Finds destinations by name, case-insensitively. */
export type Search = (user: User, query: string, messages: Pick<Messages, 'text'>) => Promise<readonly SearchResult[]>

/** Results of each kind; the lists show more. */
const maxResults = 5
export const maxQueryLength = 200

/**
 * Pages and applications for every user; users, groups and clients only for administrators. Without a query only pages. The
 * number of statements is constant: six for users, twelve for administrators.
 */
export function createSearch({ pocket, directory }: Deps): Search {
  const pageRequest = (query: string) => ({ page: 1, limit: maxResults, sort: null, search: query, filters: {} })

  const searchApplications = async (user: User, query: string): Promise<readonly SearchResult[]> => {
    const groupIds = ((await directory.accounts.find(user.id))?.groups ?? []).map(({ id }) => id)
    const { items } = await pocket.clients.page({
      ...pageRequest(query),
      scope: { of: 'usable', accountId: user.id, groupIds },
      filters: { hasLaunchUrl: [true] },
    })
    return items.flatMap(({ client }): readonly SearchResult[] => {
      const href = startUrl(client, pocket.issuer)
      return href === null ? [] : [{ kind: 'application', name: client.name, detail: hostOf(href), href }]
    })
  }
  const searchUsers = async (query: string): Promise<readonly SearchResult[]> => {
    const { items } = await directory.users.page(pageRequest(query))
    return items.map(({ id, displayName, userName, email }) => ({
      kind: 'user',
      name: displayName || userName,
      detail: [userName, email].filter(Boolean).join(' · '),
      href: `/settings/admin/users/${encodeURIComponent(id)}`,
    }))
  }
  const searchGroups = async (query: string): Promise<readonly SearchResult[]> => {
    const { items } = await directory.groups.page(pageRequest(query))
    return items.map(({ id, friendlyName, name }) => ({
      kind: 'group',
      name: friendlyName,
      detail: name,
      href: `/settings/admin/user-groups/${encodeURIComponent(id)}`,
    }))
  }
  const searchClients = async (query: string): Promise<readonly SearchResult[]> => {
    const { items } = await pocket.clients.page({ ...pageRequest(query), scope: { of: 'everybody' } })
    return items.map(({ client: { id, name, launchUrl } }) => ({
      kind: 'client',
      name,
      detail: launchUrl === null ? '' : hostOf(launchUrl),
      href: `/settings/admin/oidc-clients/${encodeURIComponent(id)}`,
    }))
  }

  return async (user, input, messages) => {
    const query = input.trim().slice(0, maxQueryLength).toWellFormed()
    const pages = findPages(user, query, messages)
    if (query === '') return pages
    const ownSearches = [searchApplications(user, query)]
    const administratorSearches = user.administrator
      ? [searchUsers(query), searchGroups(query), searchClients(query)]
      : []
    return [pages, ...(await Promise.all([...ownSearches, ...administratorSearches]))].flat()
  }
}

/** Pages by their names in the viewer's language; without a query only those of the navigation. */
function findPages({ administrator }: User, query: string, messages: Pick<Messages, 'text'>): readonly SearchResult[] {
  const key = nameKey(query)
  const pages = [...searchablePages.own, ...(administrator ? searchablePages.administration : [])]
  if (key === '') return pages.filter(({ parent }) => parent === null).map((page) => toResult(page, messages))
  return pages
    .map((page) => toResult(page, messages))
    .filter(({ name }) => nameKey(name).includes(key))
    .slice(0, maxResults)
}

function toResult({ title, parent, path }: SearchablePage, { text }: Pick<Messages, 'text'>): SearchResult {
  return { kind: 'page', name: text(title), detail: parent === null ? '' : text(parent), href: path }
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? ''
}
