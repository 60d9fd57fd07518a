import type { Context } from 'koa'
import { type ListRequest, readListRequest } from './api/list.ts'
import { addressOf, type ListChange } from './list-address.ts'
import { type ListColumn, shownColumns } from './list-columns.ts'
import type { FilterLabels, ListRange, ListView } from './list-view.ts'

/** The definition of a page with a list. */
export interface ListPageDefinition {
  /** The path of the page. */
  readonly path: string
  /** In display order. */
  readonly columns: readonly ListColumn[]
  /** The possible values of each filter, by the names of the REST API. */
  readonly filters?: Readonly<Record<string, readonly string[]>>
  /** Labels of filter values that the catalogue cannot contain. */
  readonly labels?: FilterLabels
  /** Whether the list has a date range. */
  readonly range?: boolean
  /** The default sort order. */
  readonly sort: { readonly column: string; readonly descending: boolean }
}

export interface ListPage {
  readonly request: ListRequest
  readonly range: ListRange
  /** Whether this column is visible; hidden columns need no lookup. */
  shows(column: string): boolean
  view(total: number): ListView
}

const limits = [20, 50, 100]

/**
 * Reads the request of a list page. URLs use the names of the REST API (`sort[column]`, `filters[name]`, `search`, `page`,
 * `limit`), so that a link contains the whole state; a cookie stores the columns.
 */
export function readListPage(ctx: Context, definition: ListPageDefinition, secure: boolean): ListPage {
  const { path, columns, filters = {}, labels = {}, sort: usual } = definition
  // Forms also send their empty fields.
  const query = Object.fromEntries(Object.entries(ctx.query).filter(([, value]) => value !== ''))
  const sorts = columns.flatMap(({ name, sort }) => (sort === undefined ? [] : [{ column: sort, name }]))
  const sort = sorts.map(({ column }) => column)
  const read = readListRequest(query, { sort, filter: Object.keys(filters), search: true })
  const search = read.search.trim()
  const known = Object.entries(filters).map(
    ([name, values]) => [name, values.find((value) => value === first(query[`filters[${name}]`]))] as const,
  )
  const chosen = known.filter((filter): filter is readonly [string, string] => filter[1] !== undefined)
  const typed = Object.fromEntries(chosen.map(([name]) => [name, read.filters[name] ?? []]))
  const request: ListRequest = { ...read, search, filters: typed, sort: read.sort ?? usual }
  const ordered = request.sort ?? usual
  const range = definition.range ? { from: day(query.from), to: day(query.to) } : { from: '', to: '' }
  const days = Object.entries(range).filter(([, value]) => value !== '')
  const shown = shownColumns(ctx, definition, secure)
  const defaultLimit = limits[0] ?? request.limit
  const address = (change: ListChange) => addressOf({ request, usual, defaultLimit, chosen, days }, change)

  const headOf = ({ name, sort: by }: ListColumn): ListView['columns'][number] => {
    if (by === undefined) return { name, href: null, sorted: null }
    const matchesAddress = by === ordered.column
    const href = address({ page: 1, sort: { column: by, descending: matchesAddress && !ordered.descending } })
    return { name, href, sorted: matchesAddress ? (ordered.descending ? 'descending' : 'ascending') : null }
  }

  return {
    request,
    range,
    shows: (name) => shown.has(name),
    view(total) {
      const pages = Math.max(1, Math.ceil(total / request.limit))
      const page = Math.min(request.page, pages)
      const searched = { name: 'search', value: search, without: address({ page: 1, search: '' }) }
      return {
        path,
        search,
        columns: columns.filter(({ name }) => shown.has(name)).map(headOf),
        choices: columns
          .filter(({ choice }) => choice !== undefined)
          .map(({ name }) => ({ name, shown: shown.has(name) })),
        filters: known.map(([name, value = '']) => ({ name, values: filters[name] ?? [], chosen: value })),
        labels,
        ...(definition.range && { range }),
        applied: [
          ...(search === '' ? [] : [searched]),
          ...[...chosen, ...days].map(([name, value]) => ({
            name,
            value,
            without: address({ page: 1, without: name }),
          })),
        ],
        sorts,
        sort: ordered,
        limits: limits.includes(request.limit) ? limits : [...limits, request.limit],
        limit: request.limit,
        total,
        page,
        pages,
        from: Math.min(total, (page - 1) * request.limit + 1),
        to: Math.min(total, page * request.limit),
        previous: page > 1 ? address({ page: page - 1 }) : null,
        next: page < pages ? address({ page: page + 1 }) : null,
        last: page < pages - 1 ? address({ page: pages }) : null,
        here: address({ page }),
        fields: [...new URLSearchParams(address({ page: 1 }))].map(([name, value]) => ({ name, value })),
      }
    },
  }
}

/** The path and query of the list that a form returns to, from its field `list`. */
export function backTo(path: string, sent: string): string {
  return sent.startsWith('?') ? path + sent : path
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
