import { beforeAll, describe, expect, test } from '@jest/globals'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { stopTime } from '../stopped-time.ts'
import { findAuditEvents, startCalledInstance } from './calls.ts'
import { cookieHeader, type Person, passkeyAnswer, reauthenticate, registerPasskey } from './instance.ts'
import { freshName } from './people.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
type Fields = Readonly<Record<string, string>>
type Json = Readonly<Record<string, unknown>>

describe.each(databaseKinds)('%s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))
  let person: Person

  beforeAll(async () => {
    person = await instance.person(freshName())
  })

  async function createApplication(settings: Json = {}) {
    const body = { name: 'Television', callbackURLs: ['https://tv.example/cb'], isPublic: true, ...settings }
    const { json } = await instance.call('POST /api/oidc/clients', { body, agent: instance.administrator })
    return String(json.id)
  }

  const post = async (path: string, fields: Fields) => {
    const response = await fetch(instance.url + path, { method: 'POST', body: new URLSearchParams(fields) })
    return { status: response.status, json: (await response.json()) as Json }
  }

  async function requestDeviceCode(clientId: string, fields: Fields = {}) {
    const { status, json } = await post('/api/oidc/device/authorize', {
      client_id: clientId,
      scope: 'openid profile',
      ...fields,
    })
    expect([status, json.error_description]).toEqual([200, undefined])
    const poll = () =>
      post('/api/oidc/token', { grant_type: grantType, client_id: clientId, device_code: String(json.device_code) })
    return { json, code: String(json.user_code), poll }
  }

  const callWithCode = (path: string, code: string, { agent = person.agent, more = '' } = {}) =>
    instance.call(path, { agent, query: `?code=${code}${more}` })
  const fetchDeviceInfo = (code: string, agent = person.agent) =>
    callWithCode('GET /api/oidc/device/info', code, { agent })
  const verify = (code: string, agent = person.agent) => callWithCode('POST /api/oidc/device/verify', code, { agent })

  test('issues tokens to an approved device', async () => {
    const { json, code, poll } = await requestDeviceCode(await createApplication())
    expect(json).toMatchObject({
      user_code: expect.stringMatching(/^E[A-HJKMNP-Z0-9]{7}$/),
      verification_uri: `${instance.url}/device`,
      verification_uri_complete: `${instance.url}/device?user_code=${code}`,
      expires_in: 900,
      interval: 5,
    })
    const typed = ` ${code.slice(0, 4).toLowerCase().replaceAll('1', 'l').replaceAll('0', 'o')}-${code.slice(4)}`
    const shown = await fetchDeviceInfo(encodeURIComponent(typed))
    expect(shown.json).toMatchObject({
      scope: ['openid', 'profile'],
      scopeInfo: [],
      authorizationRequired: true,
      reauthenticationRequired: false,
      client: { name: 'Television' },
    })
    expect((await verify(code)).status).toBe(204)
    const { status, json: tokens } = await poll()
    expect([status, tokens]).toEqual([
      200,
      expect.objectContaining({
        id_token: expect.any(String),
        refresh_token: expect.any(String),
        scope: 'openid profile',
      }),
    ])
    expect(findAuditEvents(instance, 'device_authorized').at(-1)).toMatchObject({ accountId: person.id })
  })

  test('applies one of twenty concurrent decisions about a code', async () => {
    const { code, poll } = await requestDeviceCode(await createApplication())
    const responses = await Promise.all(Array.from({ length: 20 }, () => verify(code)))
    expect(responses.filter(({ status }) => status === 204)).toHaveLength(1)
    expect(responses.filter(({ status }) => status === 409)).toHaveLength(19)
    const polls = await Promise.all(Array.from({ length: 10 }, () => poll()))
    const [result, ...more] = polls.filter(({ status }) => status === 200)
    expect(more).toEqual([])
    const headers = { authorization: `Bearer ${result?.json.access_token}` }
    expect((await fetch(`${instance.url}/api/oidc/userinfo`, { headers })).status).toBe(200)
  })

  test('accepts one of twenty concurrent polls as timely', async () => {
    using _ = stopTime()
    const { poll } = await requestDeviceCode(await createApplication())
    const errors = (await Promise.all(Array.from({ length: 20 }, () => poll()))).map(({ json }) => json.error)
    expect(errors.filter((error) => error === 'authorization_pending')).toHaveLength(1)
    expect(errors.filter((error) => error === 'slow_down')).toHaveLength(19)
  })

  test('remembers the consent', async () => {
    const client = await createApplication()
    const first = await requestDeviceCode(client)
    await verify(first.code)
    const second = await requestDeviceCode(client)
    expect((await fetchDeviceInfo(second.code)).json).toMatchObject({ authorizationRequired: false })
    await verify(second.code)
    expect(findAuditEvents(instance, 'device_authorized_again').at(-1)).toMatchObject({ clientId: client })
  })

  test('requires a passkey for a client that demands one', async () => {
    const { code, poll } = await requestDeviceCode(await createApplication({ requiresReauthentication: true }))
    const other = await instance.personWithoutPasskey(freshName())
    expect((await fetchDeviceInfo(code, other.agent)).json).toMatchObject({ reauthenticationRequired: true })
    expect(await verify(code, other.agent)).toMatchObject({ status: 401, json: { code: 'reauthentication_required' } })
    expect((await reauthenticate(person.agent, instance.url, person.authenticator)).status).toBe(204)
    {
      using _ = stopTime(181_000)
      // The passkey check itself is too old, whatever cookies a browser has.
      const options = { body: {}, options: { headers: { cookie: cookieHeader(person.agent) } } }
      const path = `${instance.url}/api/oidc/device/verify?code=${code}`
      const stale = await instance.agent().sendJson('POST', path, options)
      expect([stale.status, stale.json()]).toMatchObject([401, { code: 'reauthentication_required' }])
    }
    const again = await passkeyAnswer(person.agent, instance.url, person.authenticator)
    const proven = await instance.call('POST /api/webauthn/reauthenticate', { body: again, agent: person.agent })
    expect(proven.status).toBe(204)
    expect((await verify(code)).status).toBe(204)
    expect((await poll()).status).toBe(200)
  })

  test('requires a passkey before a session without one can approve a device', async () => {
    const { code, poll } = await requestDeviceCode(await createApplication())
    const { agent } = await instance.personWithoutPasskey(freshName())
    expect((await fetchDeviceInfo(code, agent)).json).toMatchObject({ reauthenticationRequired: true })
    expect(await verify(code, agent)).toMatchObject({ status: 401, json: { code: 'reauthentication_required' } })
    const page = await agent.get(`${instance.url}/device?code=${code}`)
    expect(page.forms().map(({ action }) => new URL(action).pathname)).not.toContain('/device/allow')
    expect((await agent.postForm(`${instance.url}/device/allow?code=${code}`, {})).status).toBe(401)
    expect((await poll()).json).toMatchObject({ error: 'authorization_pending' })
    await registerPasskey(agent, instance.url)
    expect((await verify(code, agent)).status).toBe(204)
  })

  test('denies users outside the groups of a client', async () => {
    const { code, poll } = await requestDeviceCode(await createApplication({ isGroupRestricted: true }))
    for (const response of [await fetchDeviceInfo(code), await verify(code)])
      expect(response).toMatchObject({ status: 403, json: { code: 'client_not_allowed' } })
    const page = await person.agent.get(`${instance.url}/device?code=${code}`)
    // The code is valid, so the field has no error.
    expect(page.text).toContain('This application isn’t for you')
    expect(page.text).not.toContain('aria-invalid')
    expect(page.text).toMatch(/tabindex="-1" autofocus role="alert">/)
    const { action } = page.form('/device/refuse')
    const refused = await person.agent.follow(await person.agent.postForm(new URL(action, page.url).href, {}))
    expect(refused.text).toContain('It has no access')
    expect(await poll()).toMatchObject({ status: 400, json: { error: 'access_denied' } })
  })

  test('lets another account approve in the same browser, and returns to the same code', async () => {
    const member = await instance.personWithoutPasskey(freshName())
    const { authenticator } = await registerPasskey(member.agent, instance.url)
    const group = await instance.app.directory.groups.create({ name: freshName(), friendlyName: 'Viewers' })
    await instance.app.directory.groups.setMembers(group.id, [member.id])
    const { code, poll } = await requestDeviceCode(
      await createApplication({ isGroupRestricted: true, allowedUserGroupIds: [group.id] }),
    )
    const { agent } = await instance.person(freshName())
    const refused = await agent.get(`${instance.url}/device?user_code=${code}`)
    const [, another = ''] = /href="(\/login\?[^"]+)">Use another account/.exec(refused.text) ?? []
    const signIn = await agent.get(new URL(another.replaceAll('&amp;', '&'), refused.url).href)
    const [, ceremony = ''] = /data-ceremony="([^"]+)"/.exec(signIn.text) ?? []
    const { options, submitTo } = JSON.parse(ceremony.replaceAll('&#34;', '"').replaceAll('&amp;', '&'))
    const response = authenticator.get(options, { origin: instance.url })
    const signedIn = await agent.postJson(new URL(submitTo, signIn.url).href, { response })
    const { redirectTo } = signedIn.json() as { redirectTo: string }
    expect(redirectTo).toBe(`/device?code=${code}`)
    const page = await agent.get(instance.url + redirectTo)
    expect(page.text).toContain('Sign in to Television on another device?')
    await agent.postForm(new URL(page.form('/device/allow').action, page.url).href, {})
    expect((await poll()).status).toBe(200)
  })

  test('can request the permissions of an API', async () => {
    const client = await createApplication()
    const api = await instance.app.pocket.apis.create({ name: 'Notes', resource: 'https://notes.example' })
    const { permissions } = await instance.app.pocket.apis.setPermissions(api.id, [
      { key: 'notes:read', name: 'Read notes', description: 'See them' },
    ])
    await instance.app.pocket.apis.setGrant(api.id, client, {
      userDelegatedAccess: true,
      clientAccess: false,
      userDelegatedPermissionIds: permissions.map(({ id }) => id),
      clientPermissionIds: [],
    })
    const resource = 'https://notes.example/'
    const { code } = await requestDeviceCode(client, { scope: 'openid notes:read', resource })
    expect((await fetchDeviceInfo(code)).json).toMatchObject({
      scope: ['openid', 'notes:read'],
      scopeInfo: [{ key: 'notes:read', name: 'Read notes', description: 'See them' }],
    })
    const unknown = await post('/api/oidc/device/authorize', { client_id: client, resource: 'https://other.example' })
    expect(unknown).toMatchObject({ status: 400, json: { error: 'invalid_target' } })
  })

  test.each([
    ['', 'validation_failed'],
    ['E0000000', 'oidc_invalid_device_code'],
    ['x'.repeat(65), 'oidc_invalid_device_code'],
  ])('rejects the code %j with %s', async (input, code) => {
    expect(await fetchDeviceInfo(input)).toMatchObject({ status: 400, json: { code } })
  })

  test('accepts only two decisions', async () => {
    const { code } = await requestDeviceCode(await createApplication())
    const response = await callWithCode('POST /api/oidc/device/verify', code, { more: '&decision=maybe' })
    expect(response).toMatchObject({ status: 400, json: { code: 'validation_failed' } })
  })

  test('allows and denies on the code page without a script', async () => {
    const client = await createApplication()
    for (const [index, done, outcome] of [
      [0, 'It has access', { access_token: expect.any(String) }],
      [1, 'It has no access', { error: 'access_denied' }],
    ] as const) {
      const { code, poll } = await requestDeviceCode(client)
      const page = await person.agent.get(`${instance.url}/device?user_code=${code}`)
      expect(page.text).toContain('Sign in to Television on another device?')
      const form = page.forms()[index]
      if (!form) throw new Error('The page has no form.')
      const after = await person.agent.follow(await person.agent.submit(page, form))
      expect(after.text).toContain(done)
      expect((await poll()).json).toMatchObject(outcome)
    }
  })

  test('does not show the result of one code for the next', async () => {
    const client = await createApplication()
    const [first, second] = [await requestDeviceCode(client), await requestDeviceCode(client)]
    const page = await person.agent.get(`${instance.url}/device?user_code=${first.code}`)
    const [allow] = page.forms()
    if (!allow) throw new Error('The page has no form.')
    expect((await person.agent.submit(page, allow)).status).toBe(303)
    const next = await person.agent.get(`${instance.url}/device?user_code=${second.code}`)
    expect(next.text).not.toContain('It has access')
    expect(next.text).toContain('Sign in to Television on another device?')
    expect((await person.agent.get(`${instance.url}/device`)).text).toContain('It has access')
  })
})
