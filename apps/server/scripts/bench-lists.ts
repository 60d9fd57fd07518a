import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@pocket/core'
import { createDirectory, newUser } from '@pocket/directory'
import { directoryStores } from '@pocket/directory/typeorm'
import { pino } from 'pino'
import { openDatabase } from '../src/database/open-database.ts'

// A program: fills a database with users and prints how long pages of their list take, at the median, in milliseconds.
// BENCH_USERS says how many; BENCH_DATABASE_URL names an empty PostgreSQL database, without it it is SQLite.

const count = Number(process.env.BENCH_USERS ?? 100_000)
const url = process.env.BENCH_DATABASE_URL
const rounds = 15

const folder = await mkdtemp(join(tmpdir(), 'pocket-bench-'))
const database = url
  ? ({ kind: 'postgres', url } as const)
  : ({ kind: 'sqlite', path: join(folder, 'bench.db') } as const)
const opened = await openDatabase(
  { database, dataFolder: folder, encryptionKey: Buffer.alloc(32, 1) },
  pino({ level: 'silent' }),
)
const stores = directoryStores(opened.dataSource)
const directory = createDirectory({ ...stores, clock: systemClock })

await stores.transaction(async () => {
  for (let i = 0; i < count; i += 1) {
    const names = {
      username: `user${i}`,
      email: `user${i}@example.com`,
      firstName: `First${i % 997}`,
      lastName: `Last${i}`,
    }
    const flags = { emailVerified: i % 2 === 0, administrator: i === 0, disabled: i % 50 === 0 }
    await stores.users.insert({ ...newUser(names), ...flags, createdAt: i, updatedAt: i })
  }
})
if (url) await opened.dataSource.query('ANALYZE')

const usual = { page: 1, limit: 20, sort: null, filters: {}, search: '' }
const last = Math.ceil(count / usual.limit)
const lists = {
  'first page': usual,
  'middle page': { ...usual, page: Math.ceil(last / 2) },
  'last page': { ...usual, page: last },
  'by user name': { ...usual, sort: { column: 'username', descending: true } },
  'by first name, in the middle': {
    ...usual,
    page: Math.ceil(last / 2),
    sort: { column: 'firstName', descending: false },
  },
  'search that finds one': { ...usual, search: `user${count - 1}@` },
  'search that finds many': { ...usual, search: 'First1' },
  'search that finds all, sorted': { ...usual, search: 'example', sort: { column: 'email', descending: false } },
  'search that finds nothing': { ...usual, search: 'nobody at all' },
}

for (const [name, request] of Object.entries(lists)) {
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now()
    await directory.users.page(request)
    times.push(performance.now() - started)
  }
  const median = times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
  process.stdout.write(`${median.toFixed(1).padStart(8)} ms  ${name}\n`)
}

await opened[Symbol.asyncDispose]()
await rm(folder, { recursive: true })
