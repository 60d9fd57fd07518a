/** Returns its argument for the first `limit` distinct values, then `other`, so that labels stay bounded. */
export function boundedValues(limit: number): (value: string) => string {
  const known = new Set<string>()
  return (value) => {
    if (known.has(value)) return value
    if (known.size >= limit) return 'other'
    known.add(value)
    return value
  }
}
