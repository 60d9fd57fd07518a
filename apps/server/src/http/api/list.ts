/** The sort keys and filters of a list, by the names of its JSON fields. */
export interface ListDefinition {
  readonly sort: readonly string[]
  readonly filter?: readonly string[]
  readonly search?: boolean
}

export type FilterValue = string | number | boolean

export interface ListRequest {
  /** Starts at 1. */
  readonly page: number
  /** 1 to 100. */
  readonly limit: number
  readonly sort: { readonly column: string; readonly descending: boolean } | null
  /** The accepted values of each filtered field. */
  readonly filters: Readonly<Record<string, readonly FilterValue[]>>
  readonly search: string
}

/** One page of a list, and the total number of items. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly total: number
}

type Query = Readonly<Record<string, string | readonly string[] | undefined>>

const defaultLimit = 20
const maxLimit = 100

/**
 * Reads `pagination[page]`, `pagination[limit]`, `sort[column]`, `sort[direction]`, `filters[name]`, `filters[name][0]` and
 * `search`; also `page`, `limit` and `per_page`, as some clients send them. Unknown columns and filters are ignored.
 */
export function readListRequest(query: Query, definition: ListDefinition = { sort: [] }): ListRequest {
  const column = firstValue(query['sort[column]'])
  const sortable = column !== undefined && definition.sort.includes(column)
  return {
    ...readPagination(query),
    sort: sortable ? { column, descending: firstValue(query['sort[direction]'])?.toLowerCase() === 'desc' } : null,
    filters: Object.fromEntries((definition.filter ?? []).map((name) => [name, filterValues(query, name)])),
    search: definition.search ? (firstValue(query.search) ?? '').slice(0, 200) : '',
  }
}

/** The response envelope of every list. A page number beyond the end means the last page; the store must apply the same rule. */
export function pageAnswer<Item>({ items, total }: Page<Item>, { page, limit }: ListRequest) {
  const totalPages = Math.max(1, Math.ceil(total / limit))
  return {
    data: items,
    pagination: { totalPages, totalItems: total, currentPage: Math.min(page, totalPages), itemsPerPage: limit },
  }
}

/** The number of items before the page; a page number beyond the end means the last page. */
export function offsetOf({ page, limit }: Pick<ListRequest, 'page' | 'limit'>, total: number): number {
  return (Math.min(page, Math.max(1, Math.ceil(total / limit))) - 1) * limit
}

function firstValue(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}

/** If one of the numbers is not an integer, both have their defaults, as in Pocket ID. */
function readPagination(query: Query): Pick<ListRequest, 'page' | 'limit'> {
  const page = firstValue(query['pagination[page]'] ?? query.page) ?? ''
  const limit = firstValue(query['pagination[limit]'] ?? query.limit ?? query.per_page) ?? ''
  if (![page, limit].every((text) => /^([+-]?\d{1,9})?$/.test(text))) return { page: 1, limit: defaultLimit }
  return { page: positive(Number(page), 1), limit: Math.min(positive(Number(limit), defaultLimit), maxLimit) }
}

function positive(number: number, fallback: number): number {
  return number < 1 ? fallback : number
}

function filterValues(query: Query, name: string): FilterValue[] {
  const prefix = `filters[${name}]`
  return Object.entries(query)
    .filter(([key]) => key === prefix || (key.startsWith(`${prefix}[`) && key.endsWith(']')))
    .flatMap(([, value]) => value ?? [])
    .slice(0, maxLimit)
    .map(parseFilterValue)
}

function parseFilterValue(text: string): FilterValue {
  if (text === 'true' || text === 'false') return text === 'true'
  // Text that does not round-trip as a number stays text: text columns contain values such as 007.
  const number = /^-?\d{1,15}$/.test(text) ? Number(text) : undefined
  return number !== undefined && String(number) === text ? number : text
}
