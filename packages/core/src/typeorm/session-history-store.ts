import type { SessionHistoryStore } from '../sessions/session-history-store.ts'
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
  addRemoval: `INSERT INTO ${removals.table} AS removals (account_id, "count") VALUES ($1, 1)
    ON CONFLICT (account_id) DO UPDATE SET "count" = removals."count" + 1`,
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

export function createTypeormSessionHistoryStore(database: Database): SessionHistoryStore {
  // On SQLite a transaction already excludes all others.
  const lockAccount = database.kind === 'postgres' ? sql.lockAccount : sql.countRemovals

  return {
    async lockAccount(accountId) {
      const [row] = await database.lockOnce<{ count: number }>(lockAccount, [accountId])
      return row?.count ?? 0
    },

    countRemovals: async (accountId) =>
      removals.first(await database.query(sql.countRemovals, [accountId]))?.count ?? 0,
    addRemoval: (accountId) => database.write(sql.addRemoval, [accountId]),

    async saveOrigin(origin) {
      await database.executeLater({ sql: sql.saveOrigin, parameters: origins.values(origin), row: origin.uid })
    },

    findOrigin: async (uid) => origins.first(await database.query(sql.findOrigin, [uid])),
    originsOf: async (accountId) => origins.all(await database.query(sql.originsOf, [accountId])),
    originsInBrowser: async (browser) => origins.all(await database.query(sql.originsInBrowser, [browser])),
    endedBy: async (passkeyId) => origins.all(await database.query(sql.endedBy, [passkeyId])),

    async saveLink(link) {
      const row = [link.sessionUid, link.kind, link.subject].join(' ')
      await database.executeLater({ sql: sql.saveLink, parameters: links.values(link), row })
    },

    linksOf: async (accountId) => links.all(await database.query(sql.linksOf, [accountId])),
    linksTo: async (kind, subject) => links.all(await database.query(sql.linksTo, [kind, subject])),
    linksIn: async (sessionUid) => links.all(await database.query(sql.linksIn, [sessionUid])),
    dueForReview: async (now, limit) => origins.all(await database.query(sql.dueForReview, [now, limit])),

    async remove(uid) {
      await database.transaction(async () => {
        await database.execute(sql.removeOrigin, [uid])
        await database.execute(sql.removeLinks, [uid])
      })
    },

    async removeByAccount(accountId) {
      await database.transaction(async () => {
        for (const statement of sql.removeByAccount) await database.execute(statement, [accountId])
      })
    },
  }
}
