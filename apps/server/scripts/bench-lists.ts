import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '@pocket/core'
import { createDirectory, nameKey, type PageRequest } from '@pocket/directory'
import { directoryStores } from '@pocket/directory/typeorm'
import { startPostgres } from '@pocket/test-support'
import { pino } from 'pino'
import { openDatabase } from '../src/database/open-database.ts'

// A program: fills a database with users and groups and prints how long pages of their lists take, at the median and
// at best, in milliseconds. It is SQLite; with --postgres a PostgreSQL is started for it, and BENCH_DATABASE_URL names an empty database
// of another one. BENCH_USERS says how many users there are.

const { values: options } = parseArgs({ options: { postgres: { type: 'boolean', default: false } } })
const count = Number(process.env.BENCH_USERS ?? 100_000)
const groupCount = Math.ceil(count / 100)
const rounds = 15

await using stack = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'pocket-bench-'))
stack.defer(() => rm(folder, { recursive: true }))
const url = options.postgres ? stack.use(await startPostgres()).url : process.env.BENCH_DATABASE_URL
const database = url
  ? ({ kind: 'postgres', url } as const)
  : ({ kind: 'sqlite', path: join(folder, 'bench.db') } as const)
const opened = stack.use(
  await openDatabase({ database, dataFolder: folder, encryptionKey: Buffer.alloc(32, 1) }, pino({ level: 'silent' })),
)
const stores = directoryStores(opened.dataSource, systemClock)
const directory = createDirectory({ ...stores, clock: systemClock })

const ids = Array.from({ length: count }, () => crypto.randomUUID())
const groupIds = Array.from({ length: groupCount }, () => crypto.randomUUID())
await stores.transaction(async () => {
  await fill('pocket_user', ids.map(userRow))
  await fill(
    'pocket_group',
    groupIds.map((id, i) => ({
      id,
      name: `group${i}`,
      name_key: `group${i}`,
      friendly_name: `Group ${i % 97}`,
      created_at: i,
    })),
  )
  await fill(
    'pocket_membership',
    groupIds.flatMap((id, i) =>
      ids.slice(i * 100, i * 100 + 100 - (i % 50)).map((userId) => ({ group_id: id, user_id: userId })),
    ),
  )
})
// What a running instance gets within a minute by itself.
if (url) await opened.dataSource.query('VACUUM ANALYZE')

const usual: PageRequest = { page: 1, limit: 20, sort: null, filters: {}, search: '' }
const by = (column: string, descending = false) => ({ sort: { column, descending } })
const last = Math.ceil(count / usual.limit)
const middle = { page: Math.ceil(last / 2) }
const middleOfGroups = { page: Math.ceil(groupCount / usual.limit / 2) }
const users: Readonly<Record<string, Partial<PageRequest>>> = {
  'first page': {},
  'middle page': middle,
  'last page': { page: last },
  'by user name': by('username', true),
  'by user name, in the middle': { ...middle, ...by('username') },
  'by e-mail, in the middle': { ...middle, ...by('email') },
  'by first name, in the middle': { ...middle, ...by('firstName') },
  'disabled, by display name': { filters: { disabled: [true] }, ...by('displayName') },
  'not disabled, in the middle': { ...middle, filters: { disabled: [false] } },
  'search that finds one': { search: `user${count - 1}@` },
  'search that finds many': { search: 'First1' },
  'search that finds many, sorted': { search: 'First1', ...by('displayName', true) },
  'search that finds all': { search: 'user' },
  'search that finds all, sorted': { search: 'example', ...by('email') },
  'search that finds all, in the middle': { ...middle, search: 'user', ...by('lastName') },
  'search that finds nothing': { search: 'nobody at all' },
}
const groups: Readonly<Record<string, Partial<PageRequest>>> = {
  'groups, first page': {},
  'groups by number of users': by('userCount', true),
  'groups by number of users, in the middle': { ...middleOfGroups, ...by('userCount') },
  'groups by friendly name, searched': { search: 'group', ...by('friendlyName') },
}

for (const [name, request] of Object.entries(users))
  await measure(name, () => directory.users.page({ ...usual, ...request }))
for (const [name, request] of Object.entries(groups))
  await measure(name, () => directory.groups.page({ ...usual, ...request }))

async function measure(name: string, read: () => Promise<unknown>): Promise<void> {
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now()
    await read()
    times.push(performance.now() - started)
  }
  const [fastest = 0, median = 0] = [0, Math.floor(rounds / 2)].map((index) => times.sort((a, b) => a - b)[index])
  process.stdout.write(`${median.toFixed(1).padStart(8)} ms  ${fastest.toFixed(1).padStart(8)} ms  ${name}\n`)
}

function userRow(id: string, i: number) {
  const email = `user${i}@example.com`
  const names = { user_name: `user${i}`, first_name: `First${i % 997}`, last_name: `Last${i}` }
  return {
    id,
    ...names,
    email,
    user_name_key: names.user_name,
    email_key: email,
    email_verified: flag(i % 2 === 0),
    display_name: `${names.first_name} ${names.last_name}`,
    administrator: flag(i === 0),
    disabled: flag(i % 50 === 0),
    created_at: i,
    updated_at: i,
    search_key: nameKey([email, names.first_name, names.last_name, names.user_name].join('\n')),
  }
}

/** SQLite has no type for it. */
function flag(value: boolean): boolean | number {
  return url ? value : Number(value)
}

/** Many rows by a statement: the stores, which look at one name after the other, would take minutes. */
async function fill(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {})
  for (let from = 0; from < rows.length; from += 500) {
    const some = rows.slice(from, from + 500)
    const places = some.map((_, row) => `(${columns.map((_, i) => placeholder(row * columns.length + i + 1))})`)
    const values = some.flatMap((row) => columns.map((column) => row[column]))
    await opened.dataSource.query(`INSERT INTO ${table} (${columns}) VALUES ${places}`, values)
  }
}

function placeholder(number: number): string {
  return url ? `$${number}` : '?'
}
