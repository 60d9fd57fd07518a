import { dirname } from 'node:path'
import type { Reader } from './reader.ts'
import { InvalidValueError, parseEnum, type RawValue, type Section, type Variable } from './variable.ts'

const defaultPath = 'data/pocket-id.db'

const connectionString: Variable<ParsedConnection> = {
  name: 'DB_CONNECTION_STRING',
  type: 'URL or path',
  default: defaultPath,
  secret: true,
  description:
    '`postgres://user:password@host:5432/database` (or `postgresql://`) selects PostgreSQL; its query parameters are passed to the driver: `statement_timeout` (milliseconds, default 15000), `query_timeout` (milliseconds, default 20000, closes a silent connection) and `connect_timeout` (seconds, default 10). `pooler=transaction` is for PgBouncer with `pool_mode = transaction`; commands that replace data need a direct connection. Anything else is the path or `file:` URI of an SQLite file; its query parameters are ignored with a warning.',
  parse: parseConnectionString,
}

const provider: Variable<DatabaseConfig['kind']> = {
  name: 'DB_PROVIDER',
  type: '`sqlite` or `postgres`',
  default: 'none',
  description: 'Accepted for compatibility. `DB_CONNECTION_STRING` decides; a contradiction is an error.',
  parse: parseEnum(['sqlite', 'postgres']),
}

export const databaseSection = {
  title: 'Database',
  introduction:
    'The folder of the SQLite file is the data folder and must be persistent. With PostgreSQL the data folder is `data` in the working directory.',
  variables: { connectionString, provider },
} satisfies Section

/** The database to use. A relative `path` is resolved against the working directory. */
export type DatabaseConfig =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string }

interface ParsedConnection {
  readonly database: DatabaseConfig
  readonly ignored: string | undefined
}

export function readDatabase(reader: Reader): DatabaseConfig {
  const { database, ignored } = reader.read(connectionString) ?? parsePath(defaultPath)
  if (ignored !== undefined)
    reader.warnings.push(
      `DB_CONNECTION_STRING: "?${ignored}" is ignored; the path is "${database.kind === 'sqlite' && database.path}".`,
    )
  const expected = reader.read(provider)
  if (expected !== undefined && expected !== database.kind && !hasProblem(reader, connectionString))
    reader.problems.push({
      variable: provider.name,
      reason: `it says ${expected}, but ${reader.isSet(connectionString) ? connectionString.name : `the default of ${connectionString.name}`} is ${describe(database)}`,
      remedy:
        expected === 'postgres'
          ? `Set ${connectionString.name} to postgres://user:password@host:5432/database, or remove ${provider.name}.`
          : `Set ${connectionString.name} to a path, such as ${defaultPath}, or remove ${provider.name}.`,
    })
  return database
}

/** The folder for this server's files, next to its database. */
export function dataFolderOf(database: DatabaseConfig): string {
  return database.kind === 'sqlite' ? dirname(database.path) : dirname(defaultPath)
}

function hasProblem(reader: Reader, variable: Variable<unknown>): boolean {
  return reader.problems.some((problem) => problem.variable === variable.name)
}

function describe(database: DatabaseConfig): string {
  return database.kind === 'sqlite' ? 'the path of an SQLite file' : 'the URL of a PostgreSQL database'
}

function parseConnectionString(value: RawValue): ParsedConnection {
  const text = value.text.trim()
  // At least two letters, because a single letter is a Windows drive.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) return parsePath(text)
  if (scheme === 'file') return parseFileUri(text)
  if (scheme === 'postgres' || scheme === 'postgresql') return parsePostgresUrl(text)
  throw new InvalidValueError(
    `databases of the kind "${scheme}" are not supported`,
    'Write postgres://user:password@host:5432/database, or the path of an SQLite file.',
  )
}

function parsePostgresUrl(url: string): ParsedConnection {
  // The message omits details because the URL contains a password.
  const parsed = URL.parse(url)
  const hasUnescapedAt = parsed !== null && `${parsed.host}${parsed.pathname}`.includes('@')
  if (!/^postgres(ql)?:\/\//i.test(url) || parsed === null || hasUnescapedAt)
    throw new InvalidValueError(
      'it is not a valid PostgreSQL URL',
      'Write postgres://user:password@host:5432/database; encode special characters of the password (@ as %40, / as %2F).',
    )
  return { database: { kind: 'postgres', url }, ignored: undefined }
}

function parseFileUri(uri: string): ParsedConnection {
  const [location = '', ignored] = splitPath(uri.slice('file:'.length))
  const authority = /^\/\/([^/]*)/.exec(location)?.[1]
  if (authority !== undefined && authority !== '' && authority !== 'localhost')
    throw new InvalidValueError(
      `it names the host "${authority}"`,
      'Write file:data/pocket-id.db or file:///folder/file.db.',
    )
  const path = decodePath(authority === undefined ? location : location.slice(2 + authority.length))
  return { ...parsePath(path), ignored }
}

function parsePath(text: string): ParsedConnection {
  const [path, ignored] = splitPath(text)
  if (path === '' || path === ':memory:' || path.endsWith('/'))
    throw new InvalidValueError('it does not name a file', `Write the path of an SQLite file, such as ${defaultPath}.`)
  return { database: { kind: 'sqlite', path }, ignored }
}

function splitPath(text: string): [path: string, parameters: string | undefined] {
  const position = text.indexOf('?')
  return position < 0 ? [text, undefined] : [text.slice(0, position), text.slice(position + 1) || undefined]
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new InvalidValueError(
      'it is not a valid file: URI',
      'Write a percent sign as %25, or write the path without file:.',
    )
  }
}
