import type { ListRequest } from './api/list.ts'

/** The current state of a list; its URL contains only the values that differ from the defaults. */
export interface ListState {
  readonly request: ListRequest
  readonly defaultSort: { readonly column: string; readonly descending: boolean }
  readonly defaultLimit: number
  readonly selectedFilters: readonly (readonly [string, string])[]
  /** `from` and `to`, if set. */
  readonly days: readonly (readonly [string, string])[]
}

export type ListChange = Partial<Pick<ListRequest, 'page' | 'sort' | 'search'>> & {
  /** A filter or a date to remove. */
  readonly without?: string
}

/** The query string, from `?` on, of a list after a change. */
export function listUrl(
  { request, defaultSort, defaultLimit, selectedFilters, days }: ListState,
  change: ListChange,
): string {
  const { search, sort, limit, page } = { ...request, ...change }
  const isDefault = sort?.column === defaultSort.column && sort.descending === defaultSort.descending
  const isKept = ([name]: readonly [string, string]) => name !== change.without
  const parameters = new URLSearchParams({
    ...(search !== '' && { search }),
    ...Object.fromEntries(selectedFilters.filter(isKept).map(([name, value]) => [`filters[${name}]`, value])),
    ...Object.fromEntries(days.filter(isKept)),
    ...(sort && !isDefault && { 'sort[column]': sort.column }),
    ...(sort && !isDefault && { 'sort[direction]': sort.descending ? 'desc' : 'asc' }),
    ...(limit !== defaultLimit && { limit: String(limit) }),
    ...(page > 1 && { page: String(page) }),
  })
  return `?${parameters}`
}
