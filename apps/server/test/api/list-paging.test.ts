import { beforeAll, describe, expect, test } from '@jest/globals'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { startCalledInstance } from './calls.ts'
import { createPerson } from './people.ts'
import { restRoutes } from './rest-routes.ts'

interface Paging {
  readonly totalPages: number
  readonly totalItems: number
  readonly currentPage: number
  readonly itemsPerPage: number
}

/** The page parameters of different programs. */
const dialects: Readonly<Record<string, (page: number, limit: number) => string>> = {
  'pagination[page] and pagination[limit]': (page, limit) => `pagination[page]=${page}&pagination[limit]=${limit}`,
  'the same, encoded': (page, limit) => `pagination%5Bpage%5D=${page}&pagination%5Blimit%5D=${limit}`,
  'page and limit': (page, limit) => `page=${page}&limit=${limit}`,
  'page and per_page': (page, limit) => `page=${page}&per_page=${limit}`,
}

describe.each(databaseKinds)('list pages on %s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))
  const created: string[] = []

  beforeAll(async () => {
    for (let i = 0; i < 11; i += 1) created.push((await createPerson(instance)).id)
  })

  async function list(query: string): Promise<{ ids: readonly string[]; pagination: Paging }> {
    const { json } = await instance.call('GET /api/users', { query: `?${query}` })
    const { data, pagination } = json as unknown as { data: readonly { id: string }[]; pagination: Paging }
    return { ids: data.map(({ id }) => id), pagination }
  }

  test.each(Object.entries(dialects))('%s lead through all entries once and then end', async (_, queryOf) => {
    const seen: string[] = []
    for (let page = 1; ; page += 1) {
      const { ids, pagination } = await list(queryOf(page, 5))
      expect(pagination).toEqual({ totalPages: 3, totalItems: 12, currentPage: page, itemsPerPage: 5 })
      seen.push(...ids)
      if (page >= pagination.totalPages) break
    }
    expect(seen).toHaveLength(12)
    expect(new Set(seen)).toEqual(new Set([...created, ...seen]))
  })

  test.each(Object.entries(dialects))('%s: a page beyond the end is the last one', async (_, queryOf) => {
    const last = await list(queryOf(3, 5))
    for (const page of [4, 1000, 999_999_999]) expect(await list(queryOf(page, 5))).toEqual(last)
    expect([last.ids.length, last.pagination.currentPage]).toEqual([2, 3])
  })

  test.each(['0', '-1', '1.5', '1e3', 'x', '', '99999999999999999999', '0x10', ' 2', 'NaN'])(
    'use the first page and the default limit for invalid values: %j',
    async (text) => {
      const value = encodeURIComponent(text)
      for (const query of [
        `pagination[page]=${value}&pagination[limit]=${value}`,
        `page=${value}&limit=${value}`,
        `page=${value}&per_page=${value}`,
      ])
        expect((await list(query)).pagination).toEqual({
          totalPages: 1,
          totalItems: 12,
          currentPage: 1,
          itemsPerPage: 20,
        })
    },
  )

  test('limit a page to 100 entries, and use the first of several values', async () => {
    expect((await list('limit=1000')).pagination.itemsPerPage).toBe(100)
    expect((await list('page=2&page=1&limit=5&limit=7')).pagination).toMatchObject({ currentPage: 2, itemsPerPage: 5 })
  })

  const reads = restRoutes.filter(({ method, path }) => method === 'GET' && !path.includes(':'))

  test.each(reads)('GET $path ignores unknown parameters', async ({ path }) => {
    const { administrator, url } = instance
    const plain = await administrator.getJson(url + path)
    const query = '?unknown=1&a[b][c]=d&__proto__[x]=y&constructor=z&toString=1&sort[column]=password&filters[x][0]=1'
    const response = await administrator.getJson(url + path + query)
    expect([path, response.status]).toEqual([path, plain.status])
    if (path.endsWith('/me')) expect(response.text).toBe(plain.text)
  })
})
