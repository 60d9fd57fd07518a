import type { Api } from '../apis/api.ts'
import type { ApiListRequest, ApiSort } from '../apis/api-list.ts'
import type { ApiStore } from '../apis/api-store.ts'
import { nameKey, offsetOf } from '../clients/client-list.ts'
import { apiGrantTable, apiTable, type StoredApi } from './api.table.ts'
import type { Database, DatabaseKind } from './database.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(apiTable)
const grants = new TableRows(apiGrantTable)

const sortColumns: Readonly<Record<ApiSort, string>> = {
  name: 'name_key',
  resource: 'resource',
  createdAt: 'created_at',
}

const filter = `FROM ${rows.table} WHERE (name_key LIKE $1 ESCAPE '!' OR LOWER(resource) LIKE $1 ESCAPE '!')
  AND NOT EXISTS (SELECT 1 FROM ${grants.table} WHERE api_id = id AND client_id = $2)
  AND ($3 = '' OR access_token_format = $3)`

function statements(kind: DatabaseKind) {
  // On SQLite a transaction already blocks all other work.
  const lockClause = kind === 'postgres' ? 'FOR UPDATE' : ''
  const byteOrder = kind === 'postgres' ? 'COLLATE "C"' : ''
  return {
    find: `${rows.select} WHERE id = $1`,
    findForUpdate: `${rows.select} WHERE id = $1 ${lockClause}`,
    findByResource: `${rows.select} WHERE resource = $1`,
    list: `${rows.select} ORDER BY name_key ${byteOrder}, id ${byteOrder}`,
    count: `SELECT COUNT(*) AS total ${filter}`,
    page: (sort: ApiListRequest['sort']) => {
      const by = sort?.by ?? 'createdAt'
      const collation = by === 'createdAt' ? '' : byteOrder
      return `SELECT ${rows.columns} ${filter} ORDER BY ${sortColumns[by]} ${collation}
        ${sort?.descending ? 'DESC' : 'ASC'}, created_at, id ${byteOrder} LIMIT $4 OFFSET $5`
    },
    insert: `${rows.insert} ON CONFLICT DO NOTHING`,
    update: `UPDATE ${rows.table} SET ${rows.assignments('id')} WHERE id = $1`,
    remove: `DELETE FROM ${rows.table} WHERE id = $1`,
    findGrant: `${grants.select} WHERE api_id = $1 AND client_id = $2`,
    grantsOf: `${grants.select} WHERE api_id = $1`,
    grantsTo: `${grants.select} WHERE client_id = $1`,
    setGrant: `${grants.insert} ON CONFLICT (api_id, client_id) DO UPDATE SET ${grants.assignments('apiId', 'clientId')}`,
    removeGrant: `DELETE FROM ${grants.table} WHERE api_id = $1 AND client_id = $2`,
    removeGrantsTo: `DELETE FROM ${grants.table} WHERE client_id = $1`,
  }
}

export function createTypeormApiStore(database: Database): ApiStore {
  const sql = statements(database.kind)

  const findOne = async (statement: string, value: string): Promise<Api | undefined> => {
    if (!isStorable(value)) return undefined
    const found = rows.first(await database.query(statement, [value]))
    return found && toApi(found)
  }

  return {
    find: (id) => findOne(sql.find, id),
    findForUpdate: (id) => findOne(sql.findForUpdate, id),
    findByResource: (resource) => findOne(sql.findByResource, resource),
    list: async () => rows.all(await database.query(sql.list)).map(toApi),

    async page(request) {
      const search = `%${nameKey(request.search).replaceAll(/[!%_]/g, '!$&')}%`
      // No client has an empty ID.
      const parameters = [search, request.notGrantedTo ?? '', request.accessTokenFormat ?? '']
      const [countRow] = await database.query<{ total: string | number }>(sql.count, parameters)
      const total = Number(countRow?.total ?? 0)
      const found = await database.query(sql.page(request.sort), [
        ...parameters,
        request.limit,
        offsetOf(request, total),
      ])
      return { items: rows.all(found).map(toApi), total }
    },

    insert: async (api) => (await database.execute(sql.insert, rows.values(toStoredApi(api)))) === 1,
    update: (api) => database.write(sql.update, rows.values(toStoredApi(api))),
    remove: async (id) => isStorable(id) && (await database.execute(sql.remove, [id])) === 1,
    findGrant: async (apiId, clientId) => grants.first(await database.query(sql.findGrant, [apiId, clientId])),
    grantsOf: async (apiId) => grants.all(await database.query(sql.grantsOf, [apiId])),
    grantsTo: async (clientId) => grants.all(await database.query(sql.grantsTo, [clientId])),
    setGrant: (grant) => database.write(sql.setGrant, grants.values(grant)),
    removeGrant: async (apiId, clientId) => (await database.execute(sql.removeGrant, [apiId, clientId])) === 1,
    removeGrantsTo: (clientId) => database.write(sql.removeGrantsTo, [clientId]),
  }
}

/** PostgreSQL rejects text that contains NUL, while SQLite finds no match. */
function isStorable(text: string): boolean {
  return !text.includes('\0')
}

function toStoredApi(api: Api): StoredApi {
  return { ...api, nameKey: nameKey(api.name) }
}

function toApi({ nameKey: _, ...api }: StoredApi): Api {
  return api
}
