import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { UserAgent, UserAgentResponse } from '@pocket/core/testing'
import { databaseKinds, firstOfEach, selectCases } from '@pocket/test-support'
import { databaseOf } from '../http/app.ts'
import { type ContractAuth, type ContractRoute, contract } from './contract.ts'
import { type Instance, startInstance } from './instance.ts'

const bare = { error: 'API endpoint not found' }
const staticKey = 'a key of the environment'
const someId = '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1'

type Named = ContractRoute & { readonly name: string }

const named: readonly Named[] = contract.map((route) => ({ ...route, name: `${route.method} ${route.path}` }))

function routes(status: ContractRoute['status'], ...auths: readonly ContractAuth[]): readonly Named[] {
  return named.filter((route) => route.status === status && (auths.length === 0 || auths.includes(route.auth)))
}

test('names every route once', () => {
  expect(new Set(named.map(({ name }) => name)).size).toBe(contract.length)
})

test('serves every route of the contract', () => {
  expect(routes('pending')).toEqual([])
})

describe.each(databaseKinds)('%s', (kind) => {
  const stack = new AsyncDisposableStack()
  let instance: Instance
  let person: UserAgent

  beforeAll(async () => {
    const database = await databaseOf(kind, stack)
    instance = stack.use(await startInstance({ STATIC_API_KEY: staticKey, ...database }))
    person = (await instance.person('bob')).agent
  })

  afterAll(async () => stack.disposeAsync())

  function call(agent: UserAgent, { method, path }: ContractRoute, headers = {}): Promise<UserAgentResponse> {
    return agent.sendJson(method, instance.url + path.replaceAll(/:\w+/g, someId), { options: { headers } })
  }

  describe('without credentials', () => {
    test.each(routes('served', 'public', 'protocol'))('$name responds', async (route) => {
      const response = await call(instance.agent(), route)
      expect(response.text).not.toBe(JSON.stringify(bare))
      expect(response.text).not.toContain('"code":"not_signed_in"')
    })

    test.each(routes('served', 'user', 'session', 'administrator'))('$name is rejected', async (route) => {
      const response = await call(instance.agent(), route)
      expect([response.status, response.json()]).toEqual([401, expect.objectContaining({ code: 'not_signed_in' })])
    })

    test.each(routes('served', 'user', 'administrator'))('$name is rejected with an invented key', async (route) => {
      const response = await call(instance.agent(), route, { 'x-api-key': 'pak_made-up' })
      expect([response.status, response.json()]).toEqual([401, expect.objectContaining({ code: 'not_signed_in' })])
    })
  })

  test.each(routes('served', 'session'))('$name accepts no API key, not even a valid one', async (route) => {
    for (const key of ['any', staticKey]) {
      const response = await call(instance.agent(), route, { 'x-api-key': key })
      expect([response.status, response.json()]).toEqual([
        403,
        expect.objectContaining({ code: 'api_key_auth_not_allowed', request_id: response.headers.get('x-request-id') }),
      ])
    }
  })

  describe('with invalid credentials', () => {
    const bad = [
      { cookie: 'access_token=made-up' },
      { cookie: 'access_token=' },
      { cookie: 'access_token=%00; access_token=..%2f' },
      { cookie: `access_token=${'x'.repeat(4000)}` },
      { authorization: 'Bearer made-up' },
      { authorization: `Bearer ${staticKey}` },
    ]

    const refused = routes('served', 'user', 'session', 'administrator')
    // The same code reads the credentials of all routes of a kind.
    const first = firstOfEach(refused, ({ auth }) => auth)

    test.each(selectCases(refused, (route) => first.has(route)))('$name is rejected', async (route) => {
      for (const headers of bad) {
        const response = await call(instance.agent(), route, headers)
        expect([headers, response.status, response.json()]).toEqual([
          headers,
          401,
          expect.objectContaining({ code: 'not_signed_in', request_id: response.headers.get('x-request-id') }),
        ])
      }
    })
  })

  const forAdministrators = routes('served', 'administrator')
  test.each(forAdministrators)('$name requires an administrator', async (route) => {
    const response = await call(person, route)
    expect([response.status, response.json()]).toEqual([403, expect.objectContaining({ code: 'forbidden' })])
  })
})
