import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { createTestDatabase, databaseKinds, quickOnly, startPostgres } from '@pocket/test-support'
import Database from 'better-sqlite3'
import pg from 'pg'
import { checkDisk } from '../../src/database/checks.ts'
import { codeOf } from '../../src/logging/failure.ts'
import { type RunningApp, startApp } from './app.ts'

const ok = { database: 'ok', writable: 'ok', migrations: 'ok', disk: 'ok', keys: 'ok' }

interface Readiness {
  readonly status: string
  readonly checks: Readonly<Record<string, string>>
}

async function fetchReadiness({ url }: RunningApp): Promise<readonly [number, Readiness]> {
  const response = await fetch(`${url}/readyz`)
  expect(response.headers.get('cache-control')).toBe('no-store')
  return [response.status, JSON.parse(await response.text())]
}

/** Repeats the request until this is the response: results are cached briefly, and a slow machine takes longer. */
async function waitForReadiness(running: RunningApp, expected: unknown): Promise<void> {
  let found: unknown
  for (let tries = 0; tries < 400 && !isDeepStrictEqual(found, expected); tries++) {
    if (tries > 0) await setTimeout(50)
    found = await fetchReadiness(running)
  }
  expect(found).toEqual(expected)
}

const failedReadiness = (...names: readonly (keyof typeof ok)[]) => [
  503,
  { status: 'failed', checks: { ...ok, ...Object.fromEntries(names.map((name) => [name, 'failed'])) } },
]
const ready = [200, { status: 'ok', checks: ok }]

/** Two connections in one process would deadlock if one waited for the other. */
async function retryWhileBusy(work: () => unknown): Promise<void> {
  for (;;) {
    try {
      work()
      return
    } catch (error) {
      if (codeOf(error) !== 'SQLITE_BUSY') throw error
      await setImmediate()
    }
  }
}

/** A server, and another connection to its database. */
async function startServerAndConnection(kind: string) {
  await using stack = new AsyncDisposableStack()
  if (kind === 'SQLite') {
    const folder = await mkdtemp(join(tmpdir(), 'pocket-ready-'))
    stack.defer(() => rm(folder, { recursive: true }))
    const path = join(folder, 'pocket-id.db')
    const running = stack.use(await startApp({ DB_CONNECTION_STRING: path }))
    const database = new Database(path, { timeout: 0 })
    stack.defer(() => void database.close())
    const opened = stack.move()
    return {
      running,
      execute: (sql: string) => retryWhileBusy(() => database.exec(sql)),
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    }
  }
  const { url } = stack.use(await createTestDatabase())
  const running = stack.use(await startApp({ DB_CONNECTION_STRING: url }))
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  stack.defer(() => client.end())
  const opened = stack.move()
  return {
    running,
    execute: async (sql: string) => void (await client.query(sql)),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

describe.each(databaseKinds)('%s', (kind) => {
  test('/readyz names failed checks, and recovers with them', async () => {
    await using each = await startServerAndConnection(kind)
    const { running, execute } = each
    await waitForReadiness(running, ready)

    await execute(`UPDATE pocket_server_migration SET name = 'x' || name`)
    await waitForReadiness(running, failedReadiness('migrations'))
    await execute(`UPDATE pocket_server_migration SET name = substr(name, 2)`)
    await waitForReadiness(running, ready)

    const addMigration = (name: string) =>
      execute(`INSERT INTO pocket_core_migration (id, timestamp, name) VALUES (${name.length + 1000}, 1, '${name}')`)
    await addMigration('RenameNotes1999999999999')
    await waitForReadiness(running, failedReadiness('migrations'))
    await execute(`UPDATE pocket_core_migration SET name = 'AdditiveNotes1999999999999' WHERE timestamp = 1`)
    await waitForReadiness(running, ready)

    await execute(`UPDATE pocket_key SET encrypted_jwk = 'x' || encrypted_jwk`)
    await waitForReadiness(running, failedReadiness('keys'))
    await execute(`UPDATE pocket_key SET encrypted_jwk = substr(encrypted_jwk, 2)`)
    await waitForReadiness(running, ready)
  })

  if (kind === 'PostgreSQL') {
    test('/readyz reports a read-only PostgreSQL as not writable', async () => {
      await using each = await startServerAndConnection('PostgreSQL')
      const { running, execute } = each
      await execute(
        `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`,
      )
      await execute(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      )
      await waitForReadiness(running, failedReadiness('writable'))
    })

    test('/readyz responds in time while PostgreSQL is frozen, and /livez stays healthy', async () => {
      await using postgres = await startPostgres()
      await using running = await startApp({ DB_CONNECTION_STRING: postgres.url })
      await waitForReadiness(running, ready)
      postgres.suspend()
      await waitForReadiness(running, failedReadiness('database', 'writable', 'migrations', 'keys'))
      const alive = await fetch(`${running.url}/livez`)
      expect([alive.status, await alive.json()]).toEqual([200, { status: 'ok' }])
      expect((await fetch(`${running.url}/healthz`)).status).toBe(503)
      postgres.resume()
      await waitForReadiness(running, ready)
      expect(running.log.join()).toContain('"check":"writable"')
    })
  }
})

quickOnly(test)(
  'a disk with less free space than the threshold fails, but an unused data folder does not',
  async () => {
    await checkDisk(tmpdir(), 0)
    await checkDisk(join(tmpdir(), 'no such folder'))
    await expect(checkDisk(tmpdir(), Number.MAX_SAFE_INTEGER)).rejects.toThrow(/bytes left/)
  },
)
