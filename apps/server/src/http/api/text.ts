/** Whether the database can store this string: no NUL, which PostgreSQL rejects, and no lone surrogate. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** The path of a string that cannot be stored, such as `a.b[0]`. Iterative, because the sender controls the depth. */
export function unstorableText(value: unknown): string | undefined {
  const stack: [path: string, value: unknown][] = [['', value]]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [path, current] = next
    if (typeof current === 'string' && !isStorable(current)) return path
    if (typeof current !== 'object' || current === null) continue
    for (const [name, child] of Object.entries(current)) {
      if (!isStorable(name)) return path
      stack.push([Array.isArray(current) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`, child])
    }
  }
  return undefined
}
