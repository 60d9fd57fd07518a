import { parseArgs } from 'node:util'
import { administrator, largeGroup } from './bench-lists/data.ts'
import { startBench } from './bench-lists/server.ts'

// Program: fills a database with users, groups and clients, and prints the median response time of their list pages over HTTP, in
// milliseconds: first, middle and last page, in every sort order, and with search terms that match almost nothing, a tenth and
// everything. Uses SQLite; --postgres starts a temporary PostgreSQL, and BENCH_DATABASE_URL names another empty database.
// BENCH_USERS sets the number of users; there are a tenth as many groups and clients. On a busy machine, use --fastest: the best
// time instead of the median. Paths (/api/users) select some of the lists. The administration pages of users and groups come
// last; one group contains every user.

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { postgres: { type: 'boolean', default: false }, fastest: { type: 'boolean', default: false } },
})
const count = Number(process.env.BENCH_USERS ?? 100_000)
const maxMedianMs = 50
const rounds = 9
const limit = 20

const searches = { 'no search': '', 'finds one': `${count / 10 - 1}n`, 'finds a tenth': 'tenth', 'finds all': 'ample' }
const lists: Readonly<Record<string, readonly string[]>> = {
  '/api/users': [
    'createdAt',
    'username',
    'email',
    'emailVerified',
    'firstName',
    'lastName',
    'displayName',
    'isAdmin',
    'disabled',
  ],
  '/api/user-groups': ['createdAt', 'name', 'friendlyName', 'userCount'],
  '/api/oidc/clients': [
    'createdAt',
    'name',
    'pkceEnabled',
    'requiresReauthentication',
    'isGroupRestricted',
    'clientType',
    'allowedUserGroupsCount',
  ],
}

await using bench = await startBench({ count, postgres: options.postgres, url: process.env.BENCH_DATABASE_URL })
const slow: string[] = []

for (const [path, columns] of Object.entries(lists)) {
  if (positionals.length > 0 && !positionals.includes(path)) continue
  const headers = Object.keys(searches).map((name) => name.padEnd(21))
  print(`\n${path}`.padEnd(27), ...headers)
  for (const column of columns) {
    for (const direction of ['asc', 'desc']) {
      const cells: string[] = []
      for (const search of Object.values(searches)) cells.push(await measureList({ path, column, direction, search }))
      print(`${column} ${direction}`.padEnd(26), ...cells)
    }
  }
}
const pages = [
  '/settings/admin/users',
  '/settings/admin/users?page=2500',
  '/settings/admin/users?search=tenth',
  '/settings/admin/users?search=ample&page=2500',
  '/settings/admin/users?filters%5Bpasskeys%5D=none',
  `/settings/admin/users/${administrator}`,
  '/settings/admin/user-groups',
  `/settings/admin/user-groups/${largeGroup}`,
  `/settings/admin/user-groups/${largeGroup}?page=2500`,
  `/settings/admin/user-groups/${largeGroup}?search=tenth`,
  `/settings/admin/user-groups/${largeGroup}?search=user${count / 10 - 1}n`,
]
for (const path of pages.filter(
  (page) => positionals.length === 0 || positionals.some((part) => page.includes(part)),
)) {
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now()
    await bench.page(path)
    times.push(performance.now() - started)
  }
  print(medianOf(times).toFixed(1).padStart(7), path)
}
print(`\n${slow.length} of them over ${maxMedianMs} ms`, ...slow.slice(0, 20).map((entry) => `\n  ${entry}`))

interface ListQuery {
  readonly path: string
  readonly column: string
  readonly direction: string
  readonly search: string
}

async function measureList(query: ListQuery): Promise<string> {
  const { total } = await fetchPage(query, 1)
  const last = Math.max(1, Math.ceil(total / limit))
  const medians: string[] = []
  for (const page of [1, Math.ceil(last / 2), last]) {
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) times.push((await fetchPage(query, page)).time)
    const median = medianOf(times)
    if (median > maxMedianMs) slow.push(`${median.toFixed(1)} ms: ${Object.values(query).join(' ')}, page ${page}`)
    medians.push(median.toFixed(1).padStart(6))
  }
  return medians.join(' ').padEnd(21)
}

function medianOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[options.fastest ? 0 : Math.floor(rounds / 2)] ?? 0
}

async function fetchPage({ path, column, direction, search }: ListQuery, page: number) {
  const query = new URLSearchParams({
    'pagination[page]': String(page),
    'pagination[limit]': String(limit),
    'sort[column]': column,
    'sort[direction]': direction,
    search,
  })
  const started = performance.now()
  const body = await bench.get(`${path}?${query}`)
  const time = performance.now() - started
  // The cast is safe: tests check the shape of the response.
  const { pagination } = JSON.parse(body) as { readonly pagination: { readonly totalItems: number } }
  return { time, total: pagination.totalItems }
}

function print(...texts: readonly string[]): void {
  process.stdout.write(`${texts.join('  ')}\n`)
}
