/**
 * Runs `work` in a transaction: the writes of all stores are committed together or not at all. If `work` rejects, the
 * writes are rolled back and the rejection is passed on. Nested calls join the outer transaction.
 *
 * @example
 * ```ts
 * await transaction(async () => {
 *   await stores.passkeys.insert(passkey)
 *   await sql.run('UPDATE people SET password = NULL WHERE id = ?', passkey.accountId)
 * })
 * ```
 */
export type Transaction = <T>(work: () => Promise<T>) => Promise<T>
