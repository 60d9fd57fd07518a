import { describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, type UserAgent } from '@pocket/core/testing'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { stopTime } from '../stopped-time.ts'
import { lastEntry, startCalledInstance } from './calls.ts'
import { reauthenticate, registerPasskey } from './instance.ts'
import { freshName } from './people.ts'

const security = '/settings/account/security'
const codesPath = '/settings/account/recovery-codes'

describe.each(databaseKinds)('recovery codes on %s', (kind) => {
  // Nothing listens there: e-mails stay in the queue.
  const instance = shareBetweenTests(() =>
    startCalledInstance(kind, { SMTP_HOST: 'localhost', SMTP_PORT: '9', SMTP_FROM: 'id@example.com' }),
  )

  const get = (agent: UserAgent, path: string) => agent.get(instance.url + path)
  const post = (agent: UserAgent, path: string, fields: Readonly<Record<string, string>> = {}) =>
    agent.postForm(instance.url + path, fields)
  const codesIn = (text: string) => [...text.matchAll(/[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}/g)].map(([code]) => code)
  const createCodes = async (agent: UserAgent) => {
    expect((await post(agent, codesPath)).location).toBe(instance.url + codesPath)
    return codesIn((await get(agent, codesPath)).text)
  }
  const enter = (agent: UserAgent, code = '', redirect = '/settings/account') => post(agent, '/lc', { code, redirect })
  const addPasskey = async (agent: UserAgent) => {
    const optionsResponse = await agent.postJson(`${instance.url}/recover/options`, {})
    if (optionsResponse.status !== 200) return optionsResponse
    const { options } = optionsResponse.json() as { readonly options: Parameters<SoftwareAuthenticator['create']>[0] }
    const response = new SoftwareAuthenticator().create(options, { origin: instance.url })
    return agent.postJson(`${instance.url}/recover`, { response })
  }
  const setRecoveryCodes = (recoveryCodes: string) => instance.call('PATCH /api/settings', { body: { recoveryCodes } })

  test('can require two passkeys of administrators in place of codes', async () => {
    const { url, administrator, administratorAuthenticator } = instance
    await reauthenticate(administrator, url, administratorAuthenticator)
    await registerPasskey(administrator, url)
    const { id, agent } = await instance.person(freshName())
    await instance.app.directory.users.update(id, {}, { administrator: true })
    const usersPage = '/settings/admin/users'
    const openUsers = async () => [
      (await get(agent, usersPage)).status,
      (await agent.getJson(`${instance.url}/api/users`)).status,
    ]
    try {
      await setRecoveryCodes('two-passkeys')
      expect((await agent.getJson(`${instance.url}/api/users`)).json()).toMatchObject({
        code: 'second_passkey_required',
      })
      expect((await get(agent, usersPage)).text).toContain('Add a second passkey')
      expect([await openUsers(), (await get(agent, security)).status]).toEqual([[403, 403], 200])
      const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
      const { json: key } = await instance.call('POST /api/api-keys', {
        body: { name: 'Way around', expiresAt },
        agent,
      })
      const fetchWithKey = () => fetch(`${url}/api/users`, { headers: { 'x-api-key': String(key.token) } })
      expect((await fetchWithKey()).status).toBe(403)
      expect((await post(agent, codesPath)).status).toBe(404)
      await registerPasskey(agent, instance.url)
      expect([await openUsers(), (await fetchWithKey()).status]).toEqual([[200, 200], 200])
      const added = (await instance.app.pocket.passkeys.list(id)).at(-1)
      await instance.call('DELETE /api/webauthn/credentials/{id}', { params: { id: added?.id ?? '' }, agent })
      expect(await openUsers()).toEqual([403, 403])
    } finally {
      await setRecoveryCodes('users')
    }
    expect(await openUsers()).toEqual([200, 200])
  })

  test('shows ten codes once, each of which opens only the page that adds a passkey', async () => {
    const { agent: phone, id } = await instance.person(freshName())
    const codes = await createCodes(phone)
    expect(new Set(codes).size).toBe(10)
    expect((await get(instance.agent(), '/login')).text).toMatch(/href="\/lc">Lost your passkey\?</)
    expect((await get(phone, codesPath)).location).toBe(instance.url + security)

    const laptop = instance.agent()
    const entered = await enter(laptop, codes[3], '/settings/apps')
    expect([entered.status, entered.location]).toEqual([
      303,
      `${instance.url}/recover?${new URLSearchParams({ redirect: '/settings/apps' })}`,
    ])
    for (const path of [
      '/settings/account',
      '/settings/apps',
      '/api/users/me',
      '/settings/admin/users',
      '/signup/add-passkey',
    ])
      expect([path, (await laptop.getJson(instance.url + path)).status]).toEqual([path, 401])
    expect((await enter(instance.agent(), codes[3])).status).toBe(400)

    expect((await addPasskey(laptop)).json()).toEqual({ redirectTo: security })
    expect((await instance.call('GET /api/users/me', { agent: laptop })).json).toMatchObject({ id })
    expect((await get(laptop, security)).text).toContain('9 of 10 unused.')
    expect((await addPasskey(laptop)).status).toBe(401)
    expect(await lastEntry(instance, 'RECOVERY_SIGN_IN')).toMatchObject({ userID: id })
  })

  test('reports the use by e-mail and in every session', async () => {
    const username = freshName()
    const { agent: phone, id } = await instance.person(username)
    const body = { username, email: `${username}@example.com` }
    await instance.call('PUT /api/users/{id}', { params: { id }, body })
    const [code] = await createCodes(phone)
    await enter(instance.agent(), code)
    for (const path of [security, '/settings/account', '/settings/apps'])
      expect((await get(phone, path)).text).toContain('A recovery code was used')
    expect(await lastEntry(instance, 'RECOVERY_CODE_USED')).toMatchObject({ userID: id })
    const emails = await get(instance.administrator, `/settings/admin/emails?search=${body.email}`)
    expect(emails.text).toContain('Recovery code used')
    expect(emails.text).toContain(body.email)
    const { fields } = (await get(phone, security)).form('/settings/account/recovery/seen')
    await post(phone, '/settings/account/recovery/seen', { ...fields })
    expect((await get(phone, security)).text).not.toContain('A recovery code was used')
  })

  test('invalidates the old codes and cancels a pending recovery when the user replaces or removes the codes', async () => {
    const { agent } = await instance.person(freshName())
    const old = await createCodes(agent)
    const otherAgent = instance.agent()
    await enter(otherAgent, old[0])
    const created = await createCodes(agent)
    expect((await addPasskey(otherAgent)).status).toBe(401)
    expect((await enter(otherAgent, old[1])).status).toBe(400)
    await post(agent, `${codesPath}/remove`)
    expect((await enter(otherAgent, created[0])).status).toBe(400)
    expect((await get(agent, security)).text).toContain('You have no recovery codes.')
  })

  test('cancels the codes that a session of a removed passkey created', async () => {
    const person = await instance.person(freshName())
    const [code] = await createCodes(person.agent)
    const { json } = await instance.call('GET /api/users/{id}/webauthn-credentials', { params: { id: person.id } })
    const [passkey] = json as unknown as readonly { readonly id: string }[]
    await instance.call('DELETE /api/users/{id}/webauthn-credentials/{credentialId}', {
      params: { id: person.id, credentialId: passkey?.id ?? '' },
    })
    expect((await enter(instance.agent(), code)).status).toBe(400)
  })

  test('needs a recent passkey to create codes, and none exist for a session without a passkey', async () => {
    const { agent } = await instance.personWithoutPasskey(freshName())
    expect((await post(agent, codesPath)).status).toBe(403)
    await registerPasskey(agent, instance.url)
    using _ = stopTime(61_000)
    expect((await post(agent, codesPath)).status).toBe(401)
  })

  test('follows the setting for users and administrators, including for existing codes', async () => {
    const { agent } = await instance.person(freshName())
    expect((await post(instance.administrator, codesPath)).status).toBe(404)
    await setRecoveryCodes('everyone')
    const [ofAdministrator] = await createCodes(instance.administrator)
    const [code] = await createCodes(agent)
    await setRecoveryCodes('users')
    expect((await enter(instance.agent(), ofAdministrator)).status).toBe(400)
    expect((await get(instance.administrator, security)).text).not.toContain('id="recovery-codes"')
    await setRecoveryCodes('disabled')
    expect((await enter(instance.agent(), code)).status).toBe(400)
    expect((await get(instance.agent(), '/lc')).text).not.toContain('recovery code')
    expect((await get(instance.agent(), '/login')).text).not.toContain('Lost your passkey?')
    await setRecoveryCodes('users')
    expect((await enter(instance.agent(), code)).status).toBe(303)
  })

  test('are created, counted and deleted over REST as on the pages', async () => {
    const { agent, id } = await instance.person(freshName())
    const created = await instance.call('POST /api/users/me/recovery-codes', { agent })
    const codes = created.json.codes as readonly string[]
    expect([created.status, new Set(codes).size]).toEqual([201, 10])
    expect(created.response.headers.get('cache-control')).toBe('no-store')
    expect((await enter(instance.agent(), codes[0])).status).toBe(303)
    const state = { unusedCodes: 9, hasBreakGlassCode: false, lastUsedAt: expect.any(String), pendingUntil: null }
    expect((await instance.call('GET /api/users/me/recovery', { agent })).json).toEqual(state)
    expect((await instance.call('GET /api/users/{id}/recovery', { params: { id } })).json).toEqual(state)
    expect((await instance.call('DELETE /api/users/me/recovery-codes', { agent })).status).toBe(204)
    expect((await enter(instance.agent(), codes[1])).status).toBe(400)
    expect((await instance.call('POST /api/users/me/break-glass-code', { agent })).status).toBe(403)
    await setRecoveryCodes('disabled')
    expect((await instance.call('POST /api/users/me/recovery-codes', { agent })).status).toBe(404)
    await setRecoveryCodes('users')
  })

  test('a break-glass code is used by one of ten concurrent requests', async () => {
    const { json } = await instance.call('POST /api/users/me/break-glass-code')
    const [code] = json.codes as readonly string[]
    const browsers = Array.from({ length: 10 }, () => instance.agent())
    const statuses = await Promise.all(browsers.map(async (browser) => (await enter(browser, code)).status))
    expect(statuses.toSorted()).toEqual([303, ...Array.from({ length: 9 }, () => 400)])
    const added = await Promise.all(browsers.map(async (browser) => (await addPasskey(browser)).status))
    expect(added.filter((status) => status === 200)).toHaveLength(1)
  })

  test('a break-glass code is rejected once its owner is no longer an administrator', async () => {
    const { agent, id } = await instance.person(freshName())
    await instance.app.directory.users.update(id, {}, { administrator: true })
    const { json } = await instance.call('POST /api/users/me/break-glass-code', { agent })
    await instance.app.directory.users.update(id, {}, { administrator: false })
    const [code] = json.codes as readonly string[]
    expect((await enter(instance.agent(), code)).status).toBe(400)
  })

  test('are useless once deleted, even if they are entered at the same time', async () => {
    const { agent } = await instance.person(freshName())
    const [code] = await createCodes(agent)
    const otherAgent = instance.agent()
    const [, deleted] = await Promise.all([
      enter(otherAgent, code),
      instance.call('DELETE /api/users/me/recovery-codes', { agent }),
    ])
    expect(deleted.status).toBe(204)
    expect((await addPasskey(otherAgent)).status).toBe(401)
  })
})
