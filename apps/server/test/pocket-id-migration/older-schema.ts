import { randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import Database from 'better-sqlite3'
import { Client } from 'pg'
import { openArchive } from '../../src/pocket-id-migration/source/archive.ts'
import { facts } from './fixture.ts'

/** Versions of Pocket ID whose schema differs from that of 2.14, and the number of their last migration. */
export const olderVersions = ['2.13', '2.12', '2.10'] as const
export type OlderVersion = (typeof olderVersions)[number]

// Each step undoes the migrations of one version of Pocket ID (2.11 has those of 2.10).

/** One secret for each client, in a separate column; access to an API only by its permissions. */
const to2_13 = `
  ALTER TABLE oidc_clients ADD COLUMN secret TEXT;
  UPDATE oidc_clients SET secret = (
    SELECT value ->> 'hash' FROM json_each(CAST(credentials AS TEXT), '$.secrets') WHERE value ->> 'alg' = 'bcrypt');
  UPDATE oidc_clients SET credentials = CAST(json_remove(CAST(credentials AS TEXT), '$.secrets') AS BLOB);
  DROP TABLE oidc_clients_allowed_apis;
  ALTER TABLE apis DROP COLUMN allow_cimd_clients;
  ALTER TABLE api_permissions DROP COLUMN allowed_for_cimd_clients;
  UPDATE apis SET audience = audience || '/' WHERE audience LIKE 'https:%';
  UPDATE schema_migrations SET version = 20260802120000;`

/** Neither client ID metadata documents nor lifetimes of a client. */
const to2_12 = `
  ALTER TABLE oidc_clients DROP COLUMN client_type;
  ALTER TABLE oidc_clients DROP COLUMN metadata_expires_at;
  ALTER TABLE oidc_clients DROP COLUMN metadata_grant_types;
  ALTER TABLE oidc_clients DROP COLUMN access_token_duration_minutes;
  ALTER TABLE oidc_clients DROP COLUMN refresh_token_duration_minutes;
  CREATE TABLE sessions_2_12 AS
    SELECT id, created_at, kind, key, request_id, access_token_signature, active, request_data, expires_at
      FROM oauth2_sessions;
  DROP TABLE oauth2_sessions;
  ALTER TABLE sessions_2_12 RENAME TO oauth2_sessions;
  UPDATE schema_migrations SET version = 20260727120000;`

/** Settings and tokens in tables of their own; requests as text. */
const to2_10 = `
  ALTER TABLE oidc_clients DROP COLUMN pkce_supported;
  UPDATE oauth2_sessions SET request_data = CAST(request_data AS TEXT);
  DELETE FROM francis_actor_state;
  CREATE TABLE app_config_variables (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE one_time_access_tokens (id TEXT PRIMARY KEY, created_at DATETIME NOT NULL, token TEXT NOT NULL UNIQUE,
    expires_at DATETIME NOT NULL, user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE, device_token TEXT);
  CREATE TABLE signup_tokens (id TEXT NOT NULL PRIMARY KEY, created_at DATETIME NOT NULL, token TEXT NOT NULL UNIQUE,
    expires_at DATETIME NOT NULL, usage_limit INTEGER NOT NULL DEFAULT 1, usage_count INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE signup_tokens_user_groups (signup_token_id TEXT NOT NULL, user_group_id TEXT NOT NULL,
    PRIMARY KEY (signup_token_id, user_group_id));
  UPDATE schema_migrations SET version = 20260708130000;`

/** Gives an instance of 2.14 the schema of an older version, as that version would have stored the same data. */
export function downgrade(path: string, version: OlderVersion): void {
  const database = new Database(path)
  database.pragma('foreign_keys = OFF')
  database.exec(to2_13)
  if (version !== '2.13') database.exec(to2_12)
  if (version === '2.10') {
    database.exec(to2_10)
    fillTables(database)
  }
  database.close()
}

/** The same steps on PostgreSQL, whose columns for JSON were `jsonb` in all of these versions. */
const postgresSteps: Readonly<Record<OlderVersion, string>> = {
  '2.13': `
    ALTER TABLE oidc_clients ADD COLUMN secret text;
    UPDATE oidc_clients SET credentials = credentials - 'secrets', secret = (
      SELECT each ->> 'hash' FROM jsonb_path_query(credentials, '$.secrets[*]') AS each WHERE each ->> 'alg' = 'bcrypt');
    DROP TABLE oidc_clients_allowed_apis;
    ALTER TABLE apis DROP COLUMN allow_cimd_clients;
    ALTER TABLE api_permissions DROP COLUMN allowed_for_cimd_clients;
    UPDATE apis SET audience = audience || '/' WHERE audience LIKE 'https:%';
    UPDATE schema_migrations SET version = 20260802120000;`,
  '2.12': `
    ALTER TABLE oidc_clients DROP COLUMN client_type, DROP COLUMN metadata_expires_at, DROP COLUMN metadata_grant_types,
      DROP COLUMN access_token_duration_minutes, DROP COLUMN refresh_token_duration_minutes;
    ALTER TABLE oauth2_sessions DROP COLUMN client_id CASCADE;
    UPDATE schema_migrations SET version = 20260727120000;`,
  '2.10': `
    ALTER TABLE oidc_clients DROP COLUMN pkce_supported;
    DELETE FROM francis_actor_state;
    CREATE TABLE app_config_variables (key varchar(100) NOT NULL PRIMARY KEY, value text NOT NULL);
    CREATE TABLE one_time_access_tokens (id uuid PRIMARY KEY, created_at timestamptz, token varchar(255) NOT NULL UNIQUE,
      expires_at timestamptz NOT NULL, user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE, device_token varchar(16));
    CREATE TABLE signup_tokens (id uuid NOT NULL PRIMARY KEY, created_at timestamptz NOT NULL, token varchar(255) NOT NULL UNIQUE,
      expires_at timestamptz NOT NULL, usage_limit integer NOT NULL DEFAULT 1, usage_count integer NOT NULL DEFAULT 0);
    CREATE TABLE signup_tokens_user_groups (signup_token_id uuid NOT NULL, user_group_id uuid NOT NULL,
      PRIMARY KEY (signup_token_id, user_group_id));
    UPDATE schema_migrations SET version = 20260708130000;`,
}

/** As `downgrade`, for a PostgreSQL database. */
export async function downgradePostgres(url: string, version: OlderVersion): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  for (const step of olderVersions.slice(0, olderVersions.indexOf(version) + 1)) await client.query(postgresSteps[step])
  if (version === '2.10') await fillPostgresTables(client)
  await client.end()
}

