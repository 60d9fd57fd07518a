import { startUrl } from '@pocket/core/internal'
import type { User } from '@pocket/directory'
import { nameKey } from '@pocket/directory/internal'
import type { Deps } from '../http/deps.ts'
import { removeLanguageMarks } from '../http/language-marks.ts'
import type { Messages } from '../http/messages.ts'
import type { SearchResult } from './page-model.ts'
import { type SearchablePage, searchablePages } from './searchable-pages.ts'

/** Finds destinations by name, pages and settings also by everyday words, case-insensitively. */
export type Search = (user: User, query: string, messages: PageMessages) => Promise<readonly SearchResult[]>

type PageMessages = Pick<Messages, 'text' | 'below'>

/** Results of each kind; the lists show more. */
const maxResults = 5
export const maxQueryLength = 200

/**
 * Pages and applications for every user; settings, users, groups and clients only for administrators. Without a query only pages. The
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
    return items.map(({ client: { id, name, launchUrl, redirectUris } }) => ({
      kind: 'client',
      name,
      detail: hostOf(launchUrl ?? redirectUris[0] ?? ''),
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

/**
 * Pages and settings by name, everyday words and variable, those by name first, or else by all their words together; without a
 * query only the navigation.
 */
function findPages({ administrator }: User, query: string, messages: PageMessages): readonly SearchResult[] {
  const key = nameKey(query)
  const pages = [...searchablePages.own, ...(administrator ? searchablePages.administration : [])]
  if (key === '') return pages.filter(({ parents }) => parents.length === 0).map((page) => toResult(page, messages))
  const words = messages.below('search.words')
  const isMatch = phraseMatcher(query)
  const found = pages.map((page) => {
    const result = toResult(page, messages)
    const phrases = [result.name, ...(words[page.title] ?? '').split(','), page.variable ?? '']
    const [isNamed, matchesPhrase] = [nameKey(result.name).includes(key), phrases.some(isMatch)]
    return { result, isNamed, matchesPhrase, matchesAny: isMatch([...phrases, result.detail].join(' ')) }
  })
  const byPhrase = [
    ...found.filter(({ isNamed }) => isNamed),
    ...found.filter((each) => !each.isNamed && each.matchesPhrase),
  ]
  const matches = byPhrase.length > 0 ? byPhrase : found.filter(({ matchesAny }) => matchesAny)
  return (['page', 'setting'] as const).flatMap((kind) =>
    matches.flatMap(({ result }) => (result.kind === kind ? [result] : [])).slice(0, maxResults),
  )
}

/** Whether each word of the query is a prefix of a word of the phrase. */
function phraseMatcher(query: string): (phrase: string) => boolean {
  const wanted = wordsOf(query)
  return (phrase) => {
    const words = wordsOf(phrase)
    return wanted.length > 0 && wanted.every((start) => words.some((word) => word.startsWith(start)))
  }
}

function wordsOf(text: string): readonly string[] {
  return nameKey(removeLanguageMarks(text))
    .split(/[\s_-]+/)
    .filter(Boolean)
}

function toResult({ kind, title, parents, path }: SearchablePage, { text }: PageMessages): SearchResult {
  return { kind, name: text(title), detail: [...new Set(parents.map((key) => text(key)))].join(' · '), href: path }
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? ''
}
