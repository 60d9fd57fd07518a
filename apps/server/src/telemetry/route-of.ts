import { accessTable } from '../access/access-table.ts'
import { coreTable } from '../access/core-table.ts'

type Pattern = readonly string[]

const patterns = new Map<string, Pattern[]>()
const staticRoutes = new Set<string>()

for (const route of [...accessTable.keys(), ...coreTable.keys()]) {
  const [method = '', path = ''] = route.split(' ')
  if (!path.includes('/:')) staticRoutes.add(route)
  else {
    const segments = path.split('/')
    const key = `${method} ${segments.length}`
    patterns.set(key, [...(patterns.get(key) ?? []), segments])
  }
}

/** The pattern of the route that serves this URL, so that neither IDs nor tokens reach a label; `undefined` if there is none. */
export function routeOf(requestMethod: string, url: string): string | undefined {
  const [path = ''] = url.split('?', 1)
  const method = requestMethod === 'HEAD' ? 'GET' : requestMethod
  if (staticRoutes.has(`${method} ${path}`)) return path
  const segments = path.split('/')
  const candidates = patterns.get(`${method} ${segments.length}`) ?? []
  return candidates.find((pattern) => matches(pattern, segments))?.join('/')
}

function matches(pattern: Pattern, segments: readonly string[]): boolean {
  return pattern.every((name, index) => name === segments[index] || (name.startsWith(':') && segments[index] !== ''))
}
