import { createHash } from 'node:crypto'
import type { Database } from '@pocket/core/internal/sql'

/** The token of the API key that {@link fillDatabase} creates. */
export const apiKey = 'an-api-key-for-benchmarks-only'

const hash = createHash('sha256').update(apiKey).digest('base64url')

/** For `n`, counted from 0: a tenth of the rows have `tenth` in their name, all have `ample`. */
const tenth = `CASE n % 10 WHEN 0 THEN 'Tenth' ELSE 'Other' END`
const id = `'00000000-0000-4000-8000-' || (100000000000 + n)`
const groupId = `'00000000-0000-4000-8000-' || (100000000000 + n / 10)`

/** The columns of the rows of each table, in SQL that both databases support. */
const rows: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  pocket_user: {
    id,
    user_name: `'user' || n || 'n'`,
    user_name_key: `'user' || n || 'n'`,
    email: `'user' || n || '@example.com'`,
    email_key: `'user' || n || '@example.com'`,
    email_verified: 'n % 2 = 0',
    first_name: `${tenth} || (n % 997)`,
    last_name: `'Last' || n`,
    display_name: `${tenth} || (n % 997) || ' Last' || n`,
    administrator: 'n = 0',
    disabled: 'n % 50 = 1',
    created_at: 'n',
    updated_at: 'n',
    search_key: `lower('user' || n || '@example.com' || '\n' || ${tenth} || (n % 997) || '\nlast' || n || '\nuser' || n || 'n')`,
  },
  pocket_group: {
    id,
    name: `'sample' || n || 'n' || ${tenth}`,
    name_key: `lower('sample' || n || 'n' || ${tenth})`,
    friendly_name: `'Group ' || (n % 97)`,
    search_key: `lower('sample' || n || 'n' || ${tenth} || '\n' || 'group ' || (n % 97))`,
    created_at: 'n',
  },
  pocket_membership: { user_id: id, group_id: groupId },
  pocket_passkey: {
    id,
    account_id: id,
    credential_id: `'credential' || n`,
    public_key: `'${'A'.repeat(100)}'`,
    counter: '0',
    transports: `'[]'`,
    aaguid: `'00000000-0000-0000-0000-000000000000'`,
    device_type: `'multiDevice'`,
    backed_up: 'n % 2 = 0',
    name: `'Passkey'`,
    created_at: 'n',
  },
  pocket_client: {
    id,
    name: `'Sample ' || n || 'n' || ${tenth}`,
    name_key: `lower('Sample ' || n || 'n' || ${tenth})`,
    description: `''`,
    client_type: `CASE n % 3 WHEN 0 THEN 'web' ELSE 'spa' END`,
    redirect_uris: `'["https://app' || n || '.example.com/callback"]'`,
    post_logout_redirect_uris: `'[]'`,
    is_public: 'n % 3 <> 0',
    pkce_required: 'n % 2 = 0',
    pkce_supported: 'n % 4 = 0',
    requires_reauthentication: 'n % 100 = 0',
    requires_pushed_authorization_requests: 'n % 100 = 1',
    skip_consent: 'n % 7 = 0',
    is_group_restricted: 'n % 5 = 0',
    secrets: `'[]'`,
    federated_identities: `'[]'`,
    access_token_duration_minutes: '60',
    refresh_token_duration_minutes: '43200',
    created_at: 'n',
    updated_at: 'n',
  },
  pocket_client_group: { client_id: id, group_id: groupId },
}

const userTables = new Set(['pocket_user', 'pocket_membership', 'pocket_passkey'])

export const administrator = '00000000-0000-4000-8000-100000000000'

/** The group that contains every user; the others have ten members. */
export const largeGroup = '00000000-0000-4000-8000-100000000000'

/**
 * Inserts this many users with a passkey each, and a tenth as many groups and clients, with one statement per table; and an API
 * key of the first user, who is the administrator.
 *
 * @param others - the number of groups and of clients
 */
export async function fillDatabase(database: Database, count: number, others = count / 10): Promise<void> {
  for (const [table, columns] of Object.entries(rows)) {
    const end = userTables.has(table) ? count : others
    await database.execute(
      `WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${end})
        INSERT INTO ${table} (${Object.keys(columns)}) SELECT ${Object.values(columns)} FROM numbers`,
    )
  }
  await database.execute(
    `INSERT INTO pocket_membership (user_id, group_id) SELECT id, '${largeGroup}' FROM pocket_user WHERE id NOT IN
      (SELECT user_id FROM pocket_membership WHERE group_id = '${largeGroup}')`,
  )
  await database.execute(
    `INSERT INTO pocket_api_key (id, owner_id, name, name_key, token_hash, scopes, created_at, expires_at, expiration_email_sent)
      SELECT id, id, 'Key', 'key', $1, 'null', 0, $2, $3 FROM pocket_user WHERE id = '${administrator}'`,
    [hash, Date.now() + 86_400_000, false],
  )
}
