/** Deletes at most `$2` rows whose `expires_at` is before `$1`, oldest first. `table` is already quoted. */
export function removeExpired(table: string, primaryKey: string): string {
  return `DELETE FROM ${table} WHERE "${primaryKey}" IN (
    SELECT "${primaryKey}" FROM ${table} WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)`
}
