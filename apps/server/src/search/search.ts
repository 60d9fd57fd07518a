import type { Pocket } from '@pocket/core'
import { startUrl } from '@pocket/core/internal'
import type { Directory, User } from '@pocket/directory'
import { nameKey } from '@pocket/directory/internal'
import type { Messages } from '../http/messages.ts'
import type { SearchResult } from './page-model.ts'
import { type Place, places } from './places.ts'

/** Finds destinations by name, case-insensitively. */
export type Search = (user: User, query: string, messages: Pick<Messages, 'text'>) => Promise<readonly SearchResult[]>

export interface SearchPorts {
  readonly pocket: Pick<Pocket, 'clients' | 'issuer'>
  readonly directory: Pick<Directory, 'accounts' | 'users' | 'groups'>
}

/** Results of each kind; the lists show more. */
const most = 5
export const maxQueryLength = 200

/**
 * Pages and applications for every user; users, groups and clients only for administrators. Without a query only pages. The
 * number of statements is constant: six for users, twelve for administrators.
 */
export function createSearch({ pocket, directory }: SearchPorts): Search {
  const asked = (query: string) => ({ page: 1, limit: most, sort: null, search: query, filters: {} })

  const applications = async (user: User, query: string): Promise<readonly SearchResult[]> => {
    const groupIds = ((await directory.accounts.find(user.id))?.groups ?? []).map(({ id }) => id)
    const { items } = await pocket.clients.page({
      ...asked(query),
      scope: { of: 'usable', accountId: user.id, groupIds },
      filters: { hasLaunchUrl: [true] },
    })
    return items.flatMap(({ client }): readonly SearchResult[] => {
      const href = startUrl(client, pocket.issuer)
      return href === null ? [] : [{ kind: 'application', name: client.name, detail: hostOf(href), href }]
    })
  }
  const users = async (query: string): Promise<readonly SearchResult[]> => {
    const { items } = await directory.users.page(asked(query))
    return items.map(({ id, displayName, userName, email }) => ({
      kind: 'user',
      name: displayName || userName,
      detail: [userName, email].filter(Boolean).join(' · '),
      href: `/settings/admin/users/${encodeURIComponent(id)}`,
    }))
  }
  const groups = async (query: string): Promise<readonly SearchResult[]> => {
    const { items } = await directory.groups.page(asked(query))
    return items.map(({ id, friendlyName, name }) => ({
      kind: 'group',
      name: friendlyName,
      detail: name,
      href: `/settings/admin/user-groups/${encodeURIComponent(id)}`,
    }))
  }
  const clients = async (query: string): Promise<readonly SearchResult[]> => {
    const { items } = await pocket.clients.page({ ...asked(query), scope: { of: 'everybody' } })
    return items.map(({ client: { id, name, launchUrl } }) => ({
      kind: 'client',
      name,
      detail: launchUrl === null ? '' : hostOf(launchUrl),
      href: `/settings/admin/oidc-clients/${encodeURIComponent(id)}`,
    }))
  }

  return async (user, given, messages) => {
    const query = given.trim().slice(0, maxQueryLength).toWellFormed()
    const pages = pagesOf(user, query, messages)
    if (query === '') return pages
    const people = [applications(user, query)]
    const administration = user.administrator ? [users(query), groups(query), clients(query)] : []
    return [pages, ...(await Promise.all([...people, ...administration]))].flat()
  }
}

/** Pages by their names in the viewer's language; without a query only those of the navigation. */
function pagesOf({ administrator }: User, query: string, messages: Pick<Messages, 'text'>): readonly SearchResult[] {
  const wanted = nameKey(query)
  const known = [...places.own, ...(administrator ? places.administration : [])]
  if (wanted === '') return known.filter(({ within }) => within === null).map((place) => pageOf(place, messages))
  return known
    .map((place) => pageOf(place, messages))
    .filter(({ name }) => nameKey(name).includes(wanted))
    .slice(0, most)
}

function pageOf({ title, within, path }: Place, { text }: Pick<Messages, 'text'>): SearchResult {
  return { kind: 'page', name: text(title), detail: within === null ? '' : text(within), href: path }
}

function hostOf(address: string): string {
  return URL.parse(address)?.host ?? ''
}