async function fillPostgresTables(client: Client): Promise<void> {
  const now = new Date()
  for (const entry of Object.entries(facts.settings))
    await client.query('INSERT INTO app_config_variables VALUES ($1, $2)', entry)
  for (const { id, token, expiresAt, usageLimit, usageCount, groups } of facts.signupTokens) {
    const values = [id, now, token, expiresAt, usageLimit, usageCount]
    await client.query('INSERT INTO signup_tokens VALUES ($1, $2, $3, $4, $5, $6)', values)
    await client.query(
      'INSERT INTO signup_tokens_user_groups SELECT $1, id FROM user_groups WHERE name = ANY($2::text[])',
      [id, groups],
    )
  }
  for (const { user, code, expiresAt } of facts.oneTimeCodes) {
    const values = [randomUUID(), now, code, Number.isNaN(Date.parse(expiresAt)) ? new Date(1000) : expiresAt, user]
    await client.query(
      'INSERT INTO one_time_access_tokens SELECT $1, $2, $3, $4, id, NULL FROM users WHERE username = $5',
      values,
    )
  }
}

/**
 * The export of an SQLite database, as each version writes it: instants as text, bytes in base64, no tables of the program
 * itself. The states of actors and the pictures are those of the fixture.
 */
export async function createExport(path: string, archive: string, version: OlderVersion): Promise<Buffer> {
  const database = new Database(path, { readonly: true })
  const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all().map(String)
  const exported = names.filter((name) => !/^(storage|schema_migrations|francis_.*|sqlite_.*)$/.test(name))
  const tables = Object.fromEntries(exported.map((name) => [name, exportedRows(database, name)] as const))
  const schemaVersion = database.prepare('SELECT version FROM schema_migrations').pluck().get()
  database.close()
  await using zip = await openArchive(archive)
  const files = new Map<string, Buffer>()
  for (const name of zip.names.filter((each) => !each.endsWith('/'))) {
    if (name === 'francis.bin' && version === '2.10') continue
    files.set(name, await buffer(await zip.open(name)))
  }
  const filled = Object.fromEntries(Object.entries(tables).filter(([, rows]) => rows.length > 0))
  const content = { provider: 'sqlite', version: schemaVersion, tables: filled, tableOrder: ['users', 'user_groups'] }
  return createZip(files.set('database.json', Buffer.from(JSON.stringify(content))))
}

function exportedRows(database: Database.Database, table: string): readonly object[] {
  const columns = database.prepare<[string], { name: string; type: string }>(
    'SELECT name, type FROM pragma_table_info(?)',
  )
  const types = new Map(columns.all(table).map(({ name, type }) => [name, type]))
  const rows = database.prepare<[], Record<string, unknown>>(`SELECT * FROM "${table}"`).all()
  const exportedValue = (column: string, value: unknown) => {
    if (value === null) return null
    const type = types.get(column) ?? ''
    if (type === 'DATETIME') return new Date(Number(value) * 1000).toISOString()
    if (type === 'BOOLEAN') return value === 1
    return Buffer.isBuffer(value) ? value.toString('base64') : value
  }
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([column, value]) => [column, exportedValue(column, value)])),
  )
}

/** A ZIP archive without compression (APPNOTE 6.3.10 §4.3). */
function createZip(files: ReadonlyMap<string, Buffer>): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of files) {
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt32LE(crc32(content), 10)
    common.writeUInt32LE(content.length, 14)
    common.writeUInt32LE(content.length, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), content])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, place, Buffer.from(name)]))
    parts.push(local)
    offset += local.length
  }
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.size, 4)
  end.writeUInt16LE(files.size, 6)
  end.writeUInt32LE(Buffer.concat(directory).length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\x05\x06'), end])
}

/** The rows that later versions keep in the state of their actors. */
function fillTables(database: Database.Database): void {
  const fixture = database.prepare('INSERT INTO app_config_variables VALUES (?, ?)')
  for (const entry of Object.entries(facts.settings)) fixture.run(...entry)
  const token = database.prepare('INSERT INTO signup_tokens VALUES (?, 1795887310, ?, unixepoch(?), ?, ?)')
  const group = database.prepare('INSERT INTO signup_tokens_user_groups SELECT ?, id FROM user_groups WHERE name = ?')
  for (const { id, token: text, expiresAt, usageLimit, usageCount, groups } of facts.signupTokens) {
    token.run(id, text, expiresAt, usageLimit, usageCount)
    for (const name of groups) group.run(id, name)
  }
  const code = database.prepare(
    `INSERT INTO one_time_access_tokens SELECT ?, 1795887310, ?, coalesce(unixepoch(?), 1), id, NULL FROM users WHERE username = ?`,
  )
  for (const { user, code: text, expiresAt } of facts.oneTimeCodes) code.run(text, text, expiresAt, user)
}
