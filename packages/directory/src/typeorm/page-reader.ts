import type { Database, Parameter } from '@pocket/core/typeorm'
import type { PageRequest } from '../page.ts'
import { listed } from './ids.ts'

/** How a table is listed. All names are of columns, and written into the statement as they are. */
export interface Listing {
  /** `SELECT ... FROM ...`, open at the end. `:now` stands for the instant of `now`. */
  readonly select: string
  readonly table: string
  /** By column of {@link Listing.sorts}, where it is no column of the table: `... AS column`, with `:now` as above. */
  readonly computed?: ReadonlyMap<string, string>
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

/** The ids of so many rows are kept from one statement to the next. */
const few = 2000

/** So many rows are found first and sorted then: along an index of the order asked for, the first may come late. */
const some = 20_000

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
  const { table, select, sorts, computed } = listing
  const condition = conditionOf(database, listing, request)
  const { total, ids } = await count(database, table, condition)
  // Those that were found need not be searched for once more, which is what costs the time.
  const { text, parameters } =
    ids === null ? condition : { text: ` WHERE id IN (SELECT value FROM ${listed(database.kind)})`, parameters: [ids] }
  const { limit, offset, fromEnd } = place(request, total)
  const column = (request.sort && sorts.get(request.sort.column)) ?? 'created_at'
  const ordered = order(listing, request, fromEnd)
  const next = parameters.length + 1
  // Only the ids at first: an index holds them, and what is skipped is not read from the table.
  const columns = [...new Set(['id', 'created_at', computed?.get(column) ?? column])].join(', ')
  const matching = `SELECT ${columns} FROM ${table}${text}`
  const from =
    text !== '' && column !== 'created_at' && total <= some
      ? `WITH matching AS MATERIALIZED (${matching}) SELECT * FROM matching`
      : matching
  const chosen = `SELECT id FROM (${from} ORDER BY ${ordered} LIMIT $${next} OFFSET $${next + 1}) AS chosen`
  const rows = await database.query(
    `${select} WHERE id IN (${chosen}) ORDER BY ${ordered}`.replaceAll(':now', `$${next + 2}`),
    [...parameters, limit, offset, ...(now === undefined ? [] : [now])],
  )
  return { rows: fromEnd ? rows.toReversed() : rows, total }
}

interface Counted {
  readonly total: number | string
  /** A JSON array; `null` where they are many, or all. */
  readonly ids: string | null
}

async function count(database: Database, table: string, { text, parameters }: Condition) {
  const list = database.kind === 'sqlite' ? 'json_group_array(id)' : 'json_agg(id)::text'
  const everything = `SELECT COUNT(*) AS total, NULL AS ids FROM ${table}`
  const searched = `WITH found AS MATERIALIZED (SELECT id FROM ${table}${text} LIMIT ${few + 1}),
      counted AS (SELECT COUNT(*) AS number FROM found)
    SELECT CASE WHEN number > ${few} THEN (SELECT COUNT(*) FROM ${table}${text}) ELSE number END AS total,
      CASE WHEN number > ${few} THEN NULL ELSE COALESCE((SELECT ${list} FROM found), '[]') END AS ids
    FROM counted`
  const [counted] = await database.query<Counted>(text === '' ? everything : searched, parameters)
  return { total: Number(counted?.total ?? 0), ids: counted?.ids ?? null }
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

function conditionOf(database: Database, { table, searched, flags }: Listing, request: PageRequest): Condition {
  const texts: string[] = []
  const parameters: Parameter[] = []
  const term = request.search.normalize('NFC').toLowerCase()
  if (term !== '') {
    // PostgreSQL has no text with NUL, so nothing has one in it.
    if (term.includes('\0')) texts.push('1 = 0')
    else texts.push(search(database, searched, term, parameters))
  }
  for (const [name, column] of flags ?? []) {
    const values = request.filters[name] ?? []
    const [yes, no] = [values.some(isTrue), values.some(isFalse)]
    if (values.length === 0 || (yes && no)) continue
    texts.push(yes || no ? `${column} = $${parameters.push(yes)}` : '1 = 0')
  }
  if (request.without !== undefined) {
    const place = `$${parameters.push(JSON.stringify(request.without))}`
    // A set operation is done once and by hashing; NOT IN would be looked through for each row where it is long.
    const others = listed(database.kind, place)
    texts.push(`id IN (SELECT id FROM ${table} EXCEPT SELECT value FROM ${others})`)
  }
  return { text: texts.length === 0 ? '' : ` WHERE ${texts.join(' AND ')}`, parameters }
}

/** Looks for the letters as they are: none has a meaning of its own. */
function search({ kind }: Database, searched: string, term: string, parameters: Parameter[]): string {
  if (kind === 'sqlite') return `instr(${searched}, $${parameters.push(term)}) > 0`
  // Not strpos, which prepares itself anew for every row and takes twice as long.
  return `${searched} LIKE $${parameters.push(`%${term.replaceAll(/[\\%_]/g, '\\$&')}%`)}`
}

function isTrue(value: string | number | boolean): boolean {
  return value === true || value === 1
}

function isFalse(value: string | number | boolean): boolean {
  return value === false || value === 0
}
