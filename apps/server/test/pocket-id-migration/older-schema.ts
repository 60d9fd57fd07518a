import Database from 'better-sqlite3'
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

/** What later versions keep in the state of their actors. */
function fillTables(database: Database.Database): void {
  const setting = database.prepare('INSERT INTO app_config_variables VALUES (?, ?)')
  for (const entry of Object.entries(facts.settings)) setting.run(...entry)
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
