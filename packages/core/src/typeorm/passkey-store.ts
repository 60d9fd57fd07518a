import { isLastPasskey } from '../passkeys/last-passkey.ts'
import type { Passkey } from '../passkeys/passkey.ts'
import type {
  PasskeyFilter,
  PasskeyOverview,
  PasskeyStore,
  PasskeySummary,
  PasskeyUse,
} from '../passkeys/passkey-store.ts'
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

export class TypeormPasskeyStore implements PasskeyStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  insert(passkey: Passkey): Promise<boolean> {
    return this.#database.transaction(async () => {
      if (passkey.userVerified === false) await this.#database.noteCacheChange()
      return (await this.#database.execute(sql.insert, rows.values(passkey))) === 1
    })
  }

  async findByCredentialId(credentialId: string): Promise<Passkey | undefined> {
    return rows.first(await this.#database.query(sql.findByCredentialId, [credentialId]))
  }

  async listByAccount(accountId: string): Promise<readonly Passkey[]> {
    const passkeys = rows.all(await this.#database.queryOnce(sql.listByAccount, [accountId]))
    // For so few rows SQLite needs more time to prepare sorting than to read them.
    return passkeys.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
  }

  async recordUse(id: string, { counter, backedUp, userVerified, rpId, at }: PasskeyUse): Promise<void> {
    const parameters = [id, counter, backedUp, userVerified, rpId, at]
    const record = () => this.#database.executeLater({ sql: sql.recordUse, parameters, row: id })
    if (userVerified) return record()
    await this.#database.transaction(async () => {
      if (!(await this.hasUnverified())) await this.#database.noteCacheChange()
      await record()
    })
  }

  async recordCounterRegression(id: string, at: number): Promise<void> {
    await this.#database.execute(sql.recordCounterRegression, [id, at])
  }

  async hasUnverified(): Promise<boolean> {
    return (await this.#database.queryCached({ sql: sql.hasNoneUnverified, parameters: [] })).length === 0
  }

  async page(after: string, limit: number): Promise<readonly Passkey[]> {
    return rows.all(await this.#database.query(sql.page, [after, limit]))
  }

  async summarize(accountIds: readonly string[]): Promise<readonly PasskeySummary[]> {
    const found = await this.#database.query<SummaryRow>(
      `SELECT account_id, COUNT(*) AS number, ${synced} AS synced, MAX(last_used_at) AS last_used_at FROM ${rows.table}
        WHERE account_id IN ${jsonList(this.#database.kind, '$1')} GROUP BY account_id`,
      [JSON.stringify(accountIds)],
    )
    return found.map((row) => ({
      accountId: row.account_id,
      count: Number(row.number),
      synced: Number(row.synced),
      lastUsedAt: row.last_used_at === null ? null : Number(row.last_used_at),
    }))
  }

  async overview(): Promise<PasskeyOverview> {
    const [found] = await this.#database.query<Readonly<Record<'accounts' | 'single', string | number | null>>>(
      sql.overview,
    )
    return { accounts: Number(found?.accounts ?? 0), withSingleDevicePasskey: Number(found?.single ?? 0) }
  }

  async accountIds(filter?: PasskeyFilter, rpId = ''): Promise<readonly string[]> {
    const statement = sql.accountIds + (filter === undefined ? '' : having[filter])
    const found = await this.#database.query<{ account_id: string }>(statement, [rpId])
    return found.map(({ account_id }) => account_id)
  }

  async rename(accountId: string, id: string, name: string): Promise<boolean> {
    return (await this.#database.execute(sql.rename, [accountId, id, name])) === 1
  }

  removeUnlessLast(
    accountId: string,
    id: string,
    refused: readonly string[] = [],
  ): Promise<'removed' | 'last' | 'missing'> {
    return this.#database.transaction(async () => {
      const ids = await this.#lockIds(accountId)
      if (!ids.includes(id)) return 'missing'
      if (isLastPasskey(ids, id, refused)) return 'last'
      await this.#database.execute(sql.remove, [accountId, id])
      return 'removed'
    })
  }

  async remove(accountId: string, id: string): Promise<boolean> {
    return (await this.#database.execute(sql.remove, [accountId, id])) === 1
  }

  async removeByAccount(accountId: string): Promise<void> {
    await this.#database.execute(sql.removeByAccount, [accountId])
  }

  /** On PostgreSQL the rows are locked: after the wait, a concurrent caller sees only the remaining rows. */
  async #lockIds(accountId: string): Promise<readonly string[]> {
    const lock = this.#database.kind === 'postgres' ? ' FOR UPDATE' : ''
    const found = await this.#database.query<{ id: string }>(sql.idsOfAccount + lock, [accountId])
    return found.map(({ id }) => id)
  }
}
