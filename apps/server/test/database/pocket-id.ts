/** The main tables of a Pocket ID database with a few rows, in SQL for both SQLite and PostgreSQL. */
export const pocketIdSchema: readonly string[] = [
  'CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)',
  `CREATE TABLE users (id varchar(36) NOT NULL PRIMARY KEY, username text NOT NULL UNIQUE, email text UNIQUE,
    first_name text NOT NULL, last_name text NOT NULL, display_name text NOT NULL, is_admin boolean NOT NULL,
    disabled boolean NOT NULL, email_verified boolean NOT NULL)`,
  'CREATE TABLE user_groups (id varchar(36) NOT NULL PRIMARY KEY, friendly_name text NOT NULL, name text NOT NULL UNIQUE)',
  `CREATE TABLE webauthn_credentials (id varchar(36) NOT NULL PRIMARY KEY, name text NOT NULL,
    credential_id text NOT NULL UNIQUE, user_id varchar(36) REFERENCES users (id) ON DELETE CASCADE)`,
  'CREATE TABLE oidc_clients (id text NOT NULL PRIMARY KEY, name text, callback_urls text, is_public boolean)',
  'CREATE TABLE kv (key text NOT NULL PRIMARY KEY, value text)',
  'CREATE INDEX idx_webauthn_user ON webauthn_credentials (user_id)',
]

export const pocketIdRows: readonly string[] = [
  'INSERT INTO schema_migrations VALUES (20260814120000, false)',
  `INSERT INTO users VALUES ('7b1d', 'tim', 'tim@example.com', 'Tim', 'Cook', 'Tim Cook', true, false, true)`,
  `INSERT INTO webauthn_credentials VALUES ('11aa', 'Laptop', 'AAEC', '7b1d')`,
  `INSERT INTO oidc_clients VALUES ('nas', 'NAS', '["https://nas.example.com"]', false)`,
  `INSERT INTO kv VALUES ('instance_id', '0c1f')`,
]
