import { expect, test } from '@jest/globals'
import { createTestDatabase } from '@pocket/test-support'
import pg from 'pg'

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

test('a test database is an empty PostgreSQL 18 of its own', async () => {
  await using one = await createTestDatabase()
  await using other = await createTestDatabase()
  await query(one.url, 'CREATE TABLE only_here (id integer)')

  const tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
  expect(await query(one.url, tables)).toEqual([{ tablename: 'only_here' }])
  expect(await query(other.url, tables)).toEqual([])
  expect(await query(one.url, 'SHOW server_version')).toEqual([{ server_version: expect.stringMatching(/^18\./) }])
})

test('disposal drops the database although a connection is still open', async () => {
  const database = await createTestDatabase()
  const client = new pg.Client({ connectionString: database.url })
  const ended = new Promise((resolve) => client.on('error', resolve))
  await client.connect()

  await database[Symbol.asyncDispose]()

  expect(String(await ended)).toContain('terminat')
  await expect(query(database.url, 'SELECT 1')).rejects.toThrow('does not exist')
})
