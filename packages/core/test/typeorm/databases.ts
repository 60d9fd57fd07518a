import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase } from '@pocket/test-support'
import { DataSource, type DataSourceOptions, EntitySchema } from 'typeorm'
import { postgresOptions, sqliteOptions } from '../../src/typeorm/index.ts'

/** An empty database. */
export interface EmptyDatabase extends AsyncDisposable {
  /** A SQLite path or a `postgres://` URL. */
  readonly address: string
}

/** An empty SQLite file in a separate folder. */
export async function createSqlite(): Promise<EmptyDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-test-'))
  return { address: join(folder, 'pocket.db'), [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

export async function createPostgres(): Promise<EmptyDatabase> {
  const database = await createTestDatabase()
  return { address: database.url, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
}

export const databases: readonly (readonly [string, () => Promise<EmptyDatabase>])[] = [
  ['SQLite', createSqlite],
  ['PostgreSQL', createPostgres],
]

export function optionsFor({ address }: EmptyDatabase, tables?: readonly EntitySchema[]): DataSourceOptions {
  return address.startsWith('postgres://') ? postgresOptions(address, tables) : sqliteOptions(address, tables)
}

/** A row of the table of a host. */
export interface Note {
  readonly id: string
  readonly text: string
  readonly pinned: boolean
}

export const noteTable: EntitySchema<Note> = new EntitySchema<Note>({
  name: 'host_note',
  tableName: 'host_note',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    text: { type: 'text' },
    pinned: { type: 'boolean' },
  },
})

/** The `DataSource` of a host with {@link noteTable}. */
export interface NoteDatabase extends AsyncDisposable {
  readonly dataSource: DataSource
  readonly address: string
}

export async function openNoteDatabase(open: () => Promise<EmptyDatabase>): Promise<NoteDatabase> {
  const database = await open()
  const options = optionsFor(database, [noteTable])
  const dataSource = await new DataSource({ ...options, synchronize: true }).initialize()
  return {
    dataSource,
    address: database.address,
    [Symbol.asyncDispose]: async () => {
      await dataSource.destroy()
      await database[Symbol.asyncDispose]()
    },
  }
}

export function note(id: string, changes: Partial<Note> = {}): Note {
  return { id, text: `text of ${id}`, pinned: false, ...changes }
}
