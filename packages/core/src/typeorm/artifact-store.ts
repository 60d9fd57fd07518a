import { type ArtifactStore, type Leeway, latestExpiry } from '../oidc/artifact-store.ts'
import { artifactTable } from './artifact.table.ts'
import type { Database, DatabaseKind } from './database.ts'
import { removeExpired } from './expired-rows.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(artifactTable)

/**
 * The condition that the network has fewer pending artifacts; its parameters follow the first `count`. SQLite prepares a statement
 * again for each value of a parameter that is the limit itself, but not for an expression.
 */
const hasFewPending = (count: number) => {
  const [network, model, now, latest, max] = [1, 2, 3, 4, 5].map((offset) => `$${count + offset}`)
  return `(SELECT COUNT(*) FROM (SELECT 1 FROM ${rows.table} WHERE network = ${network} AND model = ${model}
    AND account_id IS NULL AND consumed_at IS NULL AND expires_at > ${now} AND expires_at <= ${latest}
    LIMIT ${max} + 0) AS pending) < ${max}`
}

const isUnused = 'consumed_at IS NULL OR (consumed_at > $3 AND COALESCE(times_consumed, 1) < $4)'
const consumeSql = `UPDATE ${rows.table} SET consumed_at = COALESCE(consumed_at, $2), times_consumed = COALESCE(times_consumed, 0) + 1
    WHERE "key" = $1 AND (${isUnused})`

/** As `grantKey` of `oidc/grant-destruction.ts`, on PostgreSQL. */
const grantKey = `translate(encode(sha256(convert_to('Grant:' || grant_id, 'UTF8')), 'base64'), '+/=', '-_')`

/** On PostgreSQL, with the parameters `$3` to `$6` of the used credential. Locks the grant first. */
function issueSql(usesCredential: boolean): string {
  const use = consumeSql.replaceAll(/\$(\d)/g, (_, position: string) => `$${Number(position) + 2}`)
  return `WITH granted AS (SELECT 1 FROM ${rows.table} WHERE "key" = $2 FOR UPDATE),
    used AS (${usesCredential ? `${use} AND EXISTS (SELECT 1 FROM granted) RETURNING 1` : 'SELECT 1 FROM granted'}),
    issued AS (INSERT INTO ${rows.table} (${rows.columns}) ${rows.selectProvided('postgres')} WHERE EXISTS (SELECT 1 FROM used)
      ON CONFLICT ("key") DO UPDATE SET ${rows.excluded('key', 'consumedAt', 'timesConsumed', 'polledAt')})
    SELECT EXISTS (SELECT 1 FROM granted) AS granted, EXISTS (SELECT 1 FROM used) AS used`
}

function selectByKeys(count: number): string {
  // SQLite makes a temporary table of a list, even of one item.
  if (count === 1) return `${rows.select} WHERE "key" = $1`
  return `${rows.select} WHERE "key" IN (${Array.from({ length: count }, (_, index) => `$${index + 1}`).join(', ')})`
}

function selectWithGrants(kind: DatabaseKind, count: number): string {
  // SQLite has no SHA-256, and gains nothing from one statement.
  if (kind === 'sqlite') return selectByKeys(count)
  return `WITH found AS (${selectByKeys(count)}) SELECT * FROM found UNION ALL
    ${rows.select} WHERE "key" IN (SELECT ${grantKey} FROM found)`
}

