import type { AccessRow } from '../../src/access/access-row.ts'
import { restRows } from '../../src/access/rest-rows.ts'

/** The operations of the REST API. */
export const restRoutes = Object.entries<AccessRow>(restRows).map(([route, row]) => {
  const [method = '', path = ''] = route.split(' ')
  return { route, method, path, row }
})
