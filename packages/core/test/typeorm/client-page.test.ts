import { expect, jest, test } from '@jest/globals'
import { DataSource } from 'typeorm'
import type { ClientScope } from '../../src/clients/client-list.ts'
import { client } from '../../src/testing/contracts/client-store.ts'
import { createTypeormClientStore } from '../../src/typeorm/client-store.ts'
import { pocketMigrations, runMigrations } from '../../src/typeorm/index.ts'
import { databaseOf } from '../../src/typeorm/internal-sql.ts'
import { databases, optionsFor } from './databases.ts'

const scopes: readonly ClientScope[] = [
  { of: 'everybody' },
  { of: 'usable', accountId: 'me', groupIds: ['g1', 'g2', 'g3'] },
  { of: 'consented', accountId: 'me' },
  { of: 'granted', apiId: 'api' },
]

test.each(databases)(
  '%s: lists a page of clients with two statements, independent of the data',
  async (_kind, open) => {
    await using database = await open()
    const options = optionsFor(database)
    await runMigrations(options, [pocketMigrations])
    const dataSource = await new DataSource(options).initialize()
    const statements = databaseOf(dataSource)
    const store = createTypeormClientStore(statements)
    const query = jest.spyOn(statements, 'query')
    const execute = jest.spyOn(statements, 'execute')
    const search = 'c'
    for (const count of [0, 30]) {
      for (let index = 0; index < count; index++)
        await store.insert(client(`c${index}`, { allowedGroupIds: ['g1', 'g2'], isGroupRestricted: true }))
      for (const scope of scopes) {
        query.mockClear()
        execute.mockClear()
        const sort = { by: 'allowedGroupCount', descending: true } as const
        await store.page({ scope, page: 2, limit: 10, sort, filters: { skipConsent: [false] }, search })
        expect([query.mock.calls.length, execute.mock.calls.length]).toEqual([2, 0])
      }
    }
    await dataSource.destroy()
  },
)
