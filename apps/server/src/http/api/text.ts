/** Whether a database can keep this text as it is: no NUL, which PostgreSQL refuses, and no half of a character. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** Where a value holds a text that cannot be stored, as `a.b[0]`. It keeps a list of its own, since depth is up to the sender. */
export function unstorableText(value: unknown): string | undefined {
  const open: [path: string, value: unknown][] = [['', value]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, current] = next
    if (typeof current === 'string' && !isStorable(current)) return path
    if (typeof current !== 'object' || current === null) continue
    for (const [name, each] of Object.entries(current)) {
      if (!isStorable(name)) return path
      open.push([Array.isArray(current) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`, each])
    }
  }
  return undefined
}
