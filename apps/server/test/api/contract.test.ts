import { expect, test } from '@jest/globals'
import { firstOfEach } from '@pocket/test-support'
import type { AccessRow } from '../../src/access/access-row.ts'
import { accessTable } from '../../src/access/access-table.ts'
import { coreTable } from '../../src/access/core-table.ts'
import { type ContractAuth, contract } from './contract.ts'
import { startInstance } from './instance.ts'

const staticKey = 'a key of the environment'
const someId = '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1'

function authOf(row: AccessRow | undefined): ContractAuth | undefined {
  if (row === undefined || row.caller === 'anyone') return row && 'public'
  if (row.scopes === null) return 'session'
  return row.caller === 'administrator' ? 'administrator' : 'user'
}

test('names every route once', () => {
  expect(new Set(contract.map(({ method, path }) => `${method} ${path}`)).size).toBe(contract.length)
})

test('is served with the access that it states', () => {
  const served = contract.map(({ method, path }) => {
    const route = `${method} ${path}`
    return [route, coreTable.has(route) ? 'protocol' : authOf(accessTable.get(route))]
  })
  expect(served).toEqual(contract.map(({ method, path, auth }) => [`${method} ${path}`, auth]))
})

test('rejects invalid credentials', async () => {
  await using instance = await startInstance({ STATIC_API_KEY: staticKey })
  const credentials = [
    { cookie: 'access_token=made-up' },
    { cookie: 'access_token=' },
    { cookie: 'access_token=%00; access_token=..%2f' },
    { cookie: `access_token=${'x'.repeat(4000)}` },
    { authorization: 'Bearer made-up' },
    { authorization: `Bearer ${staticKey}` },
  ]
  // The same code reads the credentials of all routes of a kind.
  const routes = contract.filter(({ auth }) => auth !== 'public' && auth !== 'protocol')
  for (const { method, path } of firstOfEach(routes, ({ auth }) => auth)) {
    const url = instance.url + path.replaceAll(/:\w+/g, someId)
    for (const headers of credentials) {
      const response = await instance.agent().sendJson(method, url, { options: { headers } })
      expect([path, headers, response.status, response.json()]).toEqual([
        path,
        headers,
        401,
        expect.objectContaining({ code: 'not_signed_in', request_id: response.headers.get('x-request-id') }),
      ])
    }
  }
})
