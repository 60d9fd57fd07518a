import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { startCalledInstance } from './calls.ts'
import { createPerson, freshName } from './people.ts'
import { restRoutes } from './rest-routes.ts'

const hostile = [
  'nonsense',
  '__proto__',
  'constructor',
  "' OR 1=1 --",
  '\0',
  '../users',
  '%',
  '~',
  '~!',
  '\u202e\u{1f469}',
  'x'.repeat(4000),
  randomUUID().toUpperCase(),
]

/** An unknown user has a default picture and no authorizations, and deleting one succeeds. */
const mayAnswer = [
  'GET /api/users/:id/profile-picture.png',
  'GET /api/oidc/users/:id/authorized-clients',
  'DELETE /api/signup-tokens/:id',
  'DELETE /api/oidc/initial-access-tokens/:id',
]

const withIds = restRoutes.filter(({ path }) => path.includes(':'))

describe.each(databaseKinds)('hostile IDs on %s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))
  const deleted: Record<string, string> = {}

  beforeAll(async () => {
    const user = await createPerson(instance)
    await instance.call('DELETE /api/users/{id}', { params: { id: user.id } })
    const group = await instance.call('POST /api/user-groups', { body: { name: freshName(), friendlyName: 'Gone' } })
    await instance.call('DELETE /api/user-groups/{id}', { params: { id: String(group.json.id) } })
    const client = await instance.call('POST /api/oidc/clients', { body: { name: 'Gone', callbackURLs: [] } })
    await instance.call('DELETE /api/oidc/clients/{id}', { params: { id: String(client.json.id) } })
    Object.assign(deleted, { user: user.id, group: String(group.json.id), client: String(client.json.id) })
  })

  async function expectRefused({ method, path, route }: (typeof withIds)[number], id: string): Promise<void> {
    const address = path.replaceAll(/:\w+/g, encodeURIComponent(id))
    const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} }
    const response = await instance.administrator.sendJson(method, instance.url + address, body)
    expect([route, id, response.status < 500]).toEqual([route, id, true])
    if (response.status < 400) return expect(mayAnswer).toContain(route)
    const json: unknown = response.json()
    expect([route, id, json]).toEqual([
      route,
      id,
      expect.objectContaining({ error: expect.any(String), code: expect.any(String), request_id: expect.any(String) }),
    ])
  }

  test.each(withIds)('$route: no ID causes a server error', async (operation) => {
    for (const id of [...hostile, ...Object.values(deleted)]) await expectRefused(operation, id)
  })
})
