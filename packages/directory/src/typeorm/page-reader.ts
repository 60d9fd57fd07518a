import type { Database, DatabaseKind, Parameter } from '@pocket/core/internal/sql'
import type { PageRequest } from '../page.ts'
import { listed } from './ids.ts'
import { conditionOf, type Statement, some } from './list-condition.ts'
import type { Listing } from './listing.ts'

export interface RowPage {
  readonly rows: readonly object[]
  readonly total: number
}

/**
 * Reads one page in at most two statements: the count and the rows. The number of different statements is limited by the
 * sorts and filters, so all of them stay prepared.
 */
export async function readPage(database: Database, listing: Listing, request: PageRequest, now = 0): Promise<RowPage> {
  const { kind } = database
  const condition = conditionOf(kind, listing, request)
  const counting = condition.text === '' ? countAll(listing) : countAndChoose(kind, listing, request, condition)
  const known = knownCount(request)
  const [counted] = known === null ? await database.query<Counted>(...at(now, counting)) : [{ total: known, ids: null }]
  const [total, ids] = [Number(counted?.total ?? 0), counted?.ids ?? null]
  // The matches are not searched again, since the search takes most of the time.
  if (ids !== null) return { rows: await database.query(...at(now, readChosen(kind, listing, request, ids))), total }
  const { limit, offset, fromEnd } = place(request, total)
  const rows = await database.query(
    ...at(now, readPageByIndex(listing, request, condition, { limit, offset, fromEnd })),
  )
  return { rows: fromEnd ? rows.toReversed() : rows, total }
}

interface Counted {
  readonly total: number | string
  /** A JSON array of the page's IDs; `null` if there are many, or if nothing is filtered. */
  readonly ids: string | null
}

/** The known count if only the members of a large group are requested. */
function knownCount({ memberOf, search, filters, without, among }: PageRequest): number | null {
  const isAll = search === '' && Object.keys(filters).length === 0 && without === undefined && among === undefined
  return isAll && memberOf !== undefined && memberOf.count > some ? memberOf.count : null
}

function countAll({ table }: Listing): Statement {
  return { text: `SELECT COUNT(*) AS total, NULL AS ids FROM ${table}`, parameters: [] }
}

/** Scans all rows once and keeps little data per match, regardless of their number. */
function countAndChoose(kind: DatabaseKind, listing: Listing, request: PageRequest, condition: Statement): Statement {
  const parameters = [...condition.parameters, request.limit, request.page - 1]
  const [limit, before] = [parameters.length - 1, parameters.length].map((number) => `CAST($${number} AS BIGINT)`)
  const last = `(number - 1) / ${limit}`
  const [at, isMatching] =
    kind === 'sqlite'
      ? ['rowid', 'rowid IN (SELECT at FROM matching)']
      : ['ctid', 'ctid = ANY(ARRAY(SELECT at FROM matching))']
  const text = `WITH matching AS MATERIALIZED (SELECT ${at} AS at FROM ${listing.table}${condition.text}),
      counted AS (SELECT COUNT(*) AS number FROM matching),
      chosen AS (SELECT id FROM (${narrow(listing, request)} WHERE ${isMatching}) AS matched
        ORDER BY ${order(listing, request)} LIMIT ${limit}
        OFFSET (SELECT ${limit} * CASE WHEN ${before} > ${last} THEN ${last} ELSE ${before} END FROM counted))
    SELECT number AS total, CASE WHEN number <= ${some}
      THEN COALESCE((SELECT ${kind === 'sqlite' ? 'json_group_array(id)' : 'json_agg(id)::text'} FROM chosen), '[]') END AS ids
    FROM counted`
  return { text, parameters }
}

function readChosen(kind: DatabaseKind, listing: Listing, request: PageRequest, ids: string): Statement {
  const chosen = `SELECT value FROM ${listed(kind)}`
  return { text: `${listing.select} WHERE id IN (${chosen}) ORDER BY ${order(listing, request)}`, parameters: [ids] }
}

function readPageByIndex(listing: Listing, request: PageRequest, condition: Statement, place: Place): Statement {
  const ordered = order(listing, request, place.fromEnd)
  const next = condition.parameters.length + 1
  const chosen = `SELECT id FROM (${narrow(listing, request)}${condition.text}
    ORDER BY ${ordered} LIMIT $${next} OFFSET $${next + 1}) AS chosen`
  return {
    text: `${listing.select} WHERE id IN (${chosen}) ORDER BY ${ordered}`,
    parameters: [...condition.parameters, place.limit, place.offset],
  }
}

/** Only the sort columns: an index contains them, and skipped rows are not read from the table. */
function narrow({ table, sorts, computed }: Listing, { sort }: PageRequest): string {
  const column = (sort && sorts.get(sort.column)) ?? 'created_at'
  return `SELECT ${[...new Set(['id', 'created_at', computed?.get(column) ?? column])].join(', ')} FROM ${table}`
}

/** The statement and its parameter values. */
function at(now: number, { text, parameters }: Statement): [string, readonly Parameter[]] {
  if (!text.includes(':now')) return [text, parameters]
  return [text.replaceAll(':now', `$${parameters.length + 1}`), [...parameters, now]]
}

interface Place {
  readonly limit: number
  readonly offset: number
  readonly fromEnd: boolean
}

/** Skipped rows cost time, so pages in the second half are read from the end. */
function place({ page, limit }: PageRequest, total: number): Place {
  const lastPage = Math.max(1, Math.ceil(total / limit))
  const before = (Math.min(page, lastPage) - 1) * limit
  const size = Math.min(limit, total - before)
  const after = total - before - size
  return after < before ? { limit: size, offset: after, fromEnd: true } : { limit, offset: before, fromEnd: false }
}

/** A total order, so that a row appears on one page only. */
function order({ sorts, unique }: Listing, { sort }: PageRequest, fromEnd = false): string {
  const asked = sort === null ? undefined : sorts.get(sort.column)
  const column = asked ?? 'created_at'
  const descending = asked !== undefined && sort?.descending === true
  const direction = descending !== fromEnd ? 'DESC' : 'ASC'
  const columns = unique.has(column) ? [column] : new Set([column, 'created_at', 'id'])
  // All columns use one direction, so that an index can be used.
  return [...columns].map((each) => `${each} ${direction}`).join(', ')
}
