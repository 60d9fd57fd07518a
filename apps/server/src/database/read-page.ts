import type { Database, Parameter, TableRows } from '@pocket/core/internal/sql'
import { type ListRequest, offsetOf, type Page } from '../http/api/list.ts'

interface PageQuery {
  /** SQL, with placeholders for `parameters`. */
  readonly where: string
  readonly parameters: readonly Parameter[]
  readonly orderBy: string
}

/** One page of the rows that meet the condition, and the number of all. */
export async function readPage<Row>(
  database: Database,
  rows: TableRows<Row>,
  { where, parameters, orderBy }: PageQuery,
  request: Pick<ListRequest, 'page' | 'limit'>,
): Promise<Page<Row>> {
  const count = `SELECT COUNT(*) AS total FROM ${rows.table} WHERE ${where}`
  const [counted] = await database.query<{ total: number | string }>(count, parameters)
  const total = Number(counted?.total)
  const next = parameters.length + 1
  const page = `${rows.select} WHERE ${where} ORDER BY ${orderBy} LIMIT $${next} OFFSET $${next + 1}`
  const found = await database.query(page, [...parameters, request.limit, offsetOf(request, total)])
  return { total, items: rows.all(found) }
}

/** Sorts by the SQL expression of the requested column, if there is one, and then as `fallback` says. */
export function orderOf(
  expressions: Readonly<Record<string, string>>,
  { sort }: Pick<ListRequest, 'sort'>,
  fallback: string,
): string {
  if (sort === null || !Object.hasOwn(expressions, sort.column)) return fallback
  return `${expressions[sort.column]} ${sort.descending ? 'DESC' : 'ASC'}, ${fallback}`
}
