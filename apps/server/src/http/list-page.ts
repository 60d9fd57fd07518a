import type { Context } from 'koa'
import { type ListRequest, readListRequest } from './api/list.ts'

/** What a page with a list can show, and how. */
export interface ListPageDefinition {
  /** Where the page is. */
  readonly path: string
  /** In the order in which they are shown. */
  readonly columns: readonly ListColumn[]
  /** For each filter what can be chosen, by the names of the REST API. */
  readonly filters?: Readonly<Record<string, readonly string[]>>
  /** What values of filters are called that no catalogue can name. */
  readonly labels?: FilterLabels
  /** Whether a first and a last day can be asked for. */
  readonly range?: boolean
  /** How it is sorted where nothing else is said. */
  readonly sort: { readonly column: string; readonly descending: boolean }
}

export type FilterLabels = Readonly<Record<string, ReadonlyMap<string, string>>>

/** Days such as 2026-01-31; empty where there is no limit. */
export interface ListRange {
  readonly from: string
  readonly to: string
}

export interface ListColumn {
  readonly name: string
  /** By what its head sorts, where it does. */
  readonly sort?: string
  /** Whether somebody can do without it, and whether it is there before they have chosen; always there by default. */
  readonly choice?: 'shown' | 'hidden'
}

/** What a list's partials show. Addresses begin with `?`. */
export interface ListView {
  readonly path: string
  readonly search: string
  /** Those that are shown. */
  readonly columns: readonly {
    readonly name: string
    readonly href: string | null
    readonly sorted: 'ascending' | 'descending' | null
  }[]
  readonly choices: readonly { readonly name: string; readonly shown: boolean }[]
  readonly filters: readonly { readonly name: string; readonly values: readonly string[]; readonly chosen: string }[]
  /** What the catalogue cannot name. */
  readonly labels?: FilterLabels
  /** Where days can be asked for. */
  readonly range?: ListRange
  /** What limits it now, each with the address of the list without it. */
  readonly applied: readonly { readonly name: string; readonly value: string; readonly without: string }[]
  readonly sorts: readonly { readonly column: string; readonly name: string }[]
  readonly sort: { readonly column: string; readonly descending: boolean }
  readonly limits: readonly number[]
  readonly limit: number
  /** Items that match, in all pages. */
  readonly total: number
  readonly page: number
  readonly pages: number
  readonly from: number
  readonly to: number
  readonly previous: string | null
  readonly next: string | null
  /** The last page, unless it is the next one. */
  readonly last: string | null
  /** The same list, for forms that come back to it. */
  readonly here: string
  /** The same list from its beginning, as the fields of a form. */
  readonly fields: readonly { readonly name: string; readonly value: string }[]
}

export interface ListPage {
  readonly request: ListRequest
  readonly range: ListRange
  /** Whether this column is shown, so that nobody looks up what nobody sees. */
  shows(column: string): boolean
  view(total: number): ListView
}

const limits = [20, 50, 100]
/** A browser keeps a choice of columns for a year. Milliseconds. */
const kept = 365 * 86_400_000

/**
 * What a page with a list was asked for. Its addresses have the names of the REST API (`sort[column]`, `filters[name]`,
 * `search`, `page`, `limit`), so that a link holds all of it; the columns are kept by the browser.
 */
export function readListPage(ctx: Context, definition: ListPageDefinition, secure: boolean): ListPage {
  const { path, columns, filters = {}, labels = {}, sort: usual } = definition
  // A form sends its empty fields as well.
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

  const address = (change: Partial<Pick<ListRequest, 'page' | 'sort' | 'search'>> & { readonly without?: string }) => {
    const wanted = { ...request, ...change }
    const isUsual = wanted.sort?.column === usual.column && wanted.sort.descending === usual.descending
    const parameters = new URLSearchParams({
      ...(wanted.search !== '' && { search: wanted.search }),
      ...Object.fromEntries(
        chosen.filter(([name]) => name !== change.without).map(([name, value]) => [`filters[${name}]`, value]),
      ),
      ...Object.fromEntries(days.filter(([name]) => name !== change.without)),
      ...(wanted.sort && !isUsual && { 'sort[column]': wanted.sort.column }),
      ...(wanted.sort && !isUsual && { 'sort[direction]': wanted.sort.descending ? 'desc' : 'asc' }),
      ...(wanted.limit !== limits[0] && { limit: String(wanted.limit) }),
      ...(wanted.page > 1 && { page: String(wanted.page) }),
    })
    return `?${parameters}`
  }

  return {
    request,
    range,
    shows: (name) => shown.has(name),
    view(total) {
      const pages = Math.max(1, Math.ceil(total / request.limit))
      const page = Math.min(request.page, pages)
      return {
        path,
        search,
        columns: columns
          .filter(({ name }) => shown.has(name))
          .map(({ name, sort: by }) => {
            if (by === undefined) return { name, href: null, sorted: null }
            const isThis = by === ordered.column
            const descending = isThis && !ordered.descending
            return {
              name,
              href: address({ page: 1, sort: { column: by, descending } }),
              sorted: isThis ? (ordered.descending ? 'descending' : 'ascending') : null,
            }
          }),
        choices: columns
          .filter(({ choice }) => choice !== undefined)
          .map(({ name }) => ({ name, shown: shown.has(name) })),
        filters: known.map(([name, value = '']) => ({ name, values: filters[name] ?? [], chosen: value })),
        labels,
        ...(definition.range && { range }),
        applied: [
          ...(search === '' ? [] : [{ name: 'search', value: search, without: address({ page: 1, search: '' }) }]),
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

/** The columns of the address, or of the last choice. */
function shownColumns(ctx: Context, { path, columns }: ListPageDefinition, secure: boolean): ReadonlySet<string> {
  const cookie = secure ? '__Secure-columns' : 'columns'
  const given = ctx.query.columns
  const asked = given === undefined ? ctx.cookies.get(cookie, { signed: false })?.split('.') : [given].flat()
  const chosen = asked && columns.filter(({ name }) => asked.includes(name)).map(({ name }) => name)
  if (given !== undefined && chosen)
    ctx.cookies.set(cookie, `.${chosen.join('.')}`, {
      path,
      maxAge: kept,
      httpOnly: true,
      sameSite: 'lax',
      secure,
      overwrite: true,
      signed: false,
    })
  return new Set(
    columns
      .filter(({ name, choice }) => choice === undefined || (chosen ? chosen.includes(name) : choice === 'shown'))
      .map(({ name }) => name),
  )
}

/** Where a form leads back to: the list as it was, by what it has sent as `list`. */
export function backTo(path: string, sent: string): string {
  return sent.startsWith('?') ? path + sent : path
}

/** A day that there is, or nothing. */
function day(value: string | readonly string[] | undefined): string {
  const text = first(value) ?? ''
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text) ? text : ''
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
