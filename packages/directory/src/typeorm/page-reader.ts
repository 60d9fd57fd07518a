import type { Database, Parameter } from '@pocket/core/typeorm'
import type { PageRequest } from '../page.ts'

/** How a table is listed. All names are of columns, and written into the statement as they are. */
export interface Listing {
  /** `SELECT ... FROM ...`, open at the end. */
  /** `:now` stands for the instant of `now`. */
  readonly select: string
  readonly table: string
  /** What is searched: it holds texts as `nameKey` makes them. */
  readonly searched: string
  /** By the names of the REST API. */
  readonly sorts: ReadonlyMap<string, string>
  /** Columns that are never empty, and that no two rows have in common. */
  readonly unique: ReadonlySet<string>
  /** Columns that are true or false, by the names of the REST API. */
  readonly flags?: ReadonlyMap<string, string>
}

export interface RowPage {
  readonly rows: readonly object[]
  readonly total: number
}

interface Condition {
  readonly text: string
  readonly parameters: readonly Parameter[]
}

/** So many rows are found first and sorted then, rather than looked for along an index in the order that is asked for. */
const few = 2000

/**
 * Reads one page in two statements: how many rows there are, and those of the page. There are only as many different
 * texts as there are sorts and filters, so all of them stay prepared.
 */
export async function readPage(
  database: Database,
  listing: Listing,
  request: PageRequest,
  now?: number,
): Promise<RowPage> {
  const { text, parameters } = condition(database, listing, request)
  const [counted] = await database.query<{ total: number | string }>(
    `SELECT COUNT(*) AS total FROM ${listing.table}${text}`,
    parameters,
  )
  const total = Number(counted?.total ?? 0)
  const { limit, offset, fromEnd } = place(request, total)
  const next = parameters.length + 1
  const select = listing.select.replaceAll(':now', `$${next + 2}`)
  const from =
    text !== '' && total <= few ? `WITH found AS MATERIALIZED (${select}${text}) SELECT * FROM found` : select + text
  const rows = await database.query(
    `${from} ORDER BY ${order(listing, request, fromEnd)} LIMIT $${next} OFFSET $${next + 1}`,
    [...parameters, limit, offset, ...(now === undefined ? [] : [now])],
  )
  return { rows: fromEnd ? rows.toReversed() : rows, total }
}

/** Rows that are skipped cost time, so a page of the second half is read from the end. */
function place({ page, limit }: PageRequest, total: number) {
  const lastPage = Math.max(1, Math.ceil(total / limit))
  const before = (Math.min(page, lastPage) - 1) * limit
  const size = Math.min(limit, total - before)
  const after = total - before - size
  return after < before ? { limit: size, offset: after, fromEnd: true } : { limit, offset: before, fromEnd: false }
}

/** Two rows are never equal, so that a row is on one page only. */
function order({ sorts, unique }: Listing, { sort }: PageRequest, fromEnd: boolean): string {
  const asked = sort === null ? undefined : sorts.get(sort.column)
  const column = asked ?? 'created_at'
  const descending = asked !== undefined && sort?.descending === true
  const direction = descending !== fromEnd ? 'DESC' : 'ASC'
  const columns = unique.has(column) ? [column] : new Set([column, 'created_at', 'id'])
  // All in one direction, since an index is read in one.
  return [...columns].map((each) => `${each} ${direction}`).join(', ')
}

function condition(database: Database, { searched, flags }: Listing, request: PageRequest): Condition {
  const texts: string[] = []
  const parameters: Parameter[] = []
  const term = request.search.normalize('NFC').toLowerCase()
  if (term !== '') {
    // Looks for the letters as they are, so no sign has a meaning of its own as it would have for LIKE.
    const position = database.kind === 'sqlite' ? 'instr' : 'strpos'
    // PostgreSQL has no text with NUL, so nothing has one in it.
    if (term.includes('\0')) texts.push('1 = 0')
    else texts.push(`${position}(${searched}, $${parameters.push(term)}) > 0`)
  }
  for (const [name, column] of flags ?? []) {
    const values = request.filters[name] ?? []
    const [yes, no] = [values.some(isTrue), values.some(isFalse)]
    if (values.length === 0 || (yes && no)) continue
    texts.push(yes || no ? `${column} = $${parameters.push(yes)}` : '1 = 0')
  }
  return { text: texts.length === 0 ? '' : ` WHERE ${texts.join(' AND ')}`, parameters }
}

function isTrue(value: string | number | boolean): boolean {
  return value === true || value === 1
}

function isFalse(value: string | number | boolean): boolean {
  return value === false || value === 0
}