const sql = {
  upsert: `${rows.insert} ON CONFLICT ("key") DO UPDATE SET ${rows.assignments('key', 'consumedAt', 'timesConsumed', 'polledAt')}`,
  insert: `${rows.insert} ON CONFLICT DO NOTHING`,
  insertPending: {
    postgres: `${rows.insertProvided('postgres')} AND ${hasFewPending(1)} ON CONFLICT DO NOTHING`,
    sqlite: `INSERT INTO ${rows.table} (${rows.columns}) SELECT ${rows.placeholders} WHERE ${hasFewPending(rows.count)}
      ON CONFLICT DO NOTHING`,
  },
  replace: `UPDATE ${rows.table} SET ${rows.assignments('network')}, network = COALESCE(network, $${rows.count}) WHERE "key" = $${rows.count + 1} AND payload = $${rows.count + 2}`,
  // Only what differs between two states under one key: SQLite writes the entries of an index again for each column that is set, even
  // to the same value.
  replaceUnderSameKey: `UPDATE ${rows.table} SET payload = $3, account_id = $4, expires_at = $5 WHERE "key" = $1 AND payload = $2`,
  refresh: `UPDATE ${rows.table} SET payload = $2, expires_at = $3 WHERE "key" = $1 AND payload = $4`,
  find: selectByKeys(1),
  findWithSession: `WITH found AS (${rows.select} WHERE "key" = $1) SELECT * FROM found UNION ALL
    ${rows.select} WHERE model = 'Session' AND uid = (SELECT uid FROM found)`,
  findByUid: `${rows.select} WHERE uid = $1 AND model = $2 LIMIT 1`,
  listByAccount: `${rows.select} WHERE account_id = $1 AND model = $2`,
  accountsOf: `SELECT DISTINCT account_id AS "accountId" FROM ${rows.table} WHERE client_id = $1 AND account_id IS NOT NULL`,
  findByUserCode: `${rows.select} WHERE user_code_hash = $1 AND model = $2 LIMIT 1`,
  consume: consumeSql,
  consumeUnderGrant: `${consumeSql} AND EXISTS (SELECT 1 FROM ${rows.table} WHERE "key" = $5)`,
  decide: `UPDATE ${rows.table} SET ${rows.assignments()} WHERE "key" = $${rows.count + 1} AND account_id IS NULL`,
  poll: `UPDATE ${rows.table} SET polled_at = $2 WHERE "key" = $1 AND (polled_at IS NULL OR polled_at <= $3)`,
  destroy: `DELETE FROM ${rows.table} WHERE "key" = $1`,
  destroyByUid: `DELETE FROM ${rows.table} WHERE uid = $1 AND model = $2 RETURNING ${rows.columns}`,
  destroyByGrant: `DELETE FROM ${rows.table} WHERE grant_id = $1 AND model = $2`,
  destroyByAccount: `DELETE FROM ${rows.table} WHERE account_id = $1`,
  destroyByClient: `DELETE FROM ${rows.table} WHERE client_id = $1`,
  destroyByAccountAndClient: `DELETE FROM ${rows.table} WHERE account_id = $1 AND client_id = $2`,
  removeExpired: removeExpired(rows.table, 'key'),
  issue: issueSql(false),
  useAndIssue: issueSql(true),
}

const noLeeway: Leeway = { milliseconds: 0, uses: 1 }

