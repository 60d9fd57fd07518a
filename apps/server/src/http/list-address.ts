import type { ListRequest } from './api/list.ts'

/** What is shown now, of which an address says only what is not as usual. */
export interface ListState {
  readonly request: ListRequest
  readonly usual: { readonly column: string; readonly descending: boolean }
  readonly defaultLimit: number
  /** Filters and the values chosen of them. */
  readonly chosen: readonly (readonly [string, string])[]
  /** `from` and `to`, where they limit. */
  readonly days: readonly (readonly [string, string])[]
}

export type ListChange = Partial<Pick<ListRequest, 'page' | 'sort' | 'search'>> & {
  /** A filter or a day that is left out. */
  readonly without?: string
}

/** The address, from `?` on, of a list after a change. */
export function addressOf({ request, usual, defaultLimit, chosen, days }: ListState, change: ListChange): string {
  const { search, sort, limit, page } = { ...request, ...change }
  const isDefault = sort?.column === usual.column && sort.descending === usual.descending
  const others = ([name]: readonly [string, string]) => name !== change.without
  const parameters = new URLSearchParams({
    ...(search !== '' && { search }),
    ...Object.fromEntries(chosen.filter(others).map(([name, value]) => [`filters[${name}]`, value])),
    ...Object.fromEntries(days.filter(others)),
    ...(sort && !isDefault && { 'sort[column]': sort.column }),
    ...(sort && !isDefault && { 'sort[direction]': sort.descending ? 'desc' : 'asc' }),
    ...(limit !== defaultLimit && { limit: String(limit) }),
    ...(page > 1 && { page: String(page) }),
  })
  return `?${parameters}`
}
