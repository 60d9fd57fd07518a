/**
 * Removes at most `$2` rows whose `expires_at` lies before `$1`, the oldest first. `table` is quoted already.
 *
 * @example
 * ```ts
 * await database.execute(removeExpired('"invitation"', 'id'), [Date.now(), 1000])
 * ```
 */
export function removeExpired(table: string, primaryKey: string): string {
  return `DELETE FROM ${table} WHERE "${primaryKey}" IN (
    SELECT "${primaryKey}" FROM ${table} WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)`
}
