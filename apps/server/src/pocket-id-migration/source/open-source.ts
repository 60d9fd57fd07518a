import { open } from 'node:fs/promises'
import { messageOf } from '../../logging/failure.ts'
import { openArchiveSource } from './archive-source.ts'
import { openPostgresSource } from './postgres-source.ts'
import { decodeSource, type RawSource, type Source } from './source.ts'
import { sourceError } from './source-error.ts'
import { openSqliteSource } from './sqlite-source.ts'

export interface SourceOptions {
  /** An export archive, an SQLite file, or the `postgres://` URL of a database. */
  readonly source: string
  readonly uploads: string | undefined
  /** Describes a PostgreSQL URL without its password. */
  readonly describePostgres: (url: string) => string
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  readonly stop?: AbortSignal | undefined
}

/** Opens the source for reading and leaves no trace there. @throws {ConfigurationError} if it cannot be migrated */
export async function openSource(options: SourceOptions): Promise<Source> {
  return decodeSource(await openRawSource(options))
}

async function openRawSource({ source, uploads, describePostgres, now, stop }: SourceOptions): Promise<RawSource> {
  if (/^postgres(ql)?:\/\//i.test(source)) {
    if (URL.parse(source) === null) throw sourceError('The URL of the PostgreSQL database is not valid.')
    return openPostgresSource({ url: source, description: describePostgres(source), uploads })
  }
  const start = await readStart(source)
  if (start.subarray(0, 15).toString('latin1') === 'SQLite format 3')
    return openSqliteSource({ path: source, uploads, now, stop })
  if (start.subarray(0, 2).toString('latin1') === 'PK') return openArchiveSource(source, stop)
  throw sourceError(`${source} is neither an export of Pocket ID (a ZIP archive) nor its SQLite database.`)
}

async function readStart(path: string): Promise<Buffer> {
  try {
    await using file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0)
    return buffer.subarray(0, bytesRead)
  } catch (cause) {
    throw sourceError(`${path} cannot be read: ${messageOf(cause)}.`, cause)
  }
}
