import type {
  SessionHistoryStore,
  SessionLink,
  SessionLinkKind,
  SessionOrigin,
} from '../sessions/session-history-store.ts'
import type { Database } from './database.ts'
import { passkeyRemovalTable, sessionLinkTable, sessionOriginTable } from './session-history.table.ts'
import { TableRows } from './table-rows.ts'

const removals = new TableRows(passkeyRemovalTable)
const origins = new TableRows(sessionOriginTable)
const links = new TableRows(sessionLinkTable)

const inOrder = 'ORDER BY "at", subject'

const sql = {
  // `DO UPDATE` rather than `DO NOTHING`: it also locks an existing row.
  lockAccount: `INSERT INTO ${removals.table} AS removals (account_id, "count") VALUES ($1, 0)
    ON CONFLICT (account_id) DO UPDATE SET "count" = removals."count" RETURNING "count"`,
  countRemovals: `${removals.select} WHERE account_id = $1`,
  addRemoval: `UPDATE ${removals.table} SET "count" = "count" + 1 WHERE account_id = $1`,
  saveOrigin: `${origins.insert} ON CONFLICT (uid) DO UPDATE SET ${origins.assignments('uid')}`,
  findOrigin: `${origins.select} WHERE uid = $1`,
  originsOf: `${origins.select} WHERE account_id = $1`,
  originsInBrowser: `${origins.select} WHERE browser = $1`,
  endedBy: `${origins.select} WHERE ended_by = $1`,
  saveLink: `${links.insert} ON CONFLICT (session_uid, kind, subject)
    DO UPDATE SET ${links.assignments('sessionUid', 'kind', 'subject')}`,
  linksOf: `${links.select} WHERE account_id = $1 ${inOrder}`,
  linksTo: `${links.select} WHERE kind = $1 AND subject = $2 ${inOrder}`,
  linksIn: `${links.select} WHERE session_uid = $1 ${inOrder}`,
  dueForReview: `${origins.select} WHERE review_at <= $1 ORDER BY review_at LIMIT $2`,
  removeOrigin: `DELETE FROM ${origins.table} WHERE uid = $1`,
  removeLinks: `DELETE FROM ${links.table} WHERE session_uid = $1`,
  removeByAccount: [removals, origins, links].map(({ table }) => `DELETE FROM ${table} WHERE account_id = $1`),
}

export class TypeormSessionHistoryStore implements SessionHistoryStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async lockAccount(accountId: string): Promise<number> {
    const [row] = await this.#database.lockOnce<{ count: number }>(sql.lockAccount, [accountId])
    return row?.count ?? 0
  }

  async countRemovals(accountId: string): Promise<number> {
    return removals.first(await this.#database.query(sql.countRemovals, [accountId]))?.count ?? 0
  }

  async addRemoval(accountId: string): Promise<void> {
    await this.#database.execute(sql.addRemoval, [accountId])
  }

  async saveOrigin(origin: SessionOrigin): Promise<void> {
    await this.#database.executeLater({ sql: sql.saveOrigin, parameters: origins.values(origin), row: origin.uid })
  }

  async findOrigin(uid: string): Promise<SessionOrigin | undefined> {
    return origins.first(await this.#database.query(sql.findOrigin, [uid]))
  }

  async originsOf(accountId: string): Promise<readonly SessionOrigin[]> {
    return origins.all(await this.#database.query(sql.originsOf, [accountId]))
  }

  async originsInBrowser(browser: string): Promise<readonly SessionOrigin[]> {
    return origins.all(await this.#database.query(sql.originsInBrowser, [browser]))
  }

  async endedBy(passkeyId: string): Promise<readonly SessionOrigin[]> {
    return origins.all(await this.#database.query(sql.endedBy, [passkeyId]))
  }

  async saveLink(link: SessionLink): Promise<void> {
    const row = [link.sessionUid, link.kind, link.subject].join(' ')
    await this.#database.executeLater({ sql: sql.saveLink, parameters: links.values(link), row })
  }

  async linksOf(accountId: string): Promise<readonly SessionLink[]> {
    return links.all(await this.#database.query(sql.linksOf, [accountId]))
  }

  async linksTo(kind: SessionLinkKind, subject: string): Promise<readonly SessionLink[]> {
    return links.all(await this.#database.query(sql.linksTo, [kind, subject]))
  }

  async linksIn(sessionUid: string): Promise<readonly SessionLink[]> {
    return links.all(await this.#database.query(sql.linksIn, [sessionUid]))
  }

  async dueForReview(now: number, limit: number): Promise<readonly SessionOrigin[]> {
    return origins.all(await this.#database.query(sql.dueForReview, [now, limit]))
  }

  async remove(uid: string): Promise<void> {
    await this.#database.transaction(async () => {
      await this.#database.execute(sql.removeOrigin, [uid])
      await this.#database.execute(sql.removeLinks, [uid])
    })
  }

  async removeByAccount(accountId: string): Promise<void> {
    await this.#database.transaction(async () => {
      for (const statement of sql.removeByAccount) await this.#database.execute(statement, [accountId])
    })
  }
}
