import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { SoftwareAuthenticator, type UserAgent } from '@pocket/core/testing'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { advanceClock } from '../stopped-time.ts'
import { startCalledInstance } from './calls.ts'
import { authorizationUrl, passkeyAnswer, registerPasskey, signInWithPasskey } from './instance.ts'
import { freshName } from './people.ts'

const callback = 'https://app.example/callback'
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
type Fields = Readonly<Record<string, string>>
type Json = Readonly<Record<string, unknown>>

const minute = 60_000

const newKeyFields = () => ({ name: 'For a script', expiresAt: new Date(Date.now() + 86_400_000).toISOString() })

afterEach(() => void jest.restoreAllMocks())

describe.each(databaseKinds)('passkey removal on %s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind, { ALLOWED_PRIVATE_HOSTS: '127.0.0.1' }))

  const post = async (path: string, fields: Fields) => {
    const response = await fetch(instance.url + path, { method: 'POST', body: new URLSearchParams(fields) })
    return { status: response.status, json: (await response.json()) as Json }
  }
  const passkeysOf = (accountId: string) => instance.app.pocket.passkeys.list(accountId)
  const isSignedIn = async (agent: UserAgent) => (await instance.call('GET /api/users/me', { agent })).status === 200
  const signIn = async (authenticator: SoftwareAuthenticator, agent = instance.agent()) => {
    expect((await signInWithPasskey(agent, instance.url, authenticator)).status).toBe(200)
    return agent
  }
  const reauthenticate = async (agent: UserAgent, authenticator: SoftwareAuthenticator) => {
    const body = await passkeyAnswer(agent, instance.url, authenticator)
    expect((await instance.call('POST /api/webauthn/reauthenticate', { body, agent })).status).toBe(204)
  }
  const signInByCode = async (accountId: string, agent = instance.agent()) => {
    const { code } = await instance.app.pocket.issueLoginCode({ id: accountId }, 60_000)
    await agent.postForm(`${instance.url}/lc`, { code })
    return agent
  }
  const requestApprovedDevice = async (agent: UserAgent, authenticator: SoftwareAuthenticator) => {
    const device = instance.agent()
    const { json } = await instance.call('POST /api/device-login/requests', { agent: device })
    await reauthenticate(agent, authenticator)
    const body = { code: json.userCode, decision: 'approve' }
    const decided = await instance.call('POST /api/device-login/verification/decision', { body, agent })
    const redeem = () => device.postJson(`${instance.url}/api/device-login/requests/${json.id}/exchange`, {})
    return { device, decided, redeem }
  }
  /** The ID of the newest passkey. */
  const findNewestPasskeyId = async (accountId: string) => (await passkeysOf(accountId)).at(-1)?.id ?? ''
  const remove = (id: string, credentialId: string) =>
    instance.call('DELETE /api/users/{id}/webauthn-credentials/{credentialId}', { params: { id, credentialId } })
  const removeOwn = (agent: UserAgent, id: string) =>
    instance.call('DELETE /api/webauthn/credentials/{id}', { params: { id }, agent })

  async function createClient(backchannelLogoutUri?: string) {
    const body = { name: freshName(), callbackURLs: [callback], skipConsent: true, isGroupRestricted: false }
    const more = backchannelLogoutUri === undefined ? {} : { protocol: { backchannelLogoutUri } }
    const created = await instance.call('POST /api/oidc/clients', { body: { ...body, ...more } })
    const params = { id: String(created.json.id) }
    const { json } = await instance.call('POST /api/oidc/clients/{id}/secret', { params })
    return { client_id: params.id, client_secret: String(json.secret) }
  }
  /** The refresh token that a client gets in a browser. */
  async function createGrants(agent: UserAgent, credentials: Awaited<ReturnType<typeof createClient>>) {
    const { location } = await agent.get(authorizationUrl(instance.url, credentials.client_id, callback))
    const code = new URL(location ?? '').searchParams.get('code') ?? ''
    const fields = { ...credentials, grant_type: 'authorization_code', redirect_uri: callback, code }
    const { json } = await post('/api/oidc/token', fields)
    return createGrant(credentials, json)
  }
  const createGrant = (credentials: Fields, json: Json) => {
    let token = String(json.refresh_token)
    return {
      async refresh() {
        const response = await post('/api/oidc/token', {
          ...credentials,
          grant_type: 'refresh_token',
          refresh_token: token,
        })
        token = String(response.json.refresh_token ?? token)
        return response.status
      },
    }
  }
  async function createDeviceGrants(agent: UserAgent, credentials: Awaited<ReturnType<typeof createClient>>) {
    const { json: device } = await post('/api/oidc/device/authorize', { ...credentials, scope: 'openid' })
    const query = `?code=${device.user_code}`
    expect((await instance.call('POST /api/oidc/device/verify', { agent, query })).status).toBe(204)
    const fields = { ...credentials, grant_type: deviceGrant, device_code: String(device.device_code) }
    return createGrant(credentials, (await post('/api/oidc/token', fields)).json)
  }
  /** A user with two passkeys; the second browser used only the second one. */
  async function createPersonWithTwoPasskeys() {
    const person = await instance.person(freshName())
    const first = await findNewestPasskeyId(person.id)
    const clean = await signInByCode(person.id)
    const { authenticator: other, answer } = await registerPasskey(clean, instance.url)
    expect(answer.status).toBe(200)
    return { ...person, first, clean, other, second: await findNewestPasskeyId(person.id) }
  }

  test('ends the session of a stolen passkey that an administrator removes, so that it registers no other', async () => {
    const { id, agent, authenticator } = await instance.person(freshName())
    const attacker = await signIn(authenticator)
    const optionsResponse = await attacker.getJson(`${instance.url}/api/webauthn/register/start`)
    expect(optionsResponse.status).toBe(200)
    expect((await remove(id, await findNewestPasskeyId(id))).status).toBe(204)
    expect([await isSignedIn(attacker), await isSignedIn(agent)]).toEqual([false, false])
    expect((await attacker.getJson(`${instance.url}/api/webauthn/register/start`)).status).toBe(401)
    // A pending ceremony stores nothing either.
    const response = new SoftwareAuthenticator().create(optionsResponse.json() as never, { origin: instance.url })
    expect((await attacker.postJson(`${instance.url}/api/webauthn/register/finish`, response)).status).toBe(401)
    expect(await passkeysOf(id)).toEqual([])
  })

  test('ends everything derived from it: passkeys, approved devices and client grants, even after the session', async () => {
    const { id, authenticator, first, clean, other } = await createPersonWithTwoPasskeys()
    const credentials = await createClient()
    const attacker = await signIn(authenticator)
    const { authenticator: planted } = await registerPasskey(attacker, instance.url)
    const derivedSession = await signIn(planted)
    const { device, redeem, decided } = await requestApprovedDevice(derivedSession, planted)
    expect([decided.status, (await redeem()).status]).toEqual([204, 200])
    const pending = await requestApprovedDevice(derivedSession, planted)
    const grants = await Promise.all([
      createGrants(attacker, credentials),
      createGrants(derivedSession, credentials),
      createGrants(device, credentials),
      createDeviceGrants(derivedSession, credentials),
    ])
    const kept = await createGrants(clean, credentials)
    for (const grant of [...grants, kept]) expect(await grant.refresh()).toBe(200)

    expect((await remove(id, first)).status).toBe(204)
    for (const browser of [attacker, derivedSession, device]) expect(await isSignedIn(browser)).toBe(false)
    for (const grant of grants) expect(await grant.refresh()).toBe(400)
    expect((await pending.redeem()).status).toBe(401)
    expect([await isSignedIn(clean), await kept.refresh()]).toEqual([true, 200])
    await reauthenticate(clean, other)
  })

  test('keeps the current session if another passkey was used last in it', async () => {
    const { agent, authenticator, first, clean, other, second } = await createPersonWithTwoPasskeys()
    const own = await signIn(other)
    await reauthenticate(own, authenticator)
    await reauthenticate(own, other)
    expect((await removeOwn(own, first)).status).toBe(204)
    expect([await isSignedIn(own), await isSignedIn(clean), await isSignedIn(agent)]).toEqual([true, true, false])
    const { answer } = await registerPasskey(own, instance.url)
    expect(answer.status).toBe(200)
    expect((await removeOwn(own, second)).status).toBe(204)
    expect(await isSignedIn(own)).toBe(false)
  })

  test('keeps the current session if its last passkey was registered with the removed one', async () => {
    const { id, agent } = await instance.person(freshName())
    const first = await findNewestPasskeyId(id)
    const { authenticator, answer } = await registerPasskey(agent, instance.url)
    expect(answer.status).toBe(200)
    await reauthenticate(agent, authenticator)
    const elsewhere = await signIn(authenticator)
    expect((await removeOwn(agent, first)).status).toBe(204)
    expect([await isSignedIn(agent), await isSignedIn(elsewhere)]).toEqual([true, false])
  })

  test('lets a session without a passkey add one within fifteen minutes of its start, but not after a removal', async () => {
    const { id, authenticator, agent } = await instance.person(freshName())
    const canAddPasskey = async (browser: UserAgent) => {
      const { status, text } = await browser.getJson(`${instance.url}/api/webauthn/register/start`)
      return status === 200 ? 200 : [status, /"code":"(\w+)"/.exec(text)?.[1]]
    }
    const byCode = await signInByCode(id)
    expect(await canAddPasskey(byCode)).toBe(200)
    const { device, redeem } = await requestApprovedDevice(agent, authenticator)
    expect((await redeem()).status).toBe(200)
    expect(await canAddPasskey(device)).toEqual([401, 'reauthentication_required'])
    expect((await remove(id, await findNewestPasskeyId(id))).status).toBe(204)
    expect(await isSignedIn(byCode)).toBe(true)
    expect(await canAddPasskey(byCode)).toEqual([403, 'sign_in_again'])
    const sensitive = await instance.call('DELETE /api/users/me', { agent: byCode })
    expect([sensitive.status, sensitive.json.code]).toEqual([403, 'passkey_required'])
    const again = await signInByCode(id)
    expect(await canAddPasskey(again)).toBe(200)
    advanceClock(15 * minute + 1)
    expect(await canAddPasskey(again)).toEqual([403, 'sign_in_again'])
  })

  test('rejects a passkey from a ceremony that began before the removal, in a session that is kept', async () => {
    const { id } = await instance.person(freshName())
    const byCode = await signInByCode(id)
    const optionsResponse = await byCode.getJson(`${instance.url}/api/webauthn/register/start`)
    expect((await remove(id, await findNewestPasskeyId(id))).status).toBe(204)
    const response = new SoftwareAuthenticator().create(optionsResponse.json() as never, { origin: instance.url })
    expect((await byCode.postJson(`${instance.url}/api/webauthn/register/finish`, response)).status).toBe(403)
    expect(await passkeysOf(id)).toEqual([])
  })

  test('shows derived objects and revokes them in one action', async () => {
    const boss = await instance.person(freshName())
    const { json } = await instance.call('GET /api/users/{id}', { params: { id: boss.id } })
    const body = { ...json, email: `${json.username}@example.com`, isAdmin: true }
    expect((await instance.call('PUT /api/users/{id}', { params: { id: boss.id }, body })).status).toBe(200)
    const stolen = await findNewestPasskeyId(boss.id)
    const attacker = await signIn(boss.authenticator)
    const by = { agent: attacker }
    const { authenticator: planted } = await registerPasskey(attacker, instance.url)
    const plantedId = await findNewestPasskeyId(boss.id)
    const minted = await instance.call('POST /api/api-keys', { body: newKeyFields(), ...by })
    const apiKey = minted.json as { token: string; apiKey: { id: string } }
    const withKey = { headers: { 'x-api-key': apiKey.token } }
    const app = { name: 'Payroll', callbackURLs: [callback] }
    const clientId = String((await instance.call('POST /api/oidc/clients', { body: app, ...by })).json.id)
    const params = { id: clientId }
    const secret = (await instance.call('POST /api/oidc/clients/{id}/secrets', { params, ...by })).json
    // An API key belongs to the session that created it.
    const bySecretKey = await instance
      .agent()
      .sendJson('POST', `${instance.url}/api/oidc/clients/${clientId}/secrets`, { options: withKey })
    const victim = await instance.personWithoutPasskey(freshName())
    const issueCode = async () => {
      const call = 'POST /api/users/{id}/one-time-access-token'
      return String((await instance.call(call, { params: { id: victim.id }, body: {}, ...by })).json.token)
    }
    const [used, unused] = [await issueCode(), await issueCode()]
    const agent = instance.agent()
    await agent.postForm(`${instance.url}/lc`, { code: used })
    const { authenticator: otherAuthenticator } = await registerPasskey(agent, instance.url)
    const { device, redeem } = await requestApprovedDevice(attacker, boss.authenticator)
    await redeem()

    expect((await remove(boss.id, stolen)).status).toBe(204)
    expect([await isSignedIn(device), await isSignedIn(agent)]).toEqual([false, true])
    const where = { params: { id: boss.id, passkeyId: stolen } }
    const read = async () =>
      (await instance.call('GET /api/users/{id}/passkey-removals/{passkeyId}', where)).json.made as Json[]
    const summary = (created: readonly Json[]) => created.map(({ kind, state }) => `${kind} ${state}`)
    const created = await read()
    expect(summary(created)).toEqual([
      'passkey active',
      'api_key active',
      'client_secret active',
      'client_secret active',
      'login_code active',
      'login_code active',
      'device withdrawn',
    ])
    expect(created[0]).toMatchObject({ id: plantedId })
    expect(created.slice(1, 4)).toMatchObject([
      { id: apiKey.apiKey.id, name: 'For a script' },
      { id: secret.id, name: 'Payroll' },
      { id: (bySecretKey.json() as Json).id },
    ])
    expect((await instance.call('GET /api/users/{id}/passkey-removals', where)).json).toHaveLength(1)
    // Changes made with the planted passkey are revoked too.
    const derivedSession = await signIn(planted)
    await instance.call('POST /api/api-keys', { body: newKeyFields(), agent: derivedSession })

    const withdrawn = await instance.call('POST /api/users/{id}/passkey-removals/{passkeyId}/withdraw', where)
    expect(withdrawn.status).toBe(204)
    expect(new Set((await read()).map(({ state }) => state))).toEqual(new Set(['withdrawn']))
    expect((await instance.call('GET /api/users/{id}/passkey-removals', where)).json).toEqual([])
    expect([await isSignedIn(derivedSession), await isSignedIn(agent)]).toEqual([false, false])
    expect((await instance.agent().getJson(`${instance.url}/api/users/me`, withKey)).status).toBe(401)
    expect((await instance.call('GET /api/oidc/clients/{id}/secrets', { params })).json).toEqual([])
    expect(await passkeysOf(boss.id)).toEqual([])
    const lateBrowser = instance.agent()
    await lateBrowser.postForm(`${instance.url}/lc`, { code: unused })
    expect(await isSignedIn(lateBrowser)).toBe(false)
    const lost = await passkeyAnswer(instance.agent(), instance.url, otherAuthenticator)
    expect((await instance.agent().postJson(`${instance.url}/api/webauthn/login/finish`, lost)).status).toBe(400)
  })

  test('shows them to the owner too, and keeps the passkey that was just used', async () => {
    const { id, agent, first } = await (async () => {
      const person = await instance.person(freshName())
      return { ...person, first: await findNewestPasskeyId(person.id) }
    })()
    const { authenticator: other } = await registerPasskey(agent, instance.url)
    expect((await instance.call('POST /api/api-keys', { body: newKeyFields(), agent })).status).toBe(201)
    expect((await removeOwn(agent, first)).status).toBe(204)
    expect(await isSignedIn(agent)).toBe(false)
    const back = await signIn(other)
    const listed = (await instance.call('GET /api/webauthn/removals', { agent: back })).json as unknown as Json[]
    expect(listed).toMatchObject([
      {
        passkeyId: first,
        made: [
          { kind: 'passkey', state: 'kept' },
          { kind: 'api_key', state: 'active' },
        ],
      },
    ])
    const params = { passkeyId: first }
    const call = 'POST /api/webauthn/removals/{passkeyId}/withdraw'
    const otherUser = await instance.person(freshName())
    expect((await instance.call(call, { params, agent: otherUser.agent })).status).toBe(404)
    expect((await instance.call(call, { params, agent: back })).status).toBe(204)
    expect((await instance.call('GET /api/webauthn/removals', { agent: back })).json).toEqual([])
    expect(await passkeysOf(id)).toHaveLength(1)
  })
})
