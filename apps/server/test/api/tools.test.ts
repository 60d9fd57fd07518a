import { beforeAll, describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import sharp from 'sharp'
import { startApp } from '../http/app.ts'

const key = 'a key of the environment'
const noUser = '0b6f4f2e-7c1a-4d3e-9f10-2a3b4c5d6e7f'

type Json = Readonly<Record<string, unknown>>

/**
 * Requests of infrastructure-as-code providers, operators, exporters and MCP servers for Pocket ID, and the parts of the
 * response that they read.
 */
describe('tools for Pocket ID', () => {
  const running = shareBetweenTests(() => startApp({ STATIC_API_KEY: key }))

  beforeAll(async () => {
    await call('POST /api/oidc/clients', { id: 'there', name: 'There', callbackURLs: [] })
  })

  async function send(name: string, init: RequestInit = {}) {
    const [method = '', path = ''] = name.split(' ')
    const headers = { 'X-API-Key': key, Accept: 'application/json', ...init.headers }
    const response = await fetch(running.url + path, { ...init, method, headers })
    const text = await response.text()
    return { status: response.status, json: (text.startsWith('{') ? JSON.parse(text) : {}) as Json }
  }

  function call(name: string, body?: unknown) {
    const json = body === undefined ? {} : { body: JSON.stringify(body) }
    return send(name, { headers: { 'Content-Type': 'application/json' }, ...json })
  }

  describe('names the kind of the missing object, which tools need to treat it as deleted', () => {
    const ofUser = { code: 'user_not_found' }
    const ofImage = { code: 'image_not_found' }
    const notFound = (resource: string) => ({ code: 'not_found', details: { resource } })
    test.each<readonly [string, Json, unknown?]>([
      [`GET /api/users/${noUser}`, ofUser],
      [`DELETE /api/users/${noUser}`, ofUser],
      [`GET /api/users/${noUser}/groups`, ofUser],
      [`GET /api/users/${noUser}/webauthn-credentials`, ofUser],
      [`POST /api/users/${noUser}/one-time-access-token`, ofUser, {}],
      [`GET /api/users/${noUser}/profile-picture.png?nocache=1`, ofUser],
      [`DELETE /api/users/${noUser}/profile-picture`, ofUser],
      [`PUT /api/custom-claims/user/${noUser}`, ofUser, []],
      [`GET /api/user-groups/${noUser}`, notFound('User group')],
      [`DELETE /api/user-groups/${noUser}`, notFound('User group')],
      [`PUT /api/user-groups/${noUser}/users`, notFound('User group'), { userIds: [] }],
      [`PUT /api/user-groups/${noUser}/allowed-oidc-clients`, notFound('User group'), { oidcClientIds: [] }],
      [`PUT /api/custom-claims/user-group/${noUser}`, notFound('User group'), []],
      ['GET /api/oidc/clients/gone', notFound('OIDC client')],
      ['DELETE /api/oidc/clients/gone', notFound('OIDC client')],
      ['GET /api/oidc/clients/gone/meta', notFound('OIDC client')],
      ['GET /api/oidc/clients/gone/secrets', notFound('OIDC client')],
      [`DELETE /api/oidc/clients/gone/secrets/${noUser}`, notFound('OIDC client')],
      ['PUT /api/oidc/clients/gone/allowed-user-groups', notFound('OIDC client'), { userGroupIds: [] }],
      ['GET /api/oidc/clients/gone/logo?light=true', notFound('OIDC client')],
      ['DELETE /api/oidc/clients/gone/logo?light=true', notFound('OIDC client')],
      ['GET /api/api-access/gone/apis', notFound('OIDC client')],
      [`DELETE /api/oidc/clients/there/secrets/${noUser}`, notFound('Client secret')],
      ['GET /api/oidc/clients/there/logo?light=false', ofImage],
      ['DELETE /api/oidc/clients/there/logo?light=false', ofImage],
      [`GET /api/apis/${noUser}`, notFound('API')],
      [`PUT /api/apis/${noUser}/permissions`, notFound('API'), { permissions: [] }],
      [`DELETE /api/apis/${noUser}/clients/there`, notFound('API')],
      [`DELETE /api/api-keys/${noUser}`, { code: 'api_key_not_found' }],
    ])('%s', async (...[name, deleted, body]) => {
      const { status, json } = await call(name, body)
      expect([status, json]).toMatchObject([404, deleted])
    })

    test('the passkey of a user', async () => {
      const { json: user } = await call('POST /api/users', { username: 'keyless', email: 'keyless@example.com' })
      const { status, json } = await call(`DELETE /api/users/${user.id}/webauthn-credentials/${noUser}`)
      expect([status, json]).toMatchObject([404, notFound('Passkey')])
    })
  })

  test.each([
    ['users', { username: 'unnamed', email: 'unnamed@example.com' }],
    ['oidc/clients', { name: 'Unnamed', callbackURLs: [] }],
  ])('accepts an empty ID for a new %s, as a program in Go sends it', async (collection, body) => {
    const { status, json } = await call(`POST /api/${collection}`, { ...body, id: '' })
    expect([status, json]).toMatchObject([201, { id: expect.stringMatching(/^[0-9a-f-]{36}$/) }])
  })

  test('accepts an empty request where no field is required', async () => {
    const { json: user } = await call('POST /api/users', { username: 'terse', email: 'terse@example.com' })
    const code = await send(`POST /api/users/${user.id}/one-time-access-token`)
    expect([code.status, code.json]).toEqual([201, { token: expect.any(String) }])
    expect((await send('POST /api/oidc/clients/there/secrets')).status).toBe(201)
    expect((await send('POST /api/oidc/clients/there/secret')).status).toBe(200)
    const refused = { code: 'invalid_request_body' }
    const form = { body: new URLSearchParams({ ttl: '15m' }) }
    expect((await send(`POST /api/users/${user.id}/one-time-access-token`, form)).json).toMatchObject(refused)
    expect((await send('POST /api/users')).json).toMatchObject(refused)
    expect((await send(`PUT /api/apis/${noUser}/clients/there`)).json).toMatchObject(refused)
  })

  test('records nothing for repeated identical writes of an operator', async () => {
    const { json: group } = await call('POST /api/user-groups', { name: 'again', friendlyName: 'Again' })
    const { json: user } = await call('POST /api/users', { username: 'again', email: 'again@example.com' })
    const claims = [{ key: 'team', value: 'qa' }]
    const writes: readonly (readonly [string, unknown])[] = [
      [`PUT /api/users/${user.id}`, { username: 'again', email: 'again@example.com', firstName: 'A' }],
      [`PUT /api/users/${user.id}/user-groups`, { userGroupIds: [group.id] }],
      [`PUT /api/custom-claims/user/${user.id}`, claims],
      [`PUT /api/user-groups/${group.id}`, { name: 'again', friendlyName: 'Once more' }],
      [`PUT /api/user-groups/${group.id}/users`, { userIds: [user.id] }],
      [`PUT /api/custom-claims/user-group/${group.id}`, claims],
      [`PUT /api/user-groups/${group.id}/allowed-oidc-clients`, { oidcClientIds: ['there'] }],
      ['PUT /api/oidc/clients/there', { name: 'There', callbackURLs: [], isGroupRestricted: true }],
      ['PUT /api/oidc/clients/there/allowed-user-groups', { userGroupIds: [group.id] }],
    ]
    const fetchNewestEntry = async () => (await call('GET /api/audit-logs/all?pagination[limit]=1')).json
    for (const [name, body] of writes) expect([name, (await call(name, body)).status]).toEqual([name, 200])
    const once = await fetchNewestEntry()
    for (const [name, body] of writes) expect([name, (await call(name, body)).status]).toEqual([name, 200])
    expect(await fetchNewestEntry()).toEqual(once)
  })

  test.each([
    ['a name without an extension', 'upload', 'application/octet-stream'],
    ['a wrong extension', 'logo.jpg', 'image/jpeg'],
    ['an extension in capitals', 'LOGO.PNG', 'image/png'],
    ['a name in another script', 'λογότυπο.png', 'image/png'],
    ['the type of a form field', 'logo.png', 'text/plain'],
  ])('accepts an uploaded image under %s', async (_, name, type) => {
    const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#123456' } })
      .png()
      .toBuffer()
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(png)], { type }), name)
    expect((await send('POST /api/oidc/clients/there/logo?light=true', { body: form })).status).toBe(204)
    expect((await call('GET /api/oidc/clients/there')).json).toMatchObject({ hasLogo: true, hasDarkLogo: false })
  })
})
