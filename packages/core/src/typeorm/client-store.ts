import type { Client, ClientRecord } from '../clients/client.ts'
import type { ClientStore } from '../clients/client-store.ts'
import { clientGroupTable, clientTable, type StoredClient, secretUseTable } from './client.table.ts'
import { queryClientPage } from './client-page.ts'
import { toClientRecord, toStoredClient } from './client-record.ts'
import type { Database, DatabaseKind } from './database.ts'
import { jsonList } from './json-list.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(clientTable)
const groups = new TableRows(clientGroupTable)
const uses = new TableRows(secretUseTable)

function statements(kind: DatabaseKind) {
  // On SQLite a transaction already blocks all other work.
  const lockClause = kind === 'postgres' ? 'FOR UPDATE' : ''
  return {
    find: `SELECT ${rows.columns}, group_id FROM ${rows.table} LEFT JOIN ${groups.table} ON client_id = id
      WHERE id = $1 ORDER BY group_id`,
    // Settings are stored only if they differ from their defaults.
    protectedSites: `SELECT ${rows.columns}, group_id FROM ${rows.table} LEFT JOIN ${groups.table} ON client_id = id
      WHERE protocol LIKE '%"protectedHosts":[%' ORDER BY id, group_id`,
    lock: `SELECT id FROM ${rows.table} WHERE id = $1 ${lockClause}`,
    lockAllowing: `SELECT id FROM ${rows.table} WHERE id IN ${jsonList(kind, '$2')}
      OR id IN (SELECT client_id FROM ${groups.table} WHERE group_id = $1) ORDER BY id ${lockClause}`,
    list: rows.select,
    listGroups: `${groups.select} ORDER BY group_id`,
    insert: `${rows.insert} ON CONFLICT DO NOTHING`,
    insertUnused: `${rows.insertProvided(kind)} AND (SELECT COUNT(*) FROM
      (SELECT 1 FROM ${rows.table} WHERE network = $2 AND unused_since IS NOT NULL LIMIT $3) AS waiting) < $3
      ON CONFLICT DO NOTHING`,
    update: `UPDATE ${rows.table} SET ${rows.assignments('id', 'network')},
      network = COALESCE(network, $${rows.count}) WHERE id = $1`,
    remove: `DELETE FROM ${rows.table} WHERE id = $1`,
    removeGroups: `DELETE FROM ${groups.table} WHERE client_id = $1 AND group_id NOT IN ${jsonList(kind, '$2')}`,
    addGroups: `INSERT INTO ${groups.table} (client_id, group_id)
      SELECT CAST($1 AS text), value FROM ${jsonList(kind, '$2')} AS wanted WHERE true ON CONFLICT DO NOTHING`,
    recordPkceSupport: `UPDATE ${rows.table} SET pkce_supported = $2 WHERE id = $1`,
    noteUse: `UPDATE ${rows.table} SET unused_since = NULL, network = NULL WHERE id = $1`,
    postponeRemoval: `UPDATE ${rows.table} SET unused_since = $3 WHERE id = $1 AND unused_since < $2`,
    listUnused: `SELECT id FROM ${rows.table} WHERE unused_since < $1 ORDER BY unused_since, id LIMIT $2`,
    recordSecretUse: `INSERT INTO ${uses.table} (secret_id, client_id, last_used_at)
      SELECT CAST($2 AS varchar), id, CAST($3 AS bigint) FROM ${rows.table} WHERE id = $1
      ON CONFLICT (secret_id) DO UPDATE SET client_id = excluded.client_id, last_used_at = excluded.last_used_at`,
    secretUses: `${uses.select} WHERE client_id = $1`,
    allowedTo: `${rows.select} WHERE id IN (SELECT client_id FROM ${groups.table} WHERE group_id = $1)`,
    disallow: `DELETE FROM ${groups.table} WHERE group_id = $1 AND client_id NOT IN ${jsonList(kind, '$2')}`,
    allow: `INSERT INTO ${groups.table} (client_id, group_id)
      SELECT id, CAST($1 AS text) FROM ${rows.table} WHERE id IN ${jsonList(kind, '$2')} ON CONFLICT DO NOTHING`,
  }
}

interface ClientRow {
  readonly id: string
  readonly group_id: string | null
}

