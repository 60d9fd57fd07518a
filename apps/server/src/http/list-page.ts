import type { Context } from 'koa'
import { type ListRequest, offsetOf, readListRequest } from './api/list.ts'
import type { PickedItem } from './choices.ts'
import { type ListColumn, readVisibleColumns } from './list-columns.ts'
import { type ListChange, listUrl } from './list-url.ts'
import type { ListRange, ListView } from './list-view.ts'

export interface ListPageDefinition {
  readonly path: string
  readonly columns: readonly ListColumn[]
  /** The possible values of each filter, by the names of the REST API. */
  readonly filters?: Readonly<Record<string, readonly string[]>>
  /** Filters by an item that a picker finds: the chosen item, if it exists. */
  readonly pickers?: Readonly<Record<string, { readonly kind: string; readonly chosen: PickedItem | undefined }>>
  readonly range?: boolean
  readonly sort: { readonly column: string; readonly descending: boolean }
}

export interface ListPage {
  readonly request: ListRequest
  readonly range: ListRange
  /** Whether this column is visible; hidden columns need no lookup. */
  shows(column: string): boolean
  /** `all` is the number of items without search and filters, if it is known. */
  view(total: number, all?: number): ListView
}

const limits = [20, 50, 100]

/** The request of a list query, regardless of paging. */
export function listRequestOf(definition: ListPageDefinition, query: string): ListRequest {
  return parseQuery(definition, Object.fromEntries(new URLSearchParams(query))).request
}

type Query = Readonly<Record<string, string | readonly string[] | undefined>>

function parseQuery({ columns, filters = {}, pickers = {}, sort: defaultSort }: ListPageDefinition, submitted: Query) {
  // Forms also send their empty fields.
  const query = Object.fromEntries(Object.entries(submitted).filter(([, value]) => value !== ''))
  const sorts = columns.flatMap(({ name, sort }) => (sort === undefined ? [] : [{ column: sort, name }]))
  const sort = sorts.map(({ column }) => column)
  const filterNames = [...Object.keys(filters), ...Object.keys(pickers)]
  const read = readListRequest(query, { sort, filter: filterNames, search: true })
  const choices = {
    ...filters,
    ...Object.fromEntries(Object.entries(pickers).map(([name, { chosen }]) => [name, chosen ? [chosen.id] : []])),
  }
  const filterChoices = Object.entries(choices).map(
    ([name, values]) => [name, values.find((value) => value === first(query[`filters[${name}]`]))] as const,
  )
  const selectedFilters = filterChoices.filter((filter): filter is readonly [string, string] => filter[1] !== undefined)
  const filterValues = Object.fromEntries(selectedFilters.map(([name]) => [name, read.filters[name] ?? []]))
  const request: ListRequest = {
    ...read,
    search: read.search.trim(),
    filters: filterValues,
    sort: read.sort ?? defaultSort,
  }
  return { request, query, sorts, filterChoices, selectedFilters }
}

/**
 * Reads the request of a list page. URLs use the names of the REST API (`sort[column]`, `filters[name]`, `search`, `page`,
 * `limit`), so that a link contains the whole state; a cookie stores the columns.
 */
export function readListPage(ctx: Context, definition: ListPageDefinition, secure: boolean): ListPage {
  const { path, columns, filters = {}, pickers = {}, sort: defaultSort } = definition
  const { request, query, sorts, filterChoices, selectedFilters } = parseQuery(definition, ctx.query)
  const { search } = request
  const currentSort = request.sort ?? defaultSort
  const range = definition.range ? { from: day(query.from), to: day(query.to) } : { from: '', to: '' }
  const days = Object.entries(range).filter(([, value]) => value !== '')
  const visibleColumns = readVisibleColumns(ctx, definition, secure)
  const defaultLimit = limits[0] ?? request.limit
  const urlOf = (change: ListChange) => listUrl({ request, defaultSort, defaultLimit, selectedFilters, days }, change)

  const columnHead = ({ name, sort: sortKey }: ListColumn): ListView['columns'][number] => {
    if (sortKey === undefined) return { name, href: null, sorted: null }
    const isSorted = sortKey === currentSort.column
    const href = urlOf({ page: 1, sort: { column: sortKey, descending: isSorted && !currentSort.descending } })
    return { name, href, sorted: isSorted ? (currentSort.descending ? 'descending' : 'ascending') : null }
  }

  return {
    request,
    range,
    shows: (name) => visibleColumns.has(name),
    view(total, all) {
      const pages = Math.max(1, Math.ceil(total / request.limit))
      const page = Math.min(request.page, pages)
      const appliedSearch = { name: 'search', value: search, without: urlOf({ page: 1, search: '' }) }
      return {
        path,
        search,
        columns: columns.filter(({ name }) => visibleColumns.has(name)).map(columnHead),
        choices: columns
          .filter(({ choice }) => choice !== undefined)
          .map(({ name }) => ({ name, shown: visibleColumns.has(name) })),
        filters: filterChoices.map(([name, value = '']) => ({
          name,
          values: filters[name] ?? [],
          chosen: value,
          ...(pickers[name] && { picker: { kind: pickers[name].kind, chosen: itemsOf(pickers[name].chosen) } }),
        })),
        ...(definition.range && { range }),
        applied: [
          ...(search === '' ? [] : [appliedSearch]),
          ...[...selectedFilters, ...days].map(([name, value]) => ({
            name,
            value,
            ...(pickers[name]?.chosen && { label: pickers[name].chosen.name }),
            without: urlOf({ page: 1, without: name }),
          })),
        ],
        sorts,
        sort: currentSort,
        limits: limits.includes(request.limit) ? limits : [...limits, request.limit],
        limit: request.limit,
        total,
        ...(all !== undefined && { all }),
        page,
        pages,
        from: Math.min(total, (page - 1) * request.limit + 1),
        to: Math.min(total, page * request.limit),
        previous: page > 1 ? urlOf({ page: page - 1 }) : null,
        next: page < pages ? urlOf({ page: page + 1 }) : null,
        last: page < pages - 1 ? urlOf({ page: pages }) : null,
        here: urlOf({ page }),
        fields: [...new URLSearchParams(urlOf({ page: 1 }))].map(([name, value]) => ({ name, value })),
      }
    },
  }
}

/** One page of items that are all known, in their order. */
export function pageOfItems<Item>(
  ctx: Context,
  path: string,
  items: readonly Item[],
  secure: boolean,
): { readonly items: readonly Item[]; readonly list: ListView } {
  const definition = { path, columns: [], sort: { column: '', descending: false } }
  const { request, view } = readListPage(ctx, definition, secure)
  const first = offsetOf(request, items.length)
  return { items: items.slice(first, first + request.limit), list: view(items.length) }
}

/** The path and query of the list that a form returns to, from its field `list`. */
export function listReturnUrl(path: string, query: string): string {
  return query.startsWith('?') ? path + query : path
}

/** A valid date, or an empty string. */
function day(value: string | readonly string[] | undefined): string {
  const text = first(value) ?? ''
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text) ? text : ''
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}

function itemsOf(item: PickedItem | undefined): readonly PickedItem[] {
  return item ? [item] : []
}
