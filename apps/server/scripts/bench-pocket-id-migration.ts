import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { startPostgres } from '@pocket/test-support'
import Database from 'better-sqlite3'
import { Client } from 'pg'
import { loadConfig } from '../src/composition/config.ts'
import { migrateFromPocketId } from '../src/composition/pocket-id-migration.ts'
import { createLogger } from '../src/logging/logger.ts'

// Program: migrates an instance of Pocket ID with many users, and prints the time, how much of it other programs had the
// cores, and the largest memory of the process. Each
// user has a passkey, a group, a consent, a refresh token and an audit event. BENCH_USERS sets their number (100,000). Both databases
// are SQLite; with --postgres both are in a temporary PostgreSQL. --dry-run writes nothing.

const users = Number(process.env.BENCH_USERS ?? 100_000)
const fixture = fileURLToPath(new URL('../test/fixtures/pocket-id-2.14', import.meta.url))

await using stack = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'pocket-bench-'))
stack.defer(() => rm(folder, { recursive: true, force: true }))
const server = process.argv.includes('--postgres') ? stack.use(await startPostgres()) : undefined
const source = server ? await fillPostgres(server.url) : await fillSqlite(join(folder, 'source.db'))
const { encryptionKey } = JSON.parse(await readFile(join(fixture, 'facts.json'), 'utf8'))
const encryptionKeyFile = join(folder, 'key')
await writeFile(encryptionKeyFile, encryptionKey)

const database = server?.url ?? join(folder, 'target.db')
const env = { APP_URL: 'http://localhost:1411', DB_CONNECTION_STRING: database, ENCRYPTION_KEY: 'a key for benchmarks' }
const config = loadConfig(env, () => Buffer.alloc(0))
const startedAt = performance.now()
const coreWaitBefore = await readCoreWaitSeconds()
const cpuBefore = process.cpuUsage()
const report = await migrateFromPocketId(config, createLogger(config, { write: () => {} }), {
  source,
  encryptionKey: { file: encryptionKeyFile },
  uploads: undefined,
  isDryRun: process.argv.includes('--dry-run'),
  showProgress: () => {},
  confirmReplacement: async () => {},
})
const seconds = (performance.now() - startedAt) / 1000
const megabytes = process.resourceUsage().maxRSS / 1024
const { user, system } = process.cpuUsage(cpuBefore)
const cpuSeconds = (user + system) / 1e6
console.log(
  `${report.counts.user?.migrated} users: ${seconds.toFixed(1)} s (CPU ${cpuSeconds.toFixed(1)} s, waited ${((await readCoreWaitSeconds()) - coreWaitBefore).toFixed(1)} s for a core), at most ${megabytes.toFixed(0)} MB`,
)

/** Seconds for which the main thread was ready but other programs had the cores; 0 where Linux does not count them. */
async function readCoreWaitSeconds(): Promise<number> {
  const statistics = await readFile('/proc/self/schedstat', 'utf8').catch(() => '0 0 0')
  return Number(statistics.split(' ')[1]) / 1e9
}

/** Copies the rows of one user many times. */
async function fillSqlite(path: string): Promise<string> {
  await writeFile(path, gunzipSync(await readFile(join(fixture, 'pocket-id.db.gz'))))
  const source = new Database(path)
  source.pragma('synchronous = OFF')
  source.exec(`
    CREATE TEMP TABLE many AS WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ${users})
      SELECT n, printf('%08x-0000-4000-8000-000000000000', n) AS id FROM counted;
    INSERT INTO users (id, created_at, username, email, first_name, last_name, display_name)
      SELECT id, 1795887310, 'user' || n, 'user' || n || '@example.org', 'First' || n, 'Last' || n, 'Name' || n FROM many;
    INSERT INTO user_groups_users (user_id, user_group_id)
      SELECT id, (SELECT id FROM user_groups WHERE name = 'staff') FROM many;
    INSERT INTO webauthn_credentials (id, created_at, name, credential_id, public_key, attestation_type, transport, user_id)
      SELECT id, 1795887310, 'Phone', CAST(id AS BLOB), public_key, 'none', transport, many.id
      FROM many, (SELECT public_key, transport FROM webauthn_credentials LIMIT 1);
    INSERT INTO user_authorized_oidc_clients (user_id, client_id, scope, last_used_at)
      SELECT id, 'wiki', CAST('["openid","profile"]' AS BLOB), 1795887310 FROM many;
    INSERT INTO audit_logs (id, created_at, event, ip_address, user_agent, data, user_id)
      SELECT id, 1795887310, 'SIGN_IN', '127.0.0.1', 'bench', CAST('{}' AS BLOB), id FROM many;
    INSERT INTO oauth2_sessions (id, created_at, kind, key, request_id, client_id, request_data, expires_at)
      SELECT many.id, 1795887310, 'refresh_token', 'key' || n, many.id, 'wiki',
        CAST(json_set(CAST(request_data AS TEXT), '$.session.subject', many.id) AS BLOB), 2051222400
      FROM many, (SELECT request_data FROM oauth2_sessions WHERE kind = 'refresh_token' AND client_id = 'wiki' LIMIT 1);
  `)
  source.close()
  return path
}

async function fillPostgres(url: string): Promise<string> {
  const path = new URL(url)
  path.pathname = '/pocket_id'
  const administrator = new Client({ connectionString: url })
  await administrator.connect()
  await administrator.query('CREATE DATABASE pocket_id')
  await administrator.end()
  const load = new Client({ connectionString: path.href })
  await load.connect()
  await load.query(gunzipSync(await readFile(join(fixture, 'postgres.sql.gz'))).toString('utf8'))
  await load.end()
  const source = new Client({ connectionString: path.href })
  await source.connect()
  await source.query(`
    CREATE TEMP TABLE many AS SELECT n, (lpad(to_hex(n), 8, '0') || '-0000-4000-8000-000000000000')::uuid AS id
      FROM generate_series(1, ${users}) AS n;
    INSERT INTO users (id, created_at, username, email, first_name, last_name, display_name)
      SELECT id, now(), 'user' || n, 'user' || n || '@example.org', 'First' || n, 'Last' || n, 'Name' || n FROM many;
    INSERT INTO user_groups_users (user_id, user_group_id)
      SELECT id, (SELECT id FROM user_groups WHERE name = 'staff') FROM many;
    INSERT INTO webauthn_credentials (id, created_at, name, credential_id, public_key, attestation_type, transport, user_id)
      SELECT many.id, now(), 'Phone', many.id::text::bytea, public_key, 'none', transport, many.id
      FROM many, (SELECT public_key, transport FROM webauthn_credentials LIMIT 1) AS one;
    INSERT INTO user_authorized_oidc_clients (user_id, client_id, scope)
      SELECT id, 'wiki', '["openid","profile"]' FROM many;
    INSERT INTO audit_logs (id, created_at, event, ip_address, user_agent, data, user_id)
      SELECT id, now(), 'SIGN_IN', '127.0.0.1', 'bench', '{}', id FROM many;
    INSERT INTO oauth2_sessions (id, created_at, kind, key, request_id, client_id, request_data, expires_at)
      SELECT many.id, now(), 'refresh_token', 'key' || n, many.id::text, 'wiki',
        jsonb_set(request_data, '{session,subject}', to_jsonb(many.id)), '2035-01-01'
      FROM many, (SELECT request_data FROM oauth2_sessions WHERE kind = 'refresh_token' AND client_id = 'wiki' LIMIT 1) AS one;
  `)
  await source.end()
  return path.href
}
