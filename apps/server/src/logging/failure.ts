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

const fileErrorCodes: ReadonlySet<string> = new Set([
  'EACCES',
  'EDQUOT',
  'EFBIG',
  'EISDIR',
  'ENOENT',
  'ENOSPC',
  'ENOTDIR',
  'EPERM',
  'EROFS',
])

/** Whether a file cannot be read or written because of its path, its permissions or the disk. */
export function isFileError(error: unknown): boolean {
  return fileErrorCodes.has(codeOf(error) ?? '')
}

function fieldOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Object.getOwnPropertyDescriptor(error, name)?.value : undefined
}

/** The code, of the error or its cause, and the message, for administrators. At most 1000 characters. */
export function failureText(error: unknown): string {
  const code = codeOf(error) ?? (error instanceof Error ? codeOf(error.cause) : undefined)
  return `${code === undefined ? '' : `${code}: `}${messageOf(error)}`.slice(0, 1000)
}
