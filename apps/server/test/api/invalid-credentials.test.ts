import { expect, test } from '@jest/globals'
import { firstOfEach } from '@pocket/test-support'
import { startInstance } from './instance.ts'
import { restRoutes } from './rest-routes.ts'

const staticKey = 'a key of the environment'
const someId = '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1'

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
  const routes = restRoutes.filter(({ row }) => row.caller !== 'anyone')
  for (const { method, path } of firstOfEach(routes, ({ row }) => `${row.caller} ${row.scopes === null}`)) {
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
