import { type Database, TableRows } from '@pocket/core/internal/sql'
import { type Verification, verificationTable } from './verification.table.ts'

const rows = new TableRows(verificationTable)

const sql = {
  put: `${rows.insert} ON CONFLICT (account_id) DO UPDATE
    SET token_hash = excluded.token_hash, email = excluded.email, expires_at = excluded.expires_at`,
  consume: `DELETE FROM ${rows.table} WHERE account_id = $1 AND token_hash = $2 RETURNING ${rows.columns}`,
  find: `${rows.select} WHERE token_hash = $1`,
  removeByAccount: `DELETE FROM ${rows.table} WHERE account_id = $1`,
  removeExpired: `DELETE FROM ${rows.table} WHERE expires_at < $1`,
}

export function createVerificationStore(database: Database) {
  return {
    /** Replaces an earlier one. */
    put: (verification: Verification): Promise<void> => database.write(sql.put, rows.values(verification)),
    /** Removes and returns it atomically: only one of several concurrent calls gets it. */
    consume: async (accountId: string, tokenHash: string): Promise<Verification | undefined> =>
      rows.first(await database.query(sql.consume, [accountId, tokenHash])),
    find: async (tokenHash: string): Promise<Verification | undefined> =>
      rows.first(await database.query(sql.find, [tokenHash])),
    removeByAccount: (accountId: string): Promise<void> => database.write(sql.removeByAccount, [accountId]),
    removeExpired: (before: number): Promise<number> => database.execute(sql.removeExpired, [before]),
  }
}

export type VerificationStore = ReturnType<typeof createVerificationStore>
