import { beforeAll, describe, expect, test } from '@jest/globals'
import { selectCases, shareBetweenTests } from '@pocket/test-support'
import { recordStatements } from '../sent-statements.ts'
import { kinds, startCalledInstance } from './calls.ts'
import { createPerson } from './people.ts'

const statements = recordStatements()

type Columns = Readonly<Record<string, string>>

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString()

/** The columns that make a copied row unique, per table: for `n`, a number of eleven digits, in both SQL dialects. */
const differences: Readonly<Record<string, Columns>> = {
  pocket_user: {
    user_name: `'copy' || n`,
    user_name_key: `'copy' || n`,
    email: `'copy' || n || '@example.com'`,
    email_key: `'copy' || n || '@example.com'`,
    search_key: `'copy' || n || '@example.com'`,
  },
  pocket_group: { name: `'copy' || n`, name_key: `'copy' || n` },
  pocket_client: {},
  pocket_api_key: { token_hash: `'${'0'.repeat(32)}' || n` },
  pocket_signup_token: { token_hash: `'${'0'.repeat(32)}' || n` },
  pocket_audit: { event: `'SIGN_IN'`, account_id: '$3', repetition: 'NULL' },
  pocket_api: { resource: `'https://api' || n || '.example.com'` },
}

const longLists = {
  '/api/users': 'pocket_user',
  '/api/user-groups': 'pocket_group',
  '/api/oidc/clients': 'pocket_client',
}
const lists = {
  ...longLists,
  '/api/audit-logs': 'pocket_audit',
  '/api/audit-logs/all': 'pocket_audit',
  '/api/api-keys': 'pocket_api_key',
  '/api/signup-tokens': 'pocket_signup_token',
  '/api/apis': 'pocket_api',
}
/** Larger than the batches of the queries. */
const largest = { count: 100_000, of: longLists }
const queries = ['pagination[limit]=100', 'pagination[limit]=100&search=e', 'pagination[limit]=5&pagination[page]=2']

describe.each(kinds)('list queries on %s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))
  let administratorId: string
  beforeAll(async () => {
    administratorId = String((await instance.call('GET /api/users/me')).json.id)
    await createPerson(instance)
    await instance.call('POST /api/user-groups', { body: { name: 'one', friendlyName: 'One' } })
    await instance.call('POST /api/oidc/clients', { body: { name: 'One', callbackURLs: [] } })
    await instance.call('POST /api/api-keys', { body: { name: 'one', expiresAt: tomorrow() } })
    await instance.call('POST /api/signup-tokens', { body: { ttl: '1h', usageLimit: 1 } })
    await instance.call('POST /api/apis', { body: { name: 'One', resource: 'https://api.example.com' } })
  })

  /** Copies a row up to this count, in one statement. */
  async function fillTable(table: string, count: number): Promise<void> {
    const [row = {}] = await statements.database().query<object>(`SELECT * FROM ${table} LIMIT 1`)
    const different: Columns = { ...differences[table], id: `'00000000-0000-4000-8000-0' || n` }
    const parameters = Object.values(different).includes('$3') ? [administratorId] : []
    const columns = Object.keys(row)
    const numbers = `WITH RECURSIVE numbers(n) AS (SELECT 10000000000 + COUNT(*) FROM ${table}
      UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < 10000000000 + CAST($1 AS INTEGER))`
    await statements.database().execute(
      `${numbers} INSERT INTO ${table} (${columns.map((name) => `"${name}"`)})
        SELECT ${columns.map((name) => different[name] ?? `"${name}"`)} FROM numbers
        CROSS JOIN (SELECT * FROM ${table} WHERE 1 = $2 LIMIT 1) AS original`,
      [count, 1, ...parameters],
    )
  }

  async function measure(count: number, of: Readonly<Record<string, string>>) {
    const counts: Record<string, number> = {}
    for (const [list, table] of Object.entries(of)) {
      await fillTable(table, count + 10)
      const { json } = await instance.call(`GET ${list}`)
      expect([list, json.pagination]).toEqual([list, expect.objectContaining({ totalItems: expect.any(Number) })])
      expect([list, Reflect.get(Object(json.pagination), 'totalItems') >= count]).toEqual([list, true])
      for (const query of queries)
        counts[`${list}?${query}`] = await statements.countDuring(() =>
          instance.call(`GET ${list}`, { query: `?${query}` }),
        )
    }
    return counts
  }

  async function names(search: string, page: number): Promise<unknown> {
    const query = `?search=${search}&sort[column]=username&pagination[limit]=2&pagination[page]=${page}`
    const { json } = await instance.call('GET /api/users', { query })
    return Array.isArray(json.data) && json.data.map(({ username }) => username)
  }

  test.each(selectCases([{ count: 1000, of: lists }, largest], (each) => each !== largest))(
    'uses as many statements for a list of $count rows as for ten',
    async ({ count, of }) => {
      const small = await measure(10, of)
      expect(await measure(count, of)).toEqual(small)
      expect(Math.max(...Object.values(small))).toBeLessThan(10)
      if (count < largest.count) return
      // A search with many matches uses another query than one with few.
      for (const [search, page, first] of [
        ['copy1000000', 2, 10000000004],
        ['copy1000000', 4999, 10000009998],
        ['copy', 2, 10000000004],
        ['copy', 50_000, 10000100000],
        ['copy1', 999_999, 10000100008],
      ] as const)
        expect([search, page, await names(search, page)]).toEqual([search, page, [`copy${first}`, `copy${first + 1}`]])
    },
  )
})
