import { isLastPasskey } from '../passkeys/last-passkey.ts'
import type { PasskeyFilter, PasskeyStore } from '../passkeys/passkey-store.ts'
import type { Database } from './database.ts'
import { jsonList } from './json-list.ts'
import { passkeyTable } from './passkey.table.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(passkeyTable)

const synced = 'SUM(CASE WHEN backed_up THEN 1 ELSE 0 END)'

const having: Readonly<Record<PasskeyFilter, string>> = {
  single: ' HAVING COUNT(*) = 1',
  'on-one-device-only': ` HAVING COUNT(*) = 1 AND ${synced} = 0`,
  several: ' HAVING COUNT(*) > 1',
}

/** Sums and counts, which some drivers return as text. */
interface SummaryRow {
  readonly account_id: string
  readonly number: string | number
  readonly synced: string | number
  readonly last_used_at: string | number | null
}

const sql = {
  insert: `${rows.insert} ON CONFLICT DO NOTHING`,
  findByCredentialId: `${rows.select} WHERE credential_id = $1`,
  listByAccount: `${rows.select} WHERE account_id = $1`,
  recordUse: `UPDATE ${rows.table} SET counter = CASE WHEN counter < $2 THEN $2 ELSE counter END,
    backed_up = $3, user_verified = (COALESCE(user_verified, FALSE) OR $4), rp_id = $5, last_used_at = $6 WHERE id = $1`,
  recordCounterRegression: `UPDATE ${rows.table} SET counter_regressed_at = $2 WHERE id = $1`,
  // Returns a row even without passkeys, so that only this result is cached. This form lets both databases use the index.
  hasNoneUnverified: `SELECT 1 AS verified WHERE NOT EXISTS (SELECT 1 FROM ${rows.table} WHERE user_verified = FALSE)`,
  page: `${rows.select} WHERE id > $1 ORDER BY id LIMIT $2`,
  overview: `SELECT COUNT(*) AS accounts, SUM(CASE WHEN number = 1 AND synced = 0 THEN 1 ELSE 0 END) AS single
    FROM (SELECT COUNT(*) AS number, ${synced} AS synced FROM ${rows.table} GROUP BY account_id) AS each_account`,
  accountIds: `SELECT account_id FROM ${rows.table} WHERE $1 = '' OR rp_id IS NULL OR rp_id = $1 GROUP BY account_id`,
  rename: `UPDATE ${rows.table} SET name = $3 WHERE account_id = $1 AND id = $2`,
  idsOfAccount: `SELECT id FROM ${rows.table} WHERE account_id = $1 ORDER BY id`,
  remove: `DELETE FROM ${rows.table} WHERE account_id = $1 AND id = $2`,
  removeByAccount: `DELETE FROM ${rows.table} WHERE account_id = $1`,
}

export function createTypeormPasskeyStore(database: Database): PasskeyStore {
  const hasUnverified: PasskeyStore['hasUnverified'] = async () =>
    (await database.queryCached({ sql: sql.hasNoneUnverified, parameters: [] })).length === 0

  /** On PostgreSQL the rows are locked: after the wait, a concurrent caller sees only the remaining rows. */
  const lockIds = async (accountId: string): Promise<readonly string[]> => {
    const lock = database.kind === 'postgres' ? ' FOR UPDATE' : ''
    const found = await database.query<{ id: string }>(sql.idsOfAccount + lock, [accountId])
    return found.map(({ id }) => id)
  }

  return {
    insert: (passkey) =>
      database.transaction(async () => {
        if (passkey.userVerified === false) await database.noteCacheChange()
        return (await database.execute(sql.insert, rows.values(passkey))) === 1
      }),

    findByCredentialId: async (credentialId) =>
      rows.first(await database.query(sql.findByCredentialId, [credentialId], { isKeyRead: true })),

    async listByAccount(accountId) {
      const passkeys = rows.all(await database.queryOnce(sql.listByAccount, [accountId]))
      // For so few rows SQLite needs more time to prepare sorting than to read them.
      return passkeys.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
    },

    async recordUse(id, { counter, backedUp, userVerified, rpId, at }) {
      const parameters = [id, counter, backedUp, userVerified, rpId, at]
      const record = () => database.executeLater({ sql: sql.recordUse, parameters, row: id })
      if (userVerified) return record()
      await database.transaction(async () => {
        if (!(await hasUnverified())) await database.noteCacheChange()
        await record()
      })
    },

    recordCounterRegression: (id, at) => database.write(sql.recordCounterRegression, [id, at]),
    hasUnverified,
    page: async (after, limit) => rows.all(await database.query(sql.page, [after, limit])),

    async summarize(accountIds) {
      const found = await database.query<SummaryRow>(
        `SELECT account_id, COUNT(*) AS number, ${synced} AS synced, MAX(last_used_at) AS last_used_at FROM ${rows.table}
        WHERE account_id IN ${jsonList(database.kind, '$1')} GROUP BY account_id`,
        [JSON.stringify(accountIds)],
      )
      return found.map((row) => ({
        accountId: row.account_id,
        count: Number(row.number),
        synced: Number(row.synced),
        lastUsedAt: row.last_used_at === null ? null : Number(row.last_used_at),
      }))
    },

    async overview() {
      const [found] = await database.query<Readonly<Record<'accounts' | 'single', string | number | null>>>(
        sql.overview,
      )
      return { accounts: Number(found?.accounts ?? 0), withSingleDevicePasskey: Number(found?.single ?? 0) }
    },

    async accountIds(filter, rpId = '') {
      const statement = sql.accountIds + (filter === undefined ? '' : having[filter])
      const found = await database.query<{ account_id: string }>(statement, [rpId])
      return found.map(({ account_id }) => account_id)
    },

    rename: async (accountId, id, name) => (await database.execute(sql.rename, [accountId, id, name])) === 1,

    removeUnlessLast: (accountId, id, refused = []) =>
      database.transaction(async () => {
        const ids = await lockIds(accountId)
        if (!ids.includes(id)) return 'missing'
        if (isLastPasskey(ids, id, refused)) return 'last'
        await database.execute(sql.remove, [accountId, id])
        return 'removed'
      }),

    remove: async (accountId, id) => (await database.execute(sql.remove, [accountId, id])) === 1,
    removeByAccount: (accountId) => database.write(sql.removeByAccount, [accountId]),
  }
}
