import type { AccessRow } from './access-row.ts'
import { pageRows } from './page-rows.ts'
import { restRows } from './rest-rows.ts'

/**
 * Access rules: one row per REST API operation and page, by route. Both guards read it,
 * the OpenAPI document and `docs/reference/access.md` are generated from it, and a test sends requests for every row.
 */
export const accessTable: ReadonlyMap<string, AccessRow> = new Map(
  Object.entries<AccessRow>({ ...restRows, ...pageRows }),
)

/** The row of a route. @throws {Error} if the route has no row, so that no route is served without access rules */
export function accessTo({ method, path }: { readonly method: string; readonly path: string }): AccessRow {
  const accessRow = accessTable.get(`${method.toUpperCase()} ${path}`)
  if (accessRow === undefined) throw new Error(`The access table has no row for ${method.toUpperCase()} ${path}.`)
  return accessRow
}
