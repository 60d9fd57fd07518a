import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPublicFetch } from '@pocket/core'
import { databaseOf } from '@pocket/core/internal/sql'
import { createDirectory, newUser } from '@pocket/directory'
import { createScimTarget, isComplete, pauseByTimer, syncScim } from '@pocket/directory/internal'
import { directoryStores } from '@pocket/directory/typeorm'
import { startPostgres } from '@pocket/test-support'
import { startScimServer } from '@pocket/test-support/scim'
import { loadConfig } from '../src/composition/config.ts'
import { openDatabase } from '../src/composition/open-database.ts'
import { createLogger } from '../src/logging/logger.ts'

// Program: provisions users and groups to a SCIM server in this process, and prints the requests, the statements and the time of
// the first run, of an unchanged one, and of one after a few changes. BENCH_USERS sets the number of users (10,000); every
// hundred of them form a group. Uses SQLite; --postgres starts a temporary PostgreSQL.

const count = Number(process.env.BENCH_USERS ?? 10_000)
const groupSize = 100
const clock = { now: () => Date.now() }

await using stack = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'pocket-bench-'))
stack.defer(() => rm(folder, { recursive: true, force: true }))
const onPostgres = process.argv.includes('--postgres')
const url = onPostgres ? stack.use(await startPostgres()).url : join(folder, 'pocket-id.db')
const env = {
  APP_URL: 'http://localhost:1411',
  DB_CONNECTION_STRING: url,
  ENCRYPTION_KEY: 'a key for benchmarks that is long enough',
}
const config = loadConfig(env, () => Buffer.alloc(0))
const { dataSource } = stack.use(await openDatabase(config, createLogger(config, { write: () => {} })))
const database = databaseOf(dataSource)
const stores = directoryStores(dataSource, clock)
const directory = createDirectory({ ...stores, clock })
const server = stack.use(await startScimServer())

const ids: string[] = []
await stores.transaction(async () => {
  for (let index = 0; index < count; index++) {
    const fields = { username: `user${index}`, email: `user${index}@example.com`, firstName: 'First' }
    ids.push((await directory.create(newUser(fields))).id)
  }
  for (let index = 0; index < count; index += groupSize) {
    const name = `group${index}`
    const group = await directory.groups.create({ name, friendlyName: name })
    await directory.groups.setMembers(group.id, ids.slice(index, index + groupSize))
  }
})

let statements = 0
const { query, execute } = database
Object.assign(database, {
  query: (...call: Parameters<typeof query>) => {
    statements++
    return query.apply(database, call)
  },
  execute: (...call: Parameters<typeof execute>) => {
    statements++
    return execute.apply(database, call)
  },
})

await run('first run')
await run('unchanged')
for (const id of ids.slice(0, 10)) await directory.users.update(id, { lastName: 'Changed' })
await run('ten changed')

async function run(label: string): Promise<void> {
  statements = 0
  server.requests.length = 0
  const { signal } = new AbortController()
  const fetch = createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'], maxBytes: 32 * 1024 * 1024, timeout: 30_000 })
  const endpoint = { url: server.url, token: 'scim-token' }
  const target = createScimTarget({ fetch, endpoint, signal, now: clock.now, pause: pauseByTimer })
  const started = performance.now()
  const report = await syncScim({
    providerId: '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1',
    target,
    source: stores.snapshots,
    records: stores.scimRecords,
    groupIds: null,
    removal: 'deactivate',
    clock,
    signal,
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const methods = Object.entries(Object.groupBy(server.requests, (request) => request.split(' ')[0] ?? ''))
  const requests = methods.map(([method, all]) => `${all?.length} ${method}`).join(', ')
  print(`${label}: ${isComplete(report) ? 'complete' : JSON.stringify(report.stopped ?? report.problems[0])}`)
  print(`  ${seconds} s, ${report.requests} requests (${requests}), ${statements} statements`)
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
