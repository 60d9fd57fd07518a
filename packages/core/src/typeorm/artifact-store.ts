import type { Artifact, ArtifactStore, Leeway } from '../oidc/artifact-store.ts'
import { artifactTable } from './artifact.table.ts'
import type { Database } from './database.ts'
import { removeExpired } from './expired-rows.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(artifactTable)

const pending = `(SELECT COUNT(*) FROM (SELECT 1 FROM ${rows.table} WHERE network = $2 AND model = $3
  AND account_id IS NULL AND consumed_at IS NULL AND expires_at > $4 LIMIT $5) AS pending)`

const sql = {
  upsert: `${rows.insert} ON CONFLICT ("key") DO UPDATE SET ${rows.assignments('key', 'consumedAt', 'timesConsumed', 'polledAt')}`,
  insert: `${rows.insert} ON CONFLICT DO NOTHING`,
  replace: `UPDATE ${rows.table} SET ${rows.assignments('network')}, network = COALESCE(network, $${rows.count}) WHERE "key" = $${rows.count + 1} AND payload = $${rows.count + 2}`,
  refresh: `UPDATE ${rows.table} SET payload = $2, expires_at = $3 WHERE "key" = $1 AND payload = $4`,
  find: `${rows.select} WHERE "key" = $1`,
  findByUid: `${rows.select} WHERE uid = $1 AND model = $2 LIMIT 1`,
  listByAccount: `${rows.select} WHERE account_id = $1 AND model = $2`,
  accountsOf: `SELECT DISTINCT account_id AS "accountId" FROM ${rows.table} WHERE client_id = $1 AND account_id IS NOT NULL`,
  findByUserCode: `${rows.select} WHERE user_code_hash = $1 AND model = $2 LIMIT 1`,
  consume: `UPDATE ${rows.table} SET consumed_at = COALESCE(consumed_at, $2), times_consumed = COALESCE(times_consumed, 0) + 1
    WHERE "key" = $1 AND (consumed_at IS NULL OR (consumed_at > $3 AND COALESCE(times_consumed, 1) < $4))`,
  decide: `UPDATE ${rows.table} SET ${rows.assignments()} WHERE "key" = $${rows.count + 1} AND account_id IS NULL`,
  poll: `UPDATE ${rows.table} SET polled_at = $2 WHERE "key" = $1 AND (polled_at IS NULL OR polled_at <= $3)`,
  destroy: `DELETE FROM ${rows.table} WHERE "key" = $1`,
  destroyByUid: `DELETE FROM ${rows.table} WHERE uid = $1 AND model = $2 RETURNING ${rows.columns}`,
  destroyByGrant: `DELETE FROM ${rows.table} WHERE grant_id = $1 AND model = $2`,
  destroyByAccount: `DELETE FROM ${rows.table} WHERE account_id = $1`,
  destroyByClient: `DELETE FROM ${rows.table} WHERE client_id = $1`,
  destroyByAccountAndClient: `DELETE FROM ${rows.table} WHERE account_id = $1 AND client_id = $2`,
  removeExpired: removeExpired(rows.table, 'key'),
}

const noLeeway: Leeway = { milliseconds: 0, uses: 1 }

export class TypeormArtifactStore implements ArtifactStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async upsert(artifact: Artifact): Promise<void> {
    await this.#database.execute(sql.upsert, rows.values(artifact))
  }

  async insertPending(artifact: Artifact, max: number, now: number): Promise<boolean> {
    const insert = `${rows.insertProvided(this.#database.kind)} AND ${pending} < $5 ON CONFLICT DO NOTHING`
    const row = JSON.stringify([rows.record(artifact)])
    return (await this.#database.execute(insert, [row, artifact.network, artifact.model, now, max])) === 1
  }

  async insert(artifact: Artifact): Promise<boolean> {
    return (await this.#database.execute(sql.insert, rows.values(artifact))) === 1
  }

  async replace(key: string, artifact: Artifact, before: string): Promise<boolean> {
    return (await this.#database.execute(sql.replace, [...rows.values(artifact), key, before])) === 1
  }

  async refresh(
    { key, payload, expiresAt }: Pick<Artifact, 'key' | 'payload' | 'expiresAt'>,
    before: string,
  ): Promise<boolean> {
    return (await this.#database.execute(sql.refresh, [key, payload, expiresAt, before])) === 1
  }

  async find(key: string): Promise<Artifact | undefined> {
    return rows.first(await this.#database.query(sql.find, [key]))
  }

  async lock(key: string): Promise<Artifact | undefined> {
    // On SQLite a transaction already excludes all others.
    const lock = this.#database.kind === 'postgres' ? ' FOR UPDATE' : ''
    return rows.first(await this.#database.query(sql.find + lock, [key]))
  }

  async findByUid(model: string, uid: string): Promise<Artifact | undefined> {
    return rows.first(await this.#database.query(sql.findByUid, [uid, model]))
  }

  async listByAccount(model: string, accountId: string): Promise<readonly Artifact[]> {
    return rows.all(await this.#database.query(sql.listByAccount, [accountId, model]))
  }

  async accountsOf(clientId: string): Promise<readonly string[]> {
    return (await this.#database.query<{ accountId: string }>(sql.accountsOf, [clientId])).map((row) => row.accountId)
  }

  async findByUserCode(model: string, userCodeHash: string): Promise<Artifact | undefined> {
    return rows.first(await this.#database.query(sql.findByUserCode, [userCodeHash, model]))
  }

  async consume(key: string, at: number, { milliseconds, uses }: Leeway = noLeeway): Promise<boolean> {
    return (await this.#database.execute(sql.consume, [key, at, at - milliseconds, uses])) === 1
  }

  async decide(artifact: Artifact): Promise<boolean> {
    return (await this.#database.execute(sql.decide, [...rows.values(artifact), artifact.key])) === 1
  }

  async poll(key: string, at: number, interval: number): Promise<boolean> {
    return (await this.#database.execute(sql.poll, [key, at, at - interval])) === 1
  }

  async destroy(key: string): Promise<void> {
    await this.#database.execute(sql.destroy, [key])
  }

  async destroyByUid(model: string, uid: string): Promise<Artifact | undefined> {
    return rows.first(await this.#database.query(sql.destroyByUid, [uid, model]))
  }

  async destroyByGrant(model: string, grantId: string): Promise<void> {
    await this.#database.execute(sql.destroyByGrant, [grantId, model])
  }

  async destroyByAccount(accountId: string): Promise<void> {
    await this.#database.execute(sql.destroyByAccount, [accountId])
  }

  async destroyByClient(clientId: string): Promise<void> {
    await this.#database.execute(sql.destroyByClient, [clientId])
  }

  async destroyByAccountAndClient(accountId: string, clientId: string): Promise<void> {
    await this.#database.execute(sql.destroyByAccountAndClient, [accountId, clientId])
  }

  removeExpired(before: number, limit: number): Promise<number> {
    return this.#database.execute(sql.removeExpired, [before, limit])
  }
}
