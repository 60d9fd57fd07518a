import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { startCalledInstance } from './calls.ts'
import { cookieHeader } from './instance.ts'
import { createPerson, freshName } from './people.ts'
import { completeSettings, valuesIn } from './setting-calls.ts'

/** Composed and decomposed letters, right-to-left text, characters beyond 16 bits, and joined emoji. */
const texts = [
  'e\u0301te\u0301',
  '\u05e9\u05dc\u05d5\u05dd',
  'Zoe\u0308 \u{1f469}\u200d\u{1f680}',
  '\u{20000}\u{1f3f4}\u{1f480}',
]

/** Nested arrays and objects. */
const deep = ['['.repeat(10_000) + ']'.repeat(10_000), `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`]

describe.each(databaseKinds)('request bodies on %s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))

  async function send(method: string, path: string, body: string, type = 'application/json') {
    const response = await fetch(instance.url + path, {
      method,
      headers: { 'content-type': type, cookie: cookieHeader(instance.administrator) },
      body,
    })
    const json: unknown = JSON.parse(await response.text())
    return { status: response.status, json: json as Readonly<Record<string, unknown>> }
  }

  const groupBody = (extra: string) => `{"name":"${freshName()}","friendlyName":"First"${extra}}`

  test('requires the content type of JSON', async () => {
    const { status, json } = await send('POST', '/api/user-groups', groupBody(''), 'text/plain')
    expect([status, json.code]).toEqual([400, 'invalid_request_body'])
  })

  test('uses the last of duplicate keys', async () => {
    const { status, json } = await send('POST', '/api/user-groups', groupBody(',"friendlyName":"Last"'))
    expect([status, json.friendlyName]).toEqual([201, 'Last'])
    const refused = await send('POST', '/api/user-groups', groupBody(',"friendlyName":""'))
    expect([refused.status, refused.json.code]).toEqual([400, 'validation_failed'])
  })

  test('ignores unknown fields at any depth and never stores them', async () => {
    for (const value of [...deep, '"x"', '{"prototype":{"disabled":true}}']) {
      for (const name of ['unknown', 'userCount', 'id', 'toString', 'constructor']) {
        const { status, json } = await send('POST', '/api/user-groups', groupBody(`,"${name}":${value}`))
        expect([name, status, json.userCount, Object.hasOwn(json, 'unknown')]).toEqual([name, 201, undefined, false])
        expect(Object.keys(json)).not.toContain('constructor')
      }
    }
    expect(Reflect.get({}, 'disabled')).toBeUndefined()
  })

  test('reports a value that is nested too deeply as a wrong type', async () => {
    for (const value of deep) {
      const { status, json } = await send('POST', '/api/user-groups', groupBody(`,"friendlyName":${value}`))
      expect([status, json.code, json.request_id]).toEqual([400, 'invalid_request_body', expect.any(String)])
    }
  })

  test('rejects an incomplete body', async () => {
    for (const body of ['{"name":', '{"name":"x",}', 'nonsense', '{"__proto__":{"disabled":true}}']) {
      const { status, json } = await send('POST', '/api/user-groups', body)
      expect([body, status, json.code]).toEqual([body, 400, 'invalid_request_body'])
    }
  })

  test('rejects a string of 1 MB everywhere and changes nothing', async () => {
    const huge = 'x'.repeat(1_048_576)
    const name = freshName()
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
    const id = randomUUID()
    for (const [method, path, body] of [
      ['POST', '/api/users', { username: name, email: `${name}@example.com`, firstName: huge }],
      ['POST', '/api/user-groups', { name, friendlyName: huge }],
      ['POST', '/api/oidc/clients', { name: huge, callbackURLs: [] }],
      ['POST', '/api/api-keys', { name: huge, expiresAt }],
      ['PUT', `/api/custom-claims/user/${id}`, [{ key: 'a', value: huge }]],
      ['PUT', '/api/application-configuration', completeSettings({ appName: huge })],
      ['POST', '/api/apis', { name: huge, resource: 'https://api.example.com' }],
    ] as const) {
      const { status, json } = await send(method, path, JSON.stringify(body))
      expect([path, [400, 413].includes(status), json]).toEqual([
        path,
        true,
        expect.objectContaining({
          error: expect.any(String),
          code: expect.any(String),
          request_id: expect.any(String),
        }),
      ])
    }
    const found = await instance.call('GET /api/users', { query: `?search=${name}` })
    expect(found.json.data).toEqual([])
  })

  test.each(texts)('stores %s in NFC, except in settings, which keep it unchanged', async (text) => {
    const nfc = text.normalize('NFC')
    const user = await createPerson(instance, { firstName: text, lastName: text, displayName: text })
    expect(user.json).toMatchObject({ firstName: nfc, lastName: nfc, displayName: nfc })

    const group = await instance.call('POST /api/user-groups', { body: { name: text, friendlyName: text } })
    expect(group.json).toMatchObject({ name: nfc, friendlyName: nfc })

    const client = await instance.call('POST /api/oidc/clients', {
      body: { name: text, description: text, callbackURLs: [] },
    })
    expect(client.json).toMatchObject({ name: nfc, description: nfc })

    const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
    const key = await instance.call('POST /api/api-keys', { body: { name: text, description: text, expiresAt } })
    expect(key.json.apiKey).toMatchObject({ name: nfc, description: nfc })

    const body = [{ key: text, value: text }]
    await instance.call('PUT /api/custom-claims/user/{userId}', { params: { userId: user.id }, body })
    const read = await instance.call('GET /api/users/{id}', { params: { id: user.id } })
    expect(read.json.customClaims).toEqual([{ key: nfc, value: nfc }])

    const settings = await instance.call('PUT /api/application-configuration', {
      body: completeSettings({ appName: text }),
    })
    // Programs compare the values that they wrote with those that they read.
    expect(valuesIn(settings).appName).toBe(text)
  })
})
