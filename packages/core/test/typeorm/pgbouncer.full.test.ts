import { describe, expect, test } from '@jest/globals'
import { createTestDatabase, describeUnless, pgbouncerUnavailableReason, startPgbouncer } from '@pocket/test-support'
import { DataSource } from 'typeorm'
import { postgresOptions } from '../../src/typeorm/index.ts'
import { databaseOf } from '../../src/typeorm/internal-sql.ts'

describeUnless(pgbouncerUnavailableReason, describe)('PgBouncer in transaction mode', () => {
  test('gives each of many concurrent reads and transactions its own result', async () => {
    await using server = await createTestDatabase()
    await using pooler = await startPgbouncer(server.url, 2)
    const dataSource = await new DataSource(postgresOptions(`${pooler.url}?pooler=transaction`)).initialize()
    await using stack = new AsyncDisposableStack()
    stack.defer(() => dataSource.destroy())
    const database = databaseOf(dataSource)
    const read = async (text: string) =>
      (await database.query<{ text: string }>('SELECT $1 AS text', [text], { isKeyRead: true }))[0]?.text
    const readInTransaction = (text: string) =>
      database.transaction(async () => [await read(`${text}, first`), await read(`${text}, second`)])
    const numbers = Array.from({ length: 50 }, (_, index) => `${index}`)
    for (let times = 0; times < 4; times++) {
      const alone = Promise.all(numbers.map(read))
      const together = Promise.all(numbers.map(readInTransaction))
      expect(await alone).toEqual(numbers)
      expect(await together).toEqual(numbers.map((text) => [`${text}, first`, `${text}, second`]))
    }
  })
})
