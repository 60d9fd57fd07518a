import { UnavailableError } from './errors.ts'

/** Codes of Node, of PostgreSQL (class 08, 53 and 57, a deadlock or conflict, and a read-only server) and of SQLite. */
const outageCodes =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|ENOENT|08...|53...|40001|40P01|57014|57P0[1-5]|25006|SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY)(_[A-Z_]+)?)$/

/** Messages of `pg`, its pool, TypeORM and our turn queue that have no code. */
const outageMessages =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|Query runner already released|Waited \d+ ms for a turn)/

/** Converts an error that means the database is unreachable, full or too slow; `undefined` for any other error. */
export function toUnavailableError(error: unknown): UnavailableError | undefined {
  if (error instanceof UnavailableError) return error
  // Checks properties, since a native module may throw errors of another realm.
  if (typeof error !== 'object' || error === null) return undefined
  const code = 'code' in error ? String(error.code) : ''
  const message = 'message' in error ? String(error.message) : ''
  // Without `connect`, a file is missing rather than the socket of PostgreSQL.
  if (code === 'ENOENT' && !('syscall' in error && error.syscall === 'connect')) return undefined
  if (!outageCodes.test(code) && !outageMessages.test(message) && !isResponseTimeout(error)) return undefined
  return new UnavailableError('The database cannot be used at the moment.', { cause: error })
}

/** Whether the outage is a timeout, which would delay the next statement as well. */
export function isResponseTimeout(error: unknown): boolean {
  const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : ''
  return message === noResponseMessage || message.startsWith('Connection terminated due to connection timeout')
}

/** The message of the error that closes an unresponsive connection. */
export const noResponseMessage = 'PostgreSQL did not respond in time'
