/** Much more than the statements of this package and the server. */
const maxStatements = 1000

/** Caches what `compute` returns for the text of a statement. Texts with values in them must not fill the memory. */
export function cacheByStatement<T extends {}>(compute: (sql: string) => T): (sql: string) => T {
  const results = new Map<string, T>()
  return (sql) => {
    const cached = results.get(sql)
    if (cached !== undefined) return cached
    const result = compute(sql)
    if (results.size >= maxStatements) results.clear()
    results.set(sql, result)
    return result
  }
}
