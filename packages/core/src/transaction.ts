/**
 * Runs `work` so that all writes of every store made in it are kept together or not at all. A rejection of `work`
 * undoes them and is passed on. Nested calls join the outer transaction.
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
