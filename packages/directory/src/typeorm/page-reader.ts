import type { Database, DatabaseKind, Parameter } from '@pocket/core/internal/sql'
import type { PageRequest } from '../page.ts'
import { buildCondition, maxSortedRows, type Statement } from './list-condition.ts'
import type { Listing } from './listing.ts'
import { jsonArrayTable } from './sql-conditions.ts'

/**
 * Reads one page in at most two statements: the count and the rows. The number of different statements is limited by the
 * sorts and filters, so all of them stay prepared.
 */
export async function readPage(database: Database, listing: Listing, request: PageRequest, now = 0) {
  const { kind } = database
  const condition = buildCondition(kind, listing, request)
  const countStatement =
    condition.text === '' ? countAll(listing) : countAndSelectIds(kind, listing, request, condition)
  const knownTotal = knownCount(request)
  const [countRow] =
    knownTotal === null
      ? await database.query<CountRow>(...bindTime(now, countStatement))
      : [{ total: knownTotal, ids: null }]
  const [total, ids] = [Number(countRow?.total ?? 0), countRow?.ids ?? null]
  // The matches are not searched again, since the search takes most of the time.
  if (ids !== null)
    return { rows: await database.query(...bindTime(now, selectByIds(kind, listing, request, ids))), total }
  const { limit, offset, fromEnd } = pageRange(request, total)
  const rows = await database.query(
    ...bindTime(now, selectPage(listing, request, condition, { limit, offset, fromEnd })),
  )
  return { rows: fromEnd ? rows.toReversed() : rows, total }
}

/** The IDs of all matches in the requested order, regardless of the page. */
export async function readIds(
  database: Database,
  listing: Listing,
  request: PageRequest,
  now: number,
): Promise<readonly string[]> {
  const condition = buildCondition(database.kind, listing, request)
  const text = `SELECT id FROM (${selectSortColumns(listing, request)}${condition.text}) AS matched ORDER BY ${orderBy(listing, request)}`
  const found = await database.query<{ readonly id: string }>(...bindTime(now, { ...condition, text }))
  return Array.from(found, ({ id }) => id)
}

interface CountRow {
  readonly total: number | string
  /** A JSON array of the page's IDs; `null` if there are many, or if nothing is filtered. */
  readonly ids: string | null
}

/** The known count if only the members of a large group are requested. */
function knownCount({ memberOf, search, filters, excludedIds, onlyIds }: PageRequest): number | null {
  const isUnfiltered =
    search === '' && Object.keys(filters).length === 0 && excludedIds === undefined && onlyIds === undefined
  return isUnfiltered && memberOf !== undefined && memberOf.count > maxSortedRows ? memberOf.count : null
}

function countAll({ table }: Listing): Statement {
  return { text: `SELECT COUNT(*) AS total, NULL AS ids FROM ${table}`, parameters: [] }
}

/** Scans all rows once and keeps little data per match, regardless of their number. */
function countAndSelectIds(
  kind: DatabaseKind,
  listing: Listing,
  request: PageRequest,
  condition: Statement,
): Statement {
  const parameters = [...condition.parameters, request.limit, request.page - 1]
  const [limit, pageIndex] = [parameters.length - 1, parameters.length].map((number) => `CAST($${number} AS BIGINT)`)
  // Without matches and with one row a page, PostgreSQL would reject the offset -1.
  const lastPage = `CASE WHEN number = 0 THEN 0 ELSE (number - 1) / ${limit} END`
  const [rowId, matchCondition] =
    kind === 'sqlite'
      ? ['rowid', 'rowid IN (SELECT at FROM matching)']
      : ['ctid', 'ctid = ANY(ARRAY(SELECT at FROM matching))']
  const text = `WITH matching AS MATERIALIZED (SELECT ${rowId} AS at FROM ${listing.table}${condition.text}),
      counted AS (SELECT COUNT(*) AS number FROM matching),
      chosen AS (SELECT id FROM (${selectSortColumns(listing, request)} WHERE ${matchCondition}) AS matched
        ORDER BY ${orderBy(listing, request)} LIMIT ${limit}
        OFFSET (SELECT ${limit} * CASE WHEN ${pageIndex} > ${lastPage} THEN ${lastPage} ELSE ${pageIndex} END FROM counted))
    SELECT number AS total, CASE WHEN number <= ${maxSortedRows}
      THEN COALESCE((SELECT ${kind === 'sqlite' ? 'json_group_array(id)' : 'json_agg(id)::text'} FROM chosen), '[]') END AS ids
    FROM counted`
  return { text, parameters }
}

function selectByIds(kind: DatabaseKind, listing: Listing, request: PageRequest, ids: string): Statement {
  const selectedIds = `SELECT value FROM ${jsonArrayTable(kind)}`
  return {
    text: `${listing.select} WHERE id IN (${selectedIds}) ORDER BY ${orderBy(listing, request)}`,
    parameters: [ids],
  }
}

function selectPage(listing: Listing, request: PageRequest, condition: Statement, range: PageRange): Statement {
  const orderClause = orderBy(listing, request, range.fromEnd)
  const next = condition.parameters.length + 1
  const selectedIds = `SELECT id FROM (${selectSortColumns(listing, request)}${condition.text}
    ORDER BY ${orderClause} LIMIT $${next} OFFSET $${next + 1}) AS chosen`
  return {
    text: `${listing.select} WHERE id IN (${selectedIds}) ORDER BY ${orderClause}`,
    parameters: [...condition.parameters, range.limit, range.offset],
  }
}

/** Only the sort columns: an index contains them, and skipped rows are not read from the table. */
function selectSortColumns({ table, sortColumns, computedColumns }: Listing, { sort }: PageRequest): string {
  const column = (sort && sortColumns.get(sort.column)) ?? 'created_at'
  return `SELECT ${[...new Set(['id', 'created_at', computedColumns?.get(column) ?? column])].join(', ')} FROM ${table}`
}

function bindTime(now: number, { text, parameters }: Statement): [string, readonly Parameter[]] {
  if (!text.includes(':now')) return [text, parameters]
  return [text.replaceAll(':now', `$${parameters.length + 1}`), [...parameters, now]]
}

interface PageRange {
  readonly limit: number
  readonly offset: number
  readonly fromEnd: boolean
}

/** Skipped rows cost time, so pages in the second half are read from the end. */
function pageRange({ page, limit }: PageRequest, total: number): PageRange {
  const lastPage = Math.max(1, Math.ceil(total / limit))
  const rowsBefore = (Math.min(page, lastPage) - 1) * limit
  const size = Math.min(limit, total - rowsBefore)
  const rowsAfter = total - rowsBefore - size
  return rowsAfter < rowsBefore
    ? { limit: size, offset: rowsAfter, fromEnd: true }
    : { limit, offset: rowsBefore, fromEnd: false }
}

/** A total order, so that a row appears on one page only. */
function orderBy({ sortColumns, uniqueColumns }: Listing, { sort }: PageRequest, fromEnd = false): string {
  const requestedColumn = sort === null ? undefined : sortColumns.get(sort.column)
  const column = requestedColumn ?? 'created_at'
  const descending = requestedColumn !== undefined && sort?.descending === true
  const direction = descending !== fromEnd ? 'DESC' : 'ASC'
  const columns = uniqueColumns.has(column) ? [column] : new Set([column, 'created_at', 'id'])
  // All columns use one direction, so that an index can be used.
  return [...columns].map((name) => `${name} ${direction}`).join(', ')
}
