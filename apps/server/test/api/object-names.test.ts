import { beforeAll, describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { startCalledInstance } from './calls.ts'
import { cookieHeader } from './instance.ts'
import { createPerson, freshName } from './people.ts'
import type { Document } from './response-differences.ts'

const someId = '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1'

/** The effect on every object if such a body were merged into one. */
const fields = [
  '"__proto__":{"polluted":true}',
  '"constructor":{"prototype":{"polluted":true}}',
  '"prototype":{"polluted":true}',
]

/** Members that an operation can read. */
const members = [
  'credentials',
  'protocol',
  'permissions',
  'scopes',
  'key',
  'name',
  'response',
  'clientExtensionResults',
]

/** The fields directly, in an array and nested. `__proto__` is separate, because the parser rejects it. */
const bodies = [fields.slice(0, 1), fields.slice(1)].flatMap((some) => {
  const inner = `{${some.join()}}`
  return [
    inner,
    `[${inner}]`,
    `{${members.map((name) => `"${name}":${inner}`)}}`,
    `{${members.map((name) => `"${name}":[${inner}]`)}}`,
  ]
})

describe('property names of Object.prototype', () => {
  const instance = shareBetweenTests(() => startCalledInstance('SQLite'))
  let writes: readonly string[]

  beforeAll(async () => {
    const document = (await instance.agent().getJson(`${instance.url}/api/openapi.json`)).json() as Document
    writes = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, { requestBody }]) =>
        requestBody === undefined || path.includes('logout') ? [] : [`${method.toUpperCase()} ${path}`],
      ),
    )
  })

  async function send(call: string, body: string) {
    const [method = '', path = ''] = call.split(' ')
    const headers = { 'content-type': 'application/json', cookie: cookieHeader(instance.administrator) }
    const address = instance.url + path.replaceAll(/\{\w+\}/g, someId)
    const response = await fetch(address, { method, headers, body })
    return { status: response.status, text: await response.text() }
  }

  test('are rejected or ignored by every operation with a body', async () => {
    expect(writes.length).toBeGreaterThan(30)
    for (const call of writes)
      for (const body of bodies) {
        const { status, text } = await send(call, body)
        expect([call, body, status < 500]).toEqual([call, body, true])
        if (status >= 400)
          expect([call, JSON.parse(text)]).toEqual([call, expect.objectContaining({ code: expect.any(String) })])
      }
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  test('are never stored', async () => {
    const { id } = await createPerson(instance)
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      const body = [{ key, value: 'x' }]
      const refused = await instance.call('PUT /api/custom-claims/user/{userId}', { params: { userId: id }, body })
      expect([refused.status, refused.json.code]).toEqual([400, 'reserved_claim'])
    }
    const resource = `https://${freshName()}.example`
    const { json: api } = await instance.call('POST /api/apis', { body: { name: 'API', resource } })
    for (const key of ['__proto__', 'constructor', 'prototype', 'toString']) {
      const permissions = [{ key, name: 'All' }]
      const call = 'PUT /api/apis/{id}/permissions'
      const refused = await instance.call(call, { params: { id: String(api.id) }, body: { permissions } })
      expect(refused.json.details).toMatchObject({ fields: [{ field: 'permissions[0].key', code: 'reserved' }] })
      const client = await instance.call('POST /api/oidc/clients', { body: { name: 'C', id: key } })
      expect(client.json.details).toMatchObject({ fields: [{ field: 'id', code: 'invalid_format' }] })
    }
    const [name, clientName] = [freshName(), freshName()]
    const bodies = [
      ['POST /api/user-groups', `{"name":"${name}","friendlyName":"Group",${fields[1]},${fields[2]}}`],
      [
        'POST /api/oidc/clients',
        `{"name":"${clientName}","credentials":{${fields[1]},"federatedIdentities":[{"issuer":"https://ci.example",${fields[2]}}]},"protocol":{${fields[1]}}}`,
      ],
    ] as const
    for (const [call, body] of bodies) {
      const { status, text } = await send(call, body)
      expect([call, status]).toEqual([call, 201])
      expect(text).not.toMatch(/polluted|prototype/)
    }
    for (const list of ['/api/user-groups', '/api/oidc/clients', '/api/audit-logs/all', '/api/users'])
      expect((await instance.administrator.getJson(instance.url + list)).text).not.toMatch(/polluted|"prototype"/)
  })
})
