import { expect, test } from '@jest/globals'
import { createTestDatabase } from '@pocket/test-support'
import { connectToPostgres } from '../../src/database/connect.ts'
import { describePostgres, withDefaultTls } from '../../src/database/postgres-url.ts'
import { recordingLogger } from './recording-logger.ts'

test('names a database without its password', () => {
  const named = describePostgres('postgres://pocket:s3cret@db:5433/pocket?sslmode=disable')
  expect(named).toBe('The PostgreSQL database db:5433/pocket')
})

test.each([
  ['postgres://db/x?sslmode=require', 'postgres://db/x?sslmode=require&uselibpqcompat=true'],
  ['postgres://db/x?sslmode=require&uselibpqcompat=false', 'postgres://db/x?sslmode=require&uselibpqcompat=false'],
  ['postgres://db/x?sslmode=verify-full', 'postgres://db/x?sslmode=verify-full'],
  ['postgres://db/x', 'postgres://db/x'],
])('connects to %s as %s', (input, expected) => {
  expect(withDefaultTls(input)).toBe(expected)
})

test('accepts the alternative scheme and ignores parameters of other drivers', async () => {
  await using database = await createTestDatabase()
  const url = `${database.url.replace('postgres:', 'postgresql:')}?sslmode=disable&pool_max_conns=5`
  const dataSource = await connectToPostgres({ url, tables: [], logger: recordingLogger().logger })
  expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  await dataSource.destroy()
})

test('rejects a server without TLS if TLS is required', async () => {
  await using database = await createTestDatabase()
  const url = `${database.url}?sslmode=require`
  const refusal = connectToPostgres({ url, tables: [], logger: recordingLogger().logger })
  await expect(refusal).rejects.toThrow(/does not support SSL/)
})
