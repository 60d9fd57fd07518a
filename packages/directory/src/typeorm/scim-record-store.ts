import { type Database, TableRows } from '@pocket/core/internal/sql'
import type { ScimRecordStore } from '../scim/record-store.ts'
import { scimRecordTable } from './scim-record.table.ts'

const rows = new TableRows(scimRecordTable)
const recordCondition = 'provider_id = $1 AND kind = $2 AND local_id = $3'

const sql = {
  list: `${rows.select} WHERE provider_id = $1`,
  save: `${rows.insert} ON CONFLICT (provider_id, kind, local_id) DO UPDATE SET remote_id = excluded.remote_id,
    state = excluded.state, name = excluded.name, remote_name = excluded.remote_name, sent = excluded.sent,
    kept = excluded.kept`,
  remove: `DELETE FROM ${rows.table} WHERE ${recordCondition}`,
  removeByProvider: `DELETE FROM ${rows.table} WHERE provider_id = $1`,
  listFound: `${rows.select} WHERE provider_id = $1 AND state = 'found' ORDER BY name, kind, local_id LIMIT $2`,
  countFound: `SELECT COUNT(*) AS number FROM ${rows.table} WHERE provider_id = $1 AND state = 'found'`,
  adopt: `UPDATE ${rows.table} SET state = 'adopted' WHERE ${recordCondition} AND state = 'found'`,
  adoptAll: `UPDATE ${rows.table} SET state = 'adopted' WHERE provider_id = $1 AND state = 'found'`,
}

export function createTypeormScimRecordStore(database: Database): ScimRecordStore {
  return {
    list: async (providerId) => rows.all(await database.query(sql.list, [providerId])),
    save: (record) => database.write(sql.save, rows.values(record)),
    remove: ({ providerId, kind, localId }) => database.write(sql.remove, [providerId, kind, localId]),
    removeByProvider: (providerId) => database.write(sql.removeByProvider, [providerId]),

    async listFound(providerId, limit) {
      const items = rows.all(await database.query(sql.listFound, [providerId, limit]))
      const [count] = await database.query<{ number: number | string }>(sql.countFound, [providerId])
      return { items, total: Number(count?.number ?? 0) }
    },

    adopt: async (providerId, record) =>
      record
        ? database.execute(sql.adopt, [providerId, record.kind, record.localId])
        : database.execute(sql.adoptAll, [providerId]),
  }
}
