import { constants, createReadStream, createWriteStream } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import Database from 'better-sqlite3'
import { codeOf, messageOf } from '../../logging/failure.ts'
import { decodeActorState, isMigratedActor } from './actor-states.ts'
import { isFolder, picturesInFolder } from './picture-folder.ts'
import { assertLockExpired, assertNotRunning, selectLock } from './running-host.ts'
import { assertSchemaVersion, type RawSource, type SourcePicture } from './source.ts'
import { sourceError } from './source-error.ts'
import { orderOf, type SourceTable } from './tables.ts'
import { stageInTemporaryFolder } from './temporary-folder.ts'

export interface FileSourceOptions {
  readonly path: string
  /** The folder of the pictures; by default `uploads` next to the database. */
  readonly uploads: string | undefined
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  readonly stop?: AbortSignal | undefined
}

/** Reads a private copy of the database and of its write-ahead log: opening the original would create files next to it. */
export async function openSqliteSource({ path, uploads, now, stop }: FileSourceOptions): Promise<RawSource> {
  await using stack = new AsyncDisposableStack()
  const { staged: reader } = stack.use(
    await stageInTemporaryFolder(async (folder) => {
      const copy = join(folder, 'database')
      for (const suffix of ['', '-wal']) await copyExisting(path + suffix, copy + suffix, stop)
      return openCopy(copy, path)
    }),
  )
  stop?.throwIfAborted()
  const schemaVersion = readSchemaVersion(reader, path)
  if (reader.hasTable('francis_hosts'))
    assertNotRunning(reader.rows('SELECT host_last_health_check AS checked_at FROM francis_hosts'), now)
  if (reader.hasTable('kv')) assertLockExpired(reader.rows(selectLock), now)
  const pictureFolder = await findPictureFolder(path, uploads)
  const disposables = stack.move()
  return {
    dialect: 'sqlite',
    schemaVersion,
    async *rows(table) {
      if (reader.hasTable(table)) yield* reader.rows(selectRows(table))
    },
    async count(table) {
      return reader.hasTable(table) ? Number(reader.first(`SELECT COUNT(*) AS number FROM "${table}"`)?.number) : 0
    },
    async *actorStates() {
      if (!reader.hasTable('francis_actor_state')) return
      for (const row of reader.rows('SELECT actor_type, actor_id, actor_state_data FROM francis_actor_state')) {
        const type = String(row.actor_type)
        if (isMigratedActor(type) && row.actor_state_data instanceof Uint8Array)
          yield decodeActorState(type, String(row.actor_id), row.actor_state_data)
      }
    },
    async *pictures() {
      if (reader.hasTable('storage')) yield* storedPictures(reader)
      if (pictureFolder !== undefined) yield* picturesInFolder(pictureFolder)
    },
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
  }
}

function selectRows(table: SourceTable): string {
  const order = orderOf(table)
  return `SELECT * FROM "${table}"${order.length > 0 ? ` ORDER BY ${order.join(', ')}, rowid` : ''}`
}

async function copyExisting(from: string, to: string, stop: AbortSignal | undefined): Promise<void> {
  try {
    // A clone takes no time; a copy by the system could not be aborted.
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE).catch(() =>
      pipeline(createReadStream(from), createWriteStream(to, { mode: 0o600 }), stop ? { signal: stop } : {}),
    )
  } catch (cause) {
    stop?.throwIfAborted()
    if (codeOf(cause) === 'ENOENT' && from.endsWith('-wal')) return
    if (codeOf(cause) === 'ENOSPC') throw cause
    throw sourceError(`${from} cannot be read: ${messageOf(cause)}.`, cause)
  }
}

function openCopy(copy: string, path: string): SqliteReader {
  try {
    const reader = new SqliteReader(copy)
    const problem = reader.first('PRAGMA quick_check(1)')?.quick_check
    if (problem === 'ok') return reader
    reader[Symbol.dispose]()
  } catch (cause) {
    throw sourceError(`${path} is not an SQLite database, or it is damaged: ${messageOf(cause)}.`, cause)
  }
  throw sourceError(`The database ${path} is damaged.`)
}

function readSchemaVersion(reader: SqliteReader, path: string): number {
  if (!reader.hasTable('schema_migrations') || !reader.hasTable('webauthn_credentials'))
    throw sourceError(`${path} is not a database of Pocket ID: it does not have its tables.`)
  const row = reader.first('SELECT version, dirty FROM schema_migrations LIMIT 1')
  return assertSchemaVersion(row?.version, Boolean(row?.dirty))
}

async function findPictureFolder(path: string, uploads: string | undefined): Promise<string | undefined> {
  const folder = uploads ?? join(dirname(path), 'uploads')
  if (await isFolder(folder)) return folder
  if (uploads !== undefined) throw sourceError(`The folder ${uploads} does not exist.`)
  return undefined
}

function* storedPictures(reader: SqliteReader): Iterable<SourcePicture> {
  for (const { path } of reader.rows('SELECT path FROM storage ORDER BY path'))
    yield {
      path: String(path),
      async read() {
        const data = reader.first('SELECT data FROM storage WHERE path = ?', path)?.data
        return data instanceof Uint8Array ? Buffer.from(data) : Buffer.alloc(0)
      },
    }
}

/** The statements on an SQLite database, read lazily. */
class SqliteReader implements Disposable {
  readonly #database: Database.Database

  constructor(path: string) {
    this.#database = new Database(path)
  }

  rows(sql: string, ...parameters: readonly unknown[]): Iterable<Readonly<Record<string, unknown>>> {
    return this.#database.prepare<unknown[], Record<string, unknown>>(sql).iterate(...parameters)
  }

  first(sql: string, ...parameters: readonly unknown[]): Readonly<Record<string, unknown>> | undefined {
    return this.#database.prepare<unknown[], Record<string, unknown>>(sql).get(...parameters)
  }

  hasTable(name: string): boolean {
    return this.first(`SELECT 1 AS found FROM sqlite_schema WHERE type = 'table' AND name = ?`, name) !== undefined
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }
}