export function createTypeormArtifactStore(database: Database): ArtifactStore {
  /** By the number of keys: JavaScript hashes a new text each time. */
  const selections: string[] = []

  const upsert: ArtifactStore['upsert'] = async (artifact) => {
    await database.executeLater({ sql: sql.upsert, parameters: rows.values(artifact), row: artifact.key })
  }

  const lock: ArtifactStore['lock'] = async (key) => {
    // On SQLite a transaction already excludes all others.
    const lock = database.kind === 'postgres' ? ' FOR UPDATE' : ''
    return rows.first(await database.query(sql.find + lock, [key], { row: key }))
  }

  const consume: ArtifactStore['consume'] = async (key, at, { milliseconds, uses } = noLeeway) =>
    (await database.execute(sql.consume, [key, at, at - milliseconds, uses], key)) === 1

  const store: ArtifactStore = {
    upsert,

    async insertPending(artifact, max, now) {
      const { kind } = database
      // PostgreSQL does not know the types of parameters in a SELECT, and SQLite is slow to read JSON.
      const values = kind === 'sqlite' ? rows.values(artifact) : [JSON.stringify([rows.record(artifact)])]
      const { network, model } = artifact
      const parameters = [...values, network, model, now, latestExpiry(artifact), max]
      return (await database.execute(sql.insertPending[kind], parameters)) === 1
    },

    insert: async (artifact) => (await database.execute(sql.insert, rows.values(artifact), artifact.key)) === 1,

    async replace(key, artifact, before) {
      const { payload, accountId, expiresAt } = artifact
      const count =
        artifact.key === key
          ? await database.execute(sql.replaceUnderSameKey, [key, before, payload, accountId, expiresAt], key)
          : await database.execute(sql.replace, [...rows.values(artifact), key, before])
      return count === 1
    },

    refresh: async ({ key, payload, expiresAt }, before) =>
      (await database.execute(sql.refresh, [key, payload, expiresAt, before], key)) === 1,
    find: async (key) => rows.first(await database.query(sql.find, [key], { row: key, isKeyRead: true })),

    async findWithGrants(keys) {
      selections[keys.length] ??= selectWithGrants(database.kind, keys.length)
      const select = selections[keys.length] ?? ''
      return rows.all(await database.query(select, keys, { isKeyRead: true }))
    },

    findWithSession: async (key) => rows.all(await database.query(sql.findWithSession, [key])),
    lock,
    findByUid: async (model, uid) => rows.first(await database.query(sql.findByUid, [uid, model])),
    listByAccount: async (model, accountId) => rows.all(await database.query(sql.listByAccount, [accountId, model])),
    accountsOf: async (clientId) =>
      (await database.query<{ accountId: string }>(sql.accountsOf, [clientId])).map((row) => row.accountId),
    findByUserCode: async (model, userCodeHash) =>
      rows.first(await database.query(sql.findByUserCode, [userCodeHash, model])),
    consume,

    async issue({ grantKey, use, artifacts }) {
      const { key, at, leeway: { milliseconds, uses } = noLeeway } = use ?? { key: '', at: 0 }
      const useParameters = use ? [key, at, at - milliseconds, uses] : []
      if (database.kind === 'postgres') {
        const provided = JSON.stringify(artifacts.map((artifact) => rows.record(artifact)))
        const statement = use ? sql.useAndIssue : sql.issue
        const parameters = [provided, grantKey, ...useParameters]
        const [found] = await database.query<{ granted: boolean; used: boolean }>(statement, parameters)
        if (!found?.granted) return 'revoked'
        return found.used ? 'issued' : 'used'
      }
      return database.transaction(async () => {
        const isUsed = use && (await database.execute(sql.consumeUnderGrant, [...useParameters, grantKey])) === 1
        if (!isUsed && (await store.lock(grantKey)) === undefined) return 'revoked'
        if (isUsed === false) return 'used'
        for (const artifact of artifacts) await store.upsert(artifact)
        return 'issued'
      })
    },

    decide: async (artifact) => (await database.execute(sql.decide, [...rows.values(artifact), artifact.key])) === 1,
    poll: async (key, at, interval) => (await database.execute(sql.poll, [key, at, at - interval])) === 1,
    destroy: (key) => database.write(sql.destroy, [key], key),
    destroyByUid: async (model, uid) => rows.first(await database.query(sql.destroyByUid, [uid, model])),
    destroyByGrant: (model, grantId) => database.write(sql.destroyByGrant, [grantId, model]),
    destroyByAccount: (accountId) => database.write(sql.destroyByAccount, [accountId]),
    destroyByClient: (clientId) => database.write(sql.destroyByClient, [clientId]),
    destroyByAccountAndClient: (accountId, clientId) =>
      database.write(sql.destroyByAccountAndClient, [accountId, clientId]),
    removeExpired: (before, limit) => database.execute(sql.removeExpired, [before, limit]),
  }
  return store
}
