import { type Database, TableRows } from '@pocket/core/internal/sql'
import { orderOf, readPage } from '../database/read-page.ts'
import type { ListRequest, Page } from '../http/api/list.ts'
import { signupTokenTable } from './signup-token.table.ts'
import type { SignupToken } from './signup-token.ts'

const rows = new TableRows(signupTokenTable)

const sql = {
  insert: rows.insert,
  find: `${rows.select} WHERE id = $1`,
  findByHash: `${rows.select} WHERE token_hash = $1`,
  use: `UPDATE ${rows.table} SET usage_count = usage_count + 1
    WHERE token_hash = $1 AND usage_count < usage_limit AND expires_at > $2`,
  remove: `DELETE FROM ${rows.table} WHERE id = $1`,
  removeExpired: `DELETE FROM ${rows.table} WHERE expires_at <= $1`,
}

/** The column of each sortable JSON field. */
const sortKeys = {
  createdAt: 'created_at',
  expiresAt: 'expires_at',
  usageLimit: 'usage_limit',
  usageCount: 'usage_count',
}

const usageConditions: ReadonlyMap<unknown, string> = new Map([
  ['never', ' AND usage_count = 0'],
  ['partly', ' AND usage_count > 0 AND usage_count < usage_limit'],
  ['fully', ' AND usage_count >= usage_limit'],
])

/** Stores sign-up tokens. Instants in milliseconds since the Unix epoch. */
export function createSignupTokenStore(database: Database) {
  const findByHash = async (tokenHash: string): Promise<SignupToken | undefined> =>
    rows.first(await database.query(sql.findByHash, [tokenHash]))

  return {
    insert: (token: SignupToken): Promise<void> => database.write(sql.insert, rows.values(token)),
    find: async (id: string): Promise<SignupToken | undefined> => rows.first(await database.query(sql.find, [id])),
    findByHash,

    /**
     * Tokens that have not expired by `now`; the filter `used` selects unused, partly used or fully used ones. `search` is the hash
     * of a token.
     */
    list(request: ListRequest, now: number): Promise<Page<SignupToken>> {
      const parameters = request.search === '' ? [now] : [now, request.search]
      const searched = request.search === '' ? '' : ' AND token_hash = $2'
      const where = `expires_at > $1${searched}${usageConditions.get(request.filters.used?.[0]) ?? ''}`
      const orderBy = orderOf(sortKeys, request, 'created_at, id')
      return readPage(database, rows, { where, parameters, orderBy }, request)
    },

    /**
     * Counts one use in one atomic step, if the token has not expired by `now` and its limit is not reached. Returns the token, or
     * `undefined` if it is invalid. A rolled-back transaction also reverts the use.
     */
    async use(tokenHash: string, now: number): Promise<SignupToken | undefined> {
      const updatedRows = await database.execute(sql.use, [tokenHash, now])
      return updatedRows === 1 ? findByHash(tokenHash) : undefined
    },

    /** Returns `false` if the token does not exist. */
    remove: async (id: string): Promise<boolean> => (await database.execute(sql.remove, [id])) === 1,
    removeExpired: (before: number): Promise<void> => database.write(sql.removeExpired, [before]),
  }
}

export type SignupTokenStore = ReturnType<typeof createSignupTokenStore>
