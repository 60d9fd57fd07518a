import { describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator } from '@pocket/core/testing'
import { databaseKinds, quickOnly, shareBetweenTests } from '@pocket/test-support'
import { stopTime } from '../stopped-time.ts'
import { type CalledInstance, findAuditEvents, lastEntry, startCalledInstance } from './calls.ts'
import { cookieHeader, passkeyAnswer, registerPasskey, signInWithPasskey } from './instance.ts'
import { freshName } from './people.ts'
import { completeSettings, write } from './setting-calls.ts'

/** Milliseconds: `Max-Age` has whole seconds. */
const cookiePrecision = 1000

describe.each(databaseKinds)('%s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))

  const cookie = (agent: ReturnType<CalledInstance['agent']>, name: string) =>
    agent.cookies().find((each) => each.name === name)

  describe('registration', () => {
    test('creates a passkey with the options of Pocket ID', async () => {
      const { id, agent } = await instance.personWithoutPasskey(freshName())
      const options = await instance.call('GET /api/webauthn/register/start', { agent })
      expect(options.json).toMatchObject({
        rp: { id: 'localhost' },
        user: { id: Buffer.from(id).toString('base64url') },
        authenticatorSelection: {
          residentKey: 'required',
          requireResidentKey: true,
          userVerification: 'required',
        },
        excludeCredentials: [],
      })
      const { answer, authenticator } = await registerPasskey(agent, instance.url)
      expect([answer.status, answer.json()]).toEqual([
        200,
        expect.objectContaining({
          credentialID: authenticator.passkeys[0]?.id,
          transport: ['internal', 'hybrid'],
          backupEligible: true,
        }),
      ])
      const list = await instance.call('GET /api/webauthn/credentials', { agent })
      expect(list.json).toEqual([answer.json()])
      const again = await instance.call('GET /api/webauthn/register/start', { agent })
      expect(again.json.excludeCredentials).toEqual([
        { id: authenticator.passkeys[0]?.id, type: 'public-key', transports: ['internal', 'hybrid'] },
      ])
    })

    test('rejects an invalid response, one of another browser, and a repeated one', async () => {
      const { agent } = await instance.person(freshName())
      const finish = (body: unknown, by = agent) =>
        instance.call('POST /api/webauthn/register/finish', { body, agent: by })
      expect((await finish({ any: 'thing' })).json).toMatchObject({ code: 'invalid_webauthn_response' })
      const options = await instance.call('GET /api/webauthn/register/start', { agent })
      const response = new SoftwareAuthenticator().create(
        options.json as unknown as Parameters<SoftwareAuthenticator['create']>[0],
        { origin: instance.url },
      )
      const other = await instance.personWithoutPasskey(freshName())
      expect((await finish(response, other.agent)).json).toMatchObject({ code: 'invalid_webauthn_session' })
      expect((await finish(response)).status).toBe(200)
      expect((await finish(response)).json).toMatchObject({ code: 'invalid_webauthn_session' })
    })
  })

  describe('sign-in', () => {
    test('accepts a passkey response with any content type, once', async () => {
      const { id, authenticator } = await instance.person(freshName())
      const agent = instance.agent()
      const response = await passkeyAnswer(agent, instance.url, authenticator)
      const finish = () =>
        fetch(`${instance.url}/api/webauthn/login/finish`, {
          method: 'POST',
          headers: {
            cookie: cookieHeader(agent),
          },
          body: JSON.stringify(response),
        })
      const first = await finish()
      expect([first.status, await first.json()]).toEqual([200, expect.objectContaining({ id })])
      expect(first.headers.getSetCookie().join()).toMatch(/access_token=[^;]+;.*httponly/i)
      const second = await finish()
      expect([second.status, await second.json()]).toEqual([
        400,
        expect.objectContaining({ code: 'invalid_webauthn_session' }),
      ])
    })

    test('rejects an unknown passkey, a wrong signature and a disabled user', async () => {
      const { id, authenticator } = await instance.person(freshName())
      const agent = instance.agent()
      const finish = async (response: unknown) => {
        const { status, json } = await instance.call('POST /api/webauthn/login/finish', { body: response, agent })
        return [status, json.code]
      }
      const fetchOptions = async () =>
        (await instance.call('GET /api/webauthn/login/start', { agent })).json as unknown as Parameters<
          SoftwareAuthenticator['get']
        >[0]
      const tampered = authenticator.get(await fetchOptions(), {
        origin: instance.url,
        misbehavior: { tamperedSignature: true },
      })
      expect(await finish(tampered)).toEqual([401, 'webauthn_authentication_failed'])
      expect(await finish({ response: 1 })).toEqual([401, 'webauthn_authentication_failed'])
      const unverified = authenticator.get(await fetchOptions(), {
        origin: instance.url,
        misbehavior: { userVerified: false },
      })
      expect(await finish(unverified)).toEqual([400, 'passkey_user_verification_required'])
      await instance.app.directory.users.update(id, {}, { disabled: true })
      const valid = authenticator.get(await fetchOptions(), { origin: instance.url })
      expect(await finish(valid)).toEqual([403, 'user_disabled'])
      expect(cookie(agent, 'access_token')).toBeUndefined()
    })

    test.each(['POST /api/webauthn/logout', 'POST /logout'])(
      'ends with %s, for every account in the browser and for copied cookies',
      async (call) => {
        const { agent } = await instance.person(freshName())
        const { authenticator } = await instance.person(freshName())
        const kept = [cookie(agent, 'access_token')?.value]
        await signInWithPasskey(agent, instance.url, authenticator)
        kept.push(cookie(agent, 'access_token')?.value)
        const fetchStatuses = () =>
          Promise.all(
            kept.map(async (value) => {
              const options = { headers: { cookie: `access_token=${value}` } }
              return (await instance.agent().getJson(`${instance.url}/api/users/me`, options)).status
            }),
          )
        expect(await fetchStatuses()).toEqual([200, 200])
        const [method = '', path = ''] = call.split(' ')
        expect((await agent.sendJson(method, instance.url + path, {})).status).toBeLessThan(400)
        expect((await instance.call('GET /api/users/me', { agent })).status).toBe(401)
        expect(await fetchStatuses()).toEqual([401, 401])
      },
    )

    test.each(['POST /api/webauthn/logout', 'POST /logout'])(
      'ends with %s for the other accounts of a browser whose session has ended',
      async (call) => {
        const { id, agent } = await instance.person(freshName())
        const { id: otherId, authenticator } = await instance.person(freshName())
        await signInWithPasskey(agent, instance.url, authenticator)
        await instance.app.pocket.sessions.endOthers(otherId, null)
        const [method = '', path = ''] = call.split(' ')
        const { status } = await agent.sendJson(method, instance.url + path, {})
        expect(status).toBe(path === '/logout' ? 303 : 401)
        expect(cookie(agent, 'access_token')).toBeUndefined()
        expect(await instance.app.pocket.sessions.list(id)).toEqual([])
      },
    )
  })

  /** The signals for the password manager on both pages. */
  const fetchSignals = async (agent: ReturnType<CalledInstance['agent']>) => {
    const [received, again] = await Promise.all(
      ['/settings/account', '/settings/account/security'].map(async (path) => {
        const { text } = await agent.get(instance.url + path)
        const [, data = ''] = /data-signals="([^"]+)"/.exec(text) ?? []
        return JSON.parse(data.replaceAll('&#34;', '"')) as { readonly credentialIds: readonly string[] }
      }),
    )
    expect(again).toEqual(received)
    return { credentialIds: [], ...received }
  }

  describe('passkeys of the current user', () => {
    test('can be renamed and deleted, except the last one', async () => {
      const { id: accountId, agent } = await instance.person(freshName())
      const { answer } = await registerPasskey(agent, instance.url)
      const { id, credentialID } = answer.json() as { id: string; credentialID: string }
      const received = await fetchSignals(agent)
      // Without a session there is no user to report on.
      expect((await instance.agent().get(`${instance.url}/login`)).text).not.toContain('data-signals')
      expect(received).toMatchObject({
        rpId: 'localhost',
        userId: Buffer.from(accountId).toString('base64url'),
        userName: expect.stringMatching(/./),
      })
      expect(received.credentialIds).toEqual([expect.any(String), credentialID])
      const renamed = await instance.call('PATCH /api/webauthn/credentials/{id}', {
        params: { id },
        body: { name: 'My key' },
        agent,
      })
      expect(renamed).toMatchObject({ status: 200, json: { id, name: 'My key' } })
      const deleted = await instance.call('DELETE /api/webauthn/credentials/{id}', { params: { id }, agent })
      expect(deleted.status).toBe(204)
      await instance.app.directory.users.update(accountId, { displayName: 'Ada B.' }, {})
      const credentialIds = received.credentialIds.slice(0, 1)
      expect(await fetchSignals(agent)).toEqual({ ...received, credentialIds, displayName: 'Ada B.' })
      const [last] = await instance.app.pocket.passkeys.list(accountId)
      const kept = await instance.call('DELETE /api/webauthn/credentials/{id}', {
        params: { id: last?.id ?? '' },
        agent,
      })
      expect(kept).toMatchObject({ status: 409, json: { code: 'last_passkey' } })
      const events = ['passkey_renamed', 'passkey_removed'].map((event) => findAuditEvents(instance, event).at(-1))
      const { name: before } = answer.json() as { name: string }
      expect(events).toMatchObject([{ accountId }, { accountId, passkeyName: 'My key' }])
      const changes = { name: { before, after: 'My key' } }
      expect(await lastEntry(instance, 'PASSKEY_RENAMED')).toMatchObject({ userID: accountId, changes })
    })

    test('can all be deleted if the owner can also sign in with an e-mail code', async () => {
      const { id: accountId, agent } = await instance.person(freshName())
      const [last] = await instance.app.pocket.passkeys.list(accountId)
      const remove = () =>
        instance.call('DELETE /api/webauthn/credentials/{id}', { params: { id: last?.id ?? '' }, agent })
      const changeSettings = (changes: Parameters<typeof completeSettings>[0]) =>
        instance.call(write, { body: completeSettings(changes) })
      const codes = { emailOneTimeAccessAsUnauthenticatedEnabled: 'true' } as const
      const mail = { smtpHost: '127.0.0.1', smtpFrom: 'id@example.com' } as const
      const setEmail = (emailVerified: boolean) =>
        instance.app.directory.users.update(accountId, { email: `${accountId}@example.com` }, { emailVerified })
      try {
        // Neither of these alone lets a user sign in.
        await setEmail(true)
        expect(await remove()).toMatchObject({ status: 409, json: { code: 'last_passkey' } })
        await changeSettings(codes)
        expect(await remove()).toMatchObject({ status: 409, json: { code: 'last_passkey' } })
        await changeSettings({ ...codes, ...mail })
        await setEmail(false)
        expect(await remove()).toMatchObject({ status: 409, json: { code: 'last_passkey' } })
        const fetchSecurityPage = async () => (await agent.get(`${instance.url}/settings/account/security`)).text
        expect(await fetchSecurityPage()).not.toContain('Remove passkey')
        await setEmail(true)
        expect(await fetchSecurityPage()).toContain('Remove passkey')
        expect((await remove()).status).toBe(204)
        expect(await instance.app.pocket.passkeys.list(accountId)).toEqual([])
        expect(findAuditEvents(instance, 'passkey_removed').at(-1)).toMatchObject({ accountId, passkeyId: last?.id })
      } finally {
        await changeSettings({})
      }
    })

    test.each([
      ['', 400],
      ['x'.repeat(51), 400],
      [7, 400],
    ])('reject a name such as %j', async (name, status) => {
      const { id: accountId, agent } = await instance.person(freshName())
      const [passkey] = await instance.app.pocket.passkeys.list(accountId)
      const params = { id: passkey?.id ?? '' }
      const response = await instance.call('PATCH /api/webauthn/credentials/{id}', { params, body: { name }, agent })
      expect(response.status).toBe(status)
    })

    test('cannot be changed by other users', async () => {
      const { id: accountId } = await instance.person(freshName())
      const [passkey] = await instance.app.pocket.passkeys.list(accountId)
      const otherUser = await instance.person(freshName())
      const params = { id: passkey?.id ?? '' }
      for (const call of ['PATCH /api/webauthn/credentials/{id}', 'DELETE /api/webauthn/credentials/{id}']) {
        const response = await instance.call(call, { params, body: { name: 'mine' }, agent: otherUser.agent })
        expect(response).toMatchObject({ status: 404, json: { code: 'not_found' } })
      }
    })
  })

  describe('reauthentication', () => {
    test('returns a token that is valid for three minutes after a passkey check of the same user', async () => {
      const { id, agent, authenticator } = await instance.person(freshName())
      const body = await passkeyAnswer(agent, instance.url, authenticator)
      const before = Date.now()
      const response = await instance.call('POST /api/webauthn/reauthenticate', { body, agent })
      expect(response.status).toBe(204)
      const token = cookie(agent, 'reauthentication_token')
      expect(token?.value).toMatch(/^[\w-]{43}$/)
      expect(token?.expiresAt).toBeGreaterThanOrEqual(before + 180_000 - cookiePrecision)
      expect(token?.expiresAt).toBeLessThanOrEqual(Date.now() + 180_000)
      expect(findAuditEvents(instance, 'reauthenticated').at(-1)).toMatchObject({ accountId: id })
    })

    test('needs no further check in a session that just began with a passkey', async () => {
      const { authenticator, agent: byCode } = await instance.person(freshName())
      const agent = instance.agent()
      await signInWithPasskey(agent, instance.url, authenticator)
      expect((await instance.call('POST /api/webauthn/reauthenticate', { agent })).status).toBe(204)
      expect(cookie(agent, 'reauthentication_token')).toBeDefined()
      const refused = await instance.call('POST /api/webauthn/reauthenticate', { agent: byCode })
      expect(refused).toMatchObject({ status: 401, json: { code: 'reauthentication_required' } })
      using _ = stopTime(61_000)
      const stale = await instance.call('POST /api/webauthn/reauthenticate', { agent })
      expect(stale).toMatchObject({ status: 401, json: { code: 'reauthentication_required' } })
    })
  })
})

quickOnly(test)('a session of the set-up through the API has full rights', async () => {
  const { startApp } = await import('../http/app.ts')
  await using running = await startApp()
  const agent = running.agent()
  const setUp = { username: 'ada', email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace' }
  expect((await agent.postJson(`${running.url}/api/signup/setup`, setUp)).status).toBe(200)
  const body = { name: 'my key', expiresAt: new Date(Date.now() + 3_600_000).toISOString() }
  expect((await agent.postJson(`${running.url}/api/api-keys`, body)).status).toBe(201)
  const bob = { username: 'bob', email: 'bob@example.com', firstName: 'Bob', lastName: '' }
  const created = await agent.postJson(`${running.url}/api/users`, bob)
  const { id } = created.json() as { id: string }
  const change = () =>
    agent.sendJson('PUT', `${running.url}/api/users/${id}`, { body: { ...bob, email: 'b@example.com' } })
  expect((await change()).status).toBe(200)
  using _ = stopTime(15 * 60_000 + 1)
  expect((await change()).json()).toMatchObject({ code: 'passkey_required' })
})
