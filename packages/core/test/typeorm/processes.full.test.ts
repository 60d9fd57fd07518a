import { expect, test } from '@jest/globals'
import SqliteDatabase from 'better-sqlite3'
import { DataSource } from 'typeorm'
import { createPostgres, createSqlite, databases, openNoteDatabase, optionsFor } from './databases.ts'
import { runTogether } from './processes.ts'
import { startSplittingProxy } from './splitting-proxy.ts'

test.each(databases)('processes that migrate %s at once wait for each other', async (_kind, open) => {
  await using database = await open()
  const ended = await runTogether('./migrating-process.ts', Array(4).fill([database.address]))
  expect(ended.map(({ code, errors }) => ({ code, errors }))).toEqual(Array(4).fill({ code: 0, errors: '' }))
  const dataSource = await new DataSource(optionsFor(database)).initialize()
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
  await dataSource.destroy()
  expect(upQueries).toEqual([])
})

test.each(['statement', 'transaction', 'query'])(
  'a killed process loses no write to SQLite that it acknowledged by %s',
  async (way) => {
    await using notes = await openNoteDatabase(createSqlite)
    const [killed] = await runTogether('./killed-process.ts', [[notes.address, way]])
    expect(killed).toMatchObject({ signal: 'SIGKILL', errors: '' })
    expect(killed?.lines).toHaveLength(50)
    const other = new SqliteDatabase(notes.address, { readonly: true })
    const committed = other.prepare<[], string>('SELECT id FROM host_note ORDER BY id').pluck().all()
    other.close()
    expect(committed).toEqual(killed?.lines.toSorted())
  },
)

test('sends the statements of a transaction to the PostgreSQL driver one at a time, even after a failure', async () => {
  await using notes = await openNoteDatabase(createPostgres)
  await using way = await startSplittingProxy(notes.address)
  const [ended] = await runTogether('one-transaction-process.ts', [[way.address]])
  // The driver prints a warning to stderr if statements overlap.
  expect(ended).toMatchObject({ lines: [...Array(10).fill('rejected'), 'a,b,c,d'], errors: '', code: 0 })
})
