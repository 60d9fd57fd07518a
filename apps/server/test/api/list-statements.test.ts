import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { Database, type Parameter } from '@pocket/core/typeorm'
import { type CalledInstance, kinds, startCalled } from './calls.ts'
import { createPerson } from './people.ts'

const query = jest.spyOn(Database.prototype, 'query')
const execute = jest.spyOn(Database.prototype, 'execute')

type Row = Readonly<Record<string, Parameter>>

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString()
const digits = (index: number) => String(index).padStart(43, '0')

/** What makes a copy of a row another one, table by table. */
const differences: Readonly<Record<string, (index: number, administratorId: string) => Row>> = {
  pocket_user: (index) => ({
    user_name: `copy${index}`,
    user_name_key: `copy${index}`,
    email: `copy${index}@example.com`,
    email_key: `copy${index}@example.com`,
  }),
  pocket_group: (index) => ({ name: `copy${index}`, name_key: `copy${index}` }),
  pocket_client: () => ({}),
  pocket_api_key: (index) => ({ token_hash: digits(index) }),
  pocket_signup_token: (index) => ({ token_hash: digits(index) }),
  pocket_audit: (_, administratorId) => ({ event: 'SIGN_IN', account_id: administratorId, repetition: null }),
  pocket_api: (index) => ({ resource: `https://api${index}.example.com` }),
}

const lists = [
  '/api/users',
  '/api/user-groups',
  '/api/oidc/clients',
  '/api/audit-logs',
  '/api/audit-logs/all',
  '/api/api-keys',
  '/api/signup-tokens',
  '/api/apis',
]
const queries = ['pagination[limit]=100', 'pagination[limit]=100&search=e', 'pagination[limit]=5&pagination[page]=2']

describe.each(kinds)('on %s', (kind) => {
  let instance: CalledInstance
  let administratorId: string
  beforeAll(async () => {
    instance = await startCalled(kind)
    administratorId = String((await instance.call('GET /api/users/me')).json.id)
    await createPerson(instance)
    await instance.call('POST /api/user-groups', { body: { name: 'one', friendlyName: 'One' } })
    await instance.call('POST /api/oidc/clients', { body: { name: 'One', callbackURLs: [] } })
    await instance.call('POST /api/api-keys', { body: { name: 'one', expiresAt: tomorrow() } })
    await instance.call('POST /api/signup-tokens', { body: { ttl: '1h', usageLimit: 1 } })
    await instance.call('POST /api/apis', { body: { name: 'One', resource: 'https://api.example.com' } })
  })

  afterAll(async () => {
    await instance[Symbol.asyncDispose]()
  })

  function database(): Database {
    const used = query.mock.contexts.at(-1)
    if (used instanceof Database) return used
    throw new Error('No statement has been sent yet.')
  }

  /** Copies a row until there are so many. */
  async function fill(table: string, count: number): Promise<void> {
    const [[row = {}] = [], [counted] = []] = [
      await database().query<Row>(`SELECT * FROM ${table} LIMIT 1`),
      await database().query<{ total: number | string }>(`SELECT COUNT(*) AS total FROM ${table}`),
    ]
    const columns = Object.keys(row)
    const statement = `INSERT INTO ${table} (${columns.map((name) => `"${name}"`)})
      VALUES (${columns.map((_, index) => `$${index + 1}`)})`
    await database().transaction(async () => {
      for (let index = Number(counted?.total); index < count; index += 1) {
        const copy: Row = { ...row, ...differences[table]?.(index, administratorId), id: crypto.randomUUID() }
        await database().execute(
          statement,
          columns.map((name) => copy[name] ?? null),
        )
      }
    })
  }

  /** The fewest of some attempts, since jobs send statements of their own in between. */
  async function statements(path: string): Promise<number> {
    const counts: number[] = []
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const before = query.mock.calls.length + execute.mock.calls.length
      await instance.call(`GET ${path.split('?')[0]}`, { query: `?${path.split('?')[1]}` })
      counts.push(query.mock.calls.length + execute.mock.calls.length - before)
    }
    return Math.min(...counts)
  }

  async function measured(count: number) {
    for (const table of Object.keys(differences)) await fill(table, count + 10)
    const counts: Record<string, number> = {}
    for (const list of lists) {
      const { json } = await instance.call(`GET ${list}`)
      expect([list, json.pagination]).toEqual([list, expect.objectContaining({ totalItems: expect.any(Number) })])
      expect([list, Reflect.get(Object(json.pagination), 'totalItems') >= count]).toEqual([list, true])
      for (const each of queries) counts[`${list}?${each}`] = await statements(`${list}?${each}`)
    }
    return counts
  }

  test('a list costs the same number of statements, whatever it holds', async () => {
    const few = await measured(10)
    expect(await measured(1000)).toEqual(few)
    expect(Math.max(...Object.values(few))).toBeLessThan(10)
  })
})
