import {
  type ConnectionAttempt,
  type ConnectionLogStore,
  reservedEntries,
} from '../connection-log/connection-attempt.ts'
import { connectionAttemptTable, type StoredAttempt } from './connection-attempt.table.ts'
import type { Database, DatabaseKind } from './database.ts'
import { jsonList } from './json-list.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(connectionAttemptTable)

function statements(kind: DatabaseKind) {
  const value = (name: string) => (kind === 'postgres' ? `value->>'${name}'` : `json_extract(value, '$.${name}')`)
  const list = kind === 'postgres' ? 'json_array_elements(CAST($1 AS json)) AS list(value)' : 'json_each($1)'
  const isKnown = 'CASE WHEN stranger IS NULL THEN 0 ELSE 1 END'
  // A client that authenticates itself can fill only its own log.
  const excess = `CASE WHEN (stranger IS NULL AND (account_id IS NULL OR source_position <= $4))
      OR (stranger IS NOT NULL AND source_position <= $5) THEN 0 ELSE 1 END`
  const rank = 'CASE WHEN stranger IS NULL AND authenticated_position <= $3 THEN 0 ELSE 1 + excess END'
  return {
    insert: `INSERT INTO ${rows.table} (id, client_id, sequence, account_id, stranger, data)
      SELECT ${value('id')}, pocket_client.id, CAST(${value('sequence')} AS bigint), ${value('accountId')}, ${value('unauthenticatedNetwork')},
        ${value('data')}
      FROM ${list} JOIN pocket_client ON pocket_client.id = ${value('clientId')}`,
    prune: `DELETE FROM ${rows.table} WHERE id IN (
      SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY client_id ORDER BY ${rank}, sequence DESC) AS place
        FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY client_id, ${isKnown} ORDER BY excess, sequence DESC) AS authenticated_position
          FROM (SELECT *, ${excess} AS excess
            FROM (SELECT id, client_id, sequence, stranger, account_id,
                ROW_NUMBER() OVER (PARTITION BY client_id, stranger, account_id ORDER BY sequence DESC) AS source_position
              FROM ${rows.table} WHERE client_id IN ${jsonList(kind, '$1')}) AS counted) AS weighed) AS ranked) AS placed
      WHERE place > $2)`,
    list: `${rows.select} WHERE client_id = $1 ORDER BY sequence DESC LIMIT $2`,
    latest: `${rows.select} WHERE (client_id, sequence) IN (SELECT client_id, MAX(sequence) FROM ${rows.table}
      WHERE client_id IN ${jsonList(kind, '$1')} GROUP BY client_id)`,
    removeByAccount: `DELETE FROM ${rows.table} WHERE account_id = $1`,
    renameClient: `UPDATE ${rows.table} SET client_id = $2 WHERE client_id = $1`,
  }
}

export function createTypeormConnectionLogStore(database: Database): ConnectionLogStore {
  const sql = statements(database.kind)
  return {
    async insert(attempts, limit) {
      if (attempts.length === 0) return
      const stored = attempts.map((attempt) => {
        const { data, ...columns } = toStoredAttempt(attempt)
        return { ...columns, data: JSON.stringify(data) }
      })
      const insert = () => database.execute(sql.insert, [JSON.stringify(stored)])
      if (limit === undefined) return void (await insert())
      const clientIds = [...new Set(attempts.map(({ clientId }) => clientId))]
      const { authenticated, user, network } = reservedEntries(limit)
      await database.transaction(async () => {
        await insert()
        await database.execute(sql.prune, [JSON.stringify(clientIds), ...[limit, authenticated, user, network]])
      })
    },

    async list(clientId, limit) {
      if (clientId.includes('\0')) return []
      return rows.all(await database.query(sql.list, [clientId, limit])).map(toAttempt)
    },

    async latest(clientIds) {
      const validIds = clientIds.filter((id) => !id.includes('\0'))
      return rows.all(await database.query(sql.latest, [JSON.stringify(validIds)])).map(toAttempt)
    },

    removeByAccount: (accountId) => database.write(sql.removeByAccount, [accountId]),
    renameClient: (clientId, newId) => database.write(sql.renameClient, [clientId, newId]),
  }
}

function toStoredAttempt({
  id,
  clientId,
  sequence,
  accountId,
  unauthenticatedNetwork,
  ...data
}: ConnectionAttempt): StoredAttempt {
  return { id, clientId, sequence, accountId, unauthenticatedNetwork, data }
}

function toAttempt({ data, ...columns }: StoredAttempt): ConnectionAttempt {
  return { ...columns, ...data }
}
