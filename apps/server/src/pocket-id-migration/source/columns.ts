import { isJsonObject } from '@pocket/core/internal'

/** How a form of the source encodes values: as SQLite or PostgreSQL stores them, or as an export archive writes them. */
export type Dialect = 'sqlite' | 'postgres' | 'archive'

/** Decodes the value of a column; throws if it is not of that type. */
export type Column<Value> = (value: unknown, dialect: Dialect) => Value

function invalid(expected: string): never {
  throw new TypeError(`is not ${expected}`)
}

export const text: Column<string> = (value) => (typeof value === 'string' ? value : invalid('a string'))

/** Milliseconds since the Unix epoch. SQLite stores seconds, an archive RFC 3339. */
export const time: Column<number> = (value) => {
  const milliseconds =
    value instanceof Date ? value.getTime() : typeof value === 'number' ? value * 1000 : Date.parse(String(value))
  return Number.isSafeInteger(milliseconds) ? milliseconds : invalid('a time')
}

export const flag: Column<boolean> = (value) => {
  if (value === true || value === 1) return true
  return value === false || value === 0 ? false : invalid('a boolean')
}

export const integer: Column<number> = (value) => {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return Number.isSafeInteger(number) ? Number(number) : invalid('an integer')
}

/** A binary value; an archive writes it in base64. */
export const bytes: Column<Buffer> = (value, dialect) => {
  if (value instanceof Uint8Array) return Buffer.from(value)
  if (typeof value !== 'string') return invalid('a binary value')
  return Buffer.from(value, dialect === 'archive' ? 'base64' : 'utf8')
}

/**
 * A JSON value: parsed by PostgreSQL's driver, as text in SQLite, as base64 of the text in an archive. Columns that versions before
 * 2.12 store as text are text in all of them; base64 contains no brackets.
 */
export const json: Column<unknown> = (value, dialect) => {
  if (typeof value === 'string' && /^\s*[{[]/.test(value)) return JSON.parse(value)
  return dialect === 'postgres' ? value : JSON.parse(bytes(value, dialect).toString('utf8'))
}

export const texts: Column<readonly string[]> = (value, dialect) => {
  const list = json(value, dialect) ?? []
  return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : invalid('a list of strings')
}

export const object: Column<Readonly<Record<string, unknown>>> = (value, dialect) => {
  const found = json(value, dialect) ?? {}
  return isJsonObject(found) ? found : invalid('a JSON object')
}

/** A column that may be NULL, or that earlier versions do not have. */
export function optional<Value>(column: Column<Value>): Column<Value | null> {
  return (value, dialect) => (value === null || value === undefined ? null : column(value, dialect))
}

/** A column that is NULL or missing in earlier versions, with the value that they imply. */
export function withDefault<Value>(column: Column<Value>, implied: Value): Column<Value> {
  return (value, dialect) => (value === null || value === undefined ? implied : column(value, dialect))
}
