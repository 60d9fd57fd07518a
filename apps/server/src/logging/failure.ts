/** The code that the system, SQLite or PostgreSQL gives a failure, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  const code = fieldOf(error, 'code')
  return typeof code === 'string' && code !== '' ? code : undefined
}

/** What a failure says; its code where it says nothing, as when several addresses of one host fail together. */
export function messageOf(error: unknown): string {
  const message = fieldOf(error, 'message')
  return typeof message === 'string' && message !== '' ? message : (codeOf(error) ?? String(error))
}

function fieldOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Object.getOwnPropertyDescriptor(error, name)?.value : undefined
}