export function createTypeormClientStore(database: Database): ClientStore {
  let sites: { readonly rows: readonly object[]; readonly clients: readonly Client[] } | undefined
  const sql = statements(database.kind)
  /** The clients of cached rows, which are the same array while nothing changes. */
  const cached = new WeakMap<readonly ClientRow[], Client>()
  database.cacheTables('pocket_client', 'pocket_client_group')

  const find: ClientStore['find'] = async (id) => {
    if (!isStorable(id)) return undefined
    return toClientWithGroups(await database.queryOnce(sql.find, [id]))
  }

  const setGroups = async ({ id, allowedGroupIds }: Client): Promise<void> => {
    const ids = JSON.stringify(allowedGroupIds)
    await database.execute(sql.removeGroups, [id, ids])
    if (allowedGroupIds.length > 0) await database.execute(sql.addGroups, [id, ids])
  }

  return {
    find,

    async findCached(id) {
      if (!isStorable(id)) return undefined
      const found = await database.queryCached<ClientRow>({ sql: sql.find, parameters: [id] })
      const known = cached.get(found)
      if (known) return known
      const client = toClientWithGroups(found)
      if (client) cached.set(found, client)
      return client
    },

    async protectedSites() {
      const found = await database.queryCached<ClientRow>({
        sql: sql.protectedSites,
        parameters: [],
        keepEmpty: true,
      })
      if (sites?.rows !== found) {
        const rowsByClient = Map.groupBy(found, ({ id }) => id)
        const clients = [...rowsByClient.values()].flatMap((clientRows) => toClientWithGroups(clientRows) ?? [])
        sites = { rows: found, clients }
      }
      return sites.clients
    },

    async findForUpdate(id) {
      if (!isStorable(id)) return undefined
      // A separate statement: a combined one would have read the groups before it waited for the lock.
      await database.query(sql.lock, [id])
      return find(id)
    },

    async list() {
      const records = rows.all(await database.query(sql.list))
      const groupsByClient = Map.groupBy(
        groups.all(await database.query(sql.listGroups)),
        (clientGroup) => clientGroup.clientId,
      )
      // Not sorted by the database, since database collations differ.
      return records
        .map((record) =>
          toClient(
            record,
            (groupsByClient.get(record.id) ?? []).map(({ groupId }) => groupId),
          ),
        )
        .sort(byName)
    },

    page: (request) => queryClientPage(database, request),

    insert: (client) =>
      database.transaction(async () => {
        if ((await database.execute(sql.insert, rows.values(toStoredClient(client)))) !== 1) return false
        await setGroups(client)
        return true
      }),

    insertUnused: (client, network, max) =>
      database.transaction(async () => {
        const row = JSON.stringify([rows.record({ ...toStoredClient(client), network })])
        if ((await database.execute(sql.insertUnused, [row, network, max])) !== 1) return false
        await setGroups(client)
        return true
      }),

    update: (client) =>
      database.transaction(async () => {
        if ((await database.execute(sql.update, rows.values(toStoredClient(client)))) !== 1) return false
        await setGroups(client)
        return true
      }),

    remove: async (id) => isStorable(id) && (await database.execute(sql.remove, [id])) === 1,
    recordPkceSupport: (id) => database.write(sql.recordPkceSupport, [id, true]),
    noteUse: (id) => database.write(sql.noteUse, [id]),
    postponeRemoval: (id, before, at) => database.write(sql.postponeRemoval, [id, before, at]),

    async listUnused(before, limit) {
      const found = await database.query<{ id: string }>(sql.listUnused, [before, limit])
      return Array.from(found, ({ id }) => id)
    },

    recordSecretUse: (id, secretId, at) => database.write(sql.recordSecretUse, [id, secretId, at]),

    async secretUses(id) {
      if (!isStorable(id)) return new Map()
      const found = uses.all(await database.query(sql.secretUses, [id]))
      return new Map(found.map(({ secretId, lastUsedAt }) => [secretId, lastUsedAt]))
    },

    async allowedTo(groupId) {
      const found = rows.all(await database.query(sql.allowedTo, [groupId]))
      return found.map(toClientRecord).sort(byName)
    },

    async setAllowedTo(groupId, clientIds) {
      const ids = JSON.stringify(clientIds.filter(isStorable))
      await database.transaction(async () => {
        await database.query(sql.lockAllowing, [groupId, ids])
        await database.execute(sql.disallow, [groupId, ids])
        await database.execute(sql.allow, [groupId, ids])
      })
    },
  }
}

/** PostgreSQL rejects text that contains NUL, while SQLite finds no match. */
function isStorable(id: string): boolean {
  return !id.includes('\0')
}

function toClientWithGroups(found: readonly ClientRow[]): Client | undefined {
  const record = rows.first(found)
  if (record === undefined) return undefined
  return toClient(
    record,
    Array.from(found, ({ group_id }) => group_id).filter((groupId) => groupId !== null),
  )
}

function toClient(record: StoredClient, allowedGroupIds: readonly string[]): Client {
  return { ...toClientRecord(record), allowedGroupIds }
}

const { compare } = new Intl.Collator('en', { numeric: true })

function byName(left: ClientRecord, right: ClientRecord): number {
  return compare(left.name, right.name) || compare(left.id, right.id)
}
