import { type Database, TableRows } from '@pocket/core/internal/sql'
import { nameKey } from '@pocket/directory/internal'
import { orderOf, readPage } from '../database/read-page.ts'
import type { ListRequest, Page } from '../http/api/list.ts'
import { apiKeyTable, type StoredApiKey } from './api-key.table.ts'
import type { ApiKey } from './api-key.ts'

/** Fields that change when a key is renewed. */
export type ApiKeyRenewal = Pick<ApiKey, 'id' | 'ownerId' | 'tokenHash' | 'expiresAt'>

const rows = new TableRows(apiKeyTable)

const sql = {
  find: `${rows.select} WHERE owner_id = $1 AND id = $2`,
  findByHash: `${rows.select} WHERE token_hash = $1`,
  insert: rows.insert,
  renew: `UPDATE ${rows.table} SET token_hash = $3, expires_at = $4, expiration_email_sent = $5
    WHERE owner_id = $1 AND id = $2 AND expires_at <= $6`,
  markUsed: `UPDATE ${rows.table} SET last_used_at = $2
    WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3 OR last_used_at > $2)`,
  listExpiring: `${rows.select} WHERE expires_at > $1 AND expires_at <= $2 AND expiration_email_sent = $3
    ORDER BY expires_at, id`,
  markExpirationEmailSent: `UPDATE ${rows.table} SET expiration_email_sent = $3
    WHERE id = $1 AND expires_at = $2 AND expiration_email_sent <> $3`,
  remove: `DELETE FROM ${rows.table} WHERE owner_id = $1 AND id = $2`,
  removeByOwner: `DELETE FROM ${rows.table} WHERE owner_id = $1`,
}

/** Sort expressions by JSON field. The two databases sort NULL at different ends, so it is mapped to a number. */
const sortKeys = {
  createdAt: 'created_at',
  name: 'name_key',
  expiresAt: 'expires_at',
  lastUsedAt: 'COALESCE(last_used_at, 0)',
}

/** Stores API keys. Instants in milliseconds since the Unix epoch. */
export function createApiKeyStore(database: Database) {
  return {
    find: async (ownerId: string, id: string): Promise<ApiKey | undefined> =>
      apiKeyOf(rows.first(await database.query(sql.find, [ownerId, id]))),
    findByHash: async (tokenHash: string): Promise<ApiKey | undefined> =>
      apiKeyOf(rows.first(await database.query(sql.findByHash, [tokenHash]))),

    /** The keys of a user, filtered by part of the name and, with `expired`, by whether they have expired by `now`. */
    async list(ownerId: string, request: ListRequest, now: number): Promise<Page<ApiKey>> {
      const [where, parameters] = conditionOf(ownerId, request, now)
      const orderBy = orderOf(sortKeys, request, 'created_at, id')
      const { items, total } = await readPage(database, rows, { where, parameters, orderBy }, request)
      return { total, items: items.map(withoutKey) }
    },

    insert: (apiKey: ApiKey): Promise<void> =>
      database.write(sql.insert, rows.values({ ...apiKey, nameKey: nameKey(apiKey.name) })),
    /** Renews a key that had expired by `now`; returns `false` if the key does not exist or has not expired. */
    renew: async ({ id, ownerId, tokenHash, expiresAt }: ApiKeyRenewal, now: number): Promise<boolean> =>
      (await database.execute(sql.renew, [ownerId, id, tokenHash, expiresAt, false, now])) === 1,
    /** Records a use unless one after `recordedBefore` is already recorded. */
    markUsed: (id: string, at: number, recordedBefore: number): Promise<void> =>
      database.write(sql.markUsed, [id, at, recordedBefore]),
    /** Keys that expire between the two instants and whose owners were not notified yet. */
    listExpiring: async (from: number, to: number): Promise<readonly ApiKey[]> =>
      rows.all(await database.query(sql.listExpiring, [from, to, false])).map(withoutKey),
    /** Returns `false` if it was already marked or the key has a different expiration now. */
    markExpirationEmailSent: async (id: string, expiresAt: number): Promise<boolean> =>
      (await database.execute(sql.markExpirationEmailSent, [id, expiresAt, true])) === 1,
    /** Returns `false` if the user has no such key. */
    remove: async (ownerId: string, id: string): Promise<boolean> =>
      (await database.execute(sql.remove, [ownerId, id])) === 1,
    removeByOwner: (ownerId: string): Promise<void> => database.write(sql.removeByOwner, [ownerId]),
  }
}

export type ApiKeyStore = ReturnType<typeof createApiKeyStore>

function conditionOf(
  ownerId: string,
  { search, filters }: ListRequest,
  now: number,
): readonly [string, readonly (string | number)[]] {
  const parameters: (string | number)[] = [ownerId]
  const conditions = ['owner_id = $1']
  if (search !== '') {
    const pattern = `%${nameKey(search).replaceAll(/[!%_]/g, '!$&')}%`
    conditions.push(`name_key LIKE $${parameters.push(pattern)} ESCAPE '!'`)
  }
  const [expired] = filters.expired ?? []
  if (typeof expired === 'boolean') conditions.push(`expires_at ${expired ? '<=' : '>'} $${parameters.push(now)}`)
  return [conditions.join(' AND '), parameters]
}

function apiKeyOf(stored: StoredApiKey | undefined): ApiKey | undefined {
  return stored && withoutKey(stored)
}

function withoutKey({ nameKey: _nameKey, ...apiKey }: StoredApiKey): ApiKey {
  return apiKey
}
