/** The error code of the system, SQLite or PostgreSQL, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  const code = fieldOf(error, 'code')
  return typeof code === 'string' && code !== '' ? code : undefined
}

/** The error message, or the code if the message is empty, as when all addresses of a host fail. */
export function messageOf(error: unknown): string {
  const message = fieldOf(error, 'message')
  return typeof message === 'string' && message !== '' ? message : (codeOf(error) ?? String(error))
}

function fieldOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Object.getOwnPropertyDescriptor(error, name)?.value : undefined
}
