import { beforeAll, describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator } from '@pocket/core/testing'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { stopTime } from '../stopped-time.ts'
import { findAuditEvents, lastEntry, startCalledInstance } from './calls.ts'
import { passkeyAnswer } from './instance.ts'
import { createPerson, freshName } from './people.ts'
import { changeSettings } from './setting-calls.ts'

describe.each(databaseKinds)('signing up on %s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))

  const signUp = async (fields: Readonly<Record<string, unknown>> = {}) => {
    const username = freshName()
    const agent = instance.agent()
    const body = { username, email: `${username}@example.com`, ...fields }
    return { ...(await instance.call('POST /api/signup', { agent, body })), agent, username }
  }
  const createSignUpToken = (fields: Readonly<Record<string, unknown>> = {}) =>
    instance.call('POST /api/signup-tokens', { body: { usageLimit: 1, ...fields } })
  const createGroup = async (name: string) => {
    const { json } = await instance.call('POST /api/user-groups', { body: { name, friendlyName: name } })
    return String(json.id)
  }

  test('is closed by default, even with a token', async () => {
    const { token } = (await createSignUpToken()).json
    for (const response of [await signUp(), await signUp({ token })])
      expect([response.status, response.json]).toMatchObject([403, { code: 'open_signup_disabled' }])
  })

  test('can be requested with `prompt=create` only while it is open to everyone', async () => {
    const fetchMetadata = async (etag = '') => {
      const address = `${instance.url}/.well-known/openid-configuration`
      const response = await fetch(address, { headers: { 'if-none-match': etag } })
      const prompts = response.status === 200 ? (await response.json()).prompt_values_supported : []
      return { status: response.status, create: prompts.includes('create'), etag: response.headers.get('etag') ?? '' }
    }
    const closed = await fetchMetadata()
    expect([closed.create, (await fetchMetadata(closed.etag)).status]).toEqual([false, 304])
    await changeSettings(instance, { allowUserSignups: 'open' })
    expect(await fetchMetadata(closed.etag)).toMatchObject({ status: 200, create: true })
    await changeSettings(instance, { allowUserSignups: 'withToken' })
    expect((await fetchMetadata()).create).toBe(false)
    await changeSettings(instance, { allowUserSignups: 'disabled' })
    expect(await fetchMetadata()).toEqual(closed)
  })

  test('accepts a token as often as it allows', async () => {
    await changeSettings(instance, { allowUserSignups: 'withToken' })
    const family = await createGroup('family')
    const minted = await createSignUpToken({ usageLimit: 3, ttl: '2h', userGroupIds: [family] })
    const { token, id } = minted.json
    expect(minted).toMatchObject({
      status: 201,
      json: { token: expect.stringMatching(/^[A-Za-z0-9]{16}$/), usageLimit: 3, usageCount: 0 },
    })
    expect((await signUp()).json).toMatchObject({ code: 'open_signup_disabled' })

    const responses = await Promise.all(Array.from({ length: 8 }, () => signUp({ token })))
    expect(responses.map(({ status }) => status).sort()).toEqual([201, 201, 201, 401, 401, 401, 401, 401])
    expect(responses.find(({ status }) => status === 401)?.json).toMatchObject({ code: 'token_invalid_or_expired' })

    const inside = responses.find(({ status }) => status === 201)
    const me = await inside?.agent.getJson(`${instance.url}/api/users/me`)
    expect(me?.json()).toMatchObject({ username: inside?.username, isAdmin: false, emailVerified: false })
    expect(me?.json()).toMatchObject({ userGroups: [{ name: 'family' }] })
    const options = await inside?.agent.postJson(`${instance.url}/settings/account/passkeys/options`, {})
    expect(options?.status).toBe(200)

    const list = await instance.call('GET /api/signup-tokens')
    expect(list.json.data).toContainEqual(
      expect.objectContaining({ id, usageCount: 3, userGroups: [expect.objectContaining({ id: family })] }),
    )
    expect(findAuditEvents(instance, 'account_created').at(-1)).toMatchObject({
      method: 'signup_token',
      signupTokenId: id,
    })
    expect(instance.log.join('')).not.toContain(token)
  })

  /** Signs up on the page until the passkey exists; the returned function continues. */
  const beginSignUp = async (token: unknown) => {
    const { url } = instance
    const [agent, username] = [instance.agent(), freshName()]
    const fields = { username, email: `${username}@example.com`, token }
    const { options } = (await agent.postJson(`${url}/signup/options`, fields)).json() as {
      options: Parameters<SoftwareAuthenticator['create']>[0]
    }
    const response = new SoftwareAuthenticator().create(options, { origin: url })
    return async () => {
      const result = await agent.postJson(`${url}/signup`, { response })
      const isSignedUp = result.status === 200
      expect((await instance.app.directory.findByName(username)) !== undefined).toBe(isSignedUp)
      expect((await instance.call('GET /api/users/me', { agent })).status).toBe(isSignedUp ? 200 : 401)
      return [result.status, result.json()]
    }
  }

  test('admits one of several users who began with a token for one use', async () => {
    await changeSettings(instance, { allowUserSignups: 'withToken' })
    const { token } = (await createSignUpToken()).json
    const ceremonies = [await beginSignUp(token), await beginSignUp(token), await beginSignUp(token)]
    const statuses = (await Promise.all(ceremonies.map((finish) => finish()))).map(([status]) => status)
    expect(statuses.sort()).toEqual([200, 401, 401])
  })

  test('fails if it was closed or the token was deleted after it began', async () => {
    await changeSettings(instance, { allowUserSignups: 'withToken' })
    const { token, id } = (await createSignUpToken({ usageLimit: 2 })).json
    const [one, another] = [await beginSignUp(token), await beginSignUp(token)]
    await changeSettings(instance, { allowUserSignups: 'disabled' })
    expect(await one()).toMatchObject([403, { code: 'open_signup_disabled' }])
    await changeSettings(instance, { allowUserSignups: 'withToken' })
    await instance.call('DELETE /api/signup-tokens/{id}', { params: { id: String(id) } })
    expect(await another()).toMatchObject([401, { code: 'token_invalid_or_expired' }])
  })

  test('fails after its token expired', async () => {
    await changeSettings(instance, { allowUserSignups: 'withToken' })
    const { token } = (await createSignUpToken({ ttl: '1h' })).json
    {
      using _ = stopTime(3_600_000)
      expect(await signUp({ token })).toMatchObject({ status: 401, json: { code: 'token_invalid_or_expired' } })
      expect((await instance.agent().get(`${instance.url}/st/${token}`)).status).toBe(401)
    }
    expect((await instance.agent().get(`${instance.url}/st/${token}`)).status).toBe(200)
    expect((await signUp({ token })).status).toBe(201)
  })

  test('restores the use of the token after a failure', async () => {
    await changeSettings(instance, { allowUserSignups: 'withToken' })
    const { token } = (await createSignUpToken()).json
    const { json: taken } = await createPerson(instance)
    expect(await signUp({ token, username: taken.username })).toMatchObject({
      status: 409,
      json: { code: 'already_in_use', details: { property: 'username' } },
    })
    expect(await signUp({ token, username: taken.email })).toMatchObject({ status: 409 })
    expect((await signUp({ token })).status).toBe(201)
    expect((await signUp({ token })).status).toBe(401)
  })

  test('rejects a deleted or invented token', async () => {
    await changeSettings(instance, { allowUserSignups: 'open' })
    const { token, id } = (await createSignUpToken()).json
    const params = { id: String(id) }
    for (let times = 0; times < 2; times += 1)
      expect((await instance.call('DELETE /api/signup-tokens/{id}', { params })).status).toBe(204)
    for (const input of [token, 'A'.repeat(16)]) expect((await signUp({ token: input })).status).toBe(401)
    expect(
      findAuditEvents(instance, 'signup_token_removed').filter(({ signupTokenId }) => signupTokenId === id),
    ).toHaveLength(1)
    for (const [event, before, after] of [
      ['SIGNUP_TOKEN_CREATED', null, 1],
      ['SIGNUP_TOKEN_REMOVED', 1, null],
    ] as const)
      expect(await lastEntry(instance, event)).toMatchObject({
        data: { signupTokenId: id },
        changes: { usageLimit: { before, after } },
      })
  })

  test('assigns the groups and claims of the settings when it is open, and requires an e-mail address if a mail server is set', async () => {
    const defaultGroup = await createGroup('everybody')
    await changeSettings(instance, {
      allowUserSignups: 'open',
      smtpHost: '127.0.0.1',
      emailsVerified: 'true',
      signupDefaultUserGroupIDs: JSON.stringify([defaultGroup]),
      signupDefaultCustomClaims: '[{"key":"plan","value":"free"}]',
    })
    expect(await signUp({ email: null })).toMatchObject({ status: 400, json: { code: 'validation_failed' } })
    await changeSettings(instance, { smtpHost: '' })
    expect((await signUp({ email: null })).status).toBe(201)
    const { json } = await signUp()
    const { json: stored } = await instance.call('GET /api/users/{id}', { params: { id: String(json.id) } })
    expect(stored).toMatchObject({
      emailVerified: true,
      isAdmin: false,
      customClaims: [{ key: 'plan', value: 'free' }],
      userGroups: [{ id: defaultGroup }],
    })
    const created = await signUp({ isAdmin: true, disabled: true, id: 'x', emailVerified: true })
    expect(created.json).toMatchObject({ isAdmin: false, disabled: false })
    expect(findAuditEvents(instance, 'account_created').at(-1)).toMatchObject({ method: 'open_signup' })
    const { json: log } = await instance.call('GET /api/audit-logs/all', { query: '?filters[event]=ACCOUNT_CREATED' })
    expect(log.data).toContainEqual(expect.objectContaining({ userID: created.json.id }))
  })

  test('sends a verification link for the address if the settings require it', async () => {
    const countVerificationEmails = async () => {
      const { json } = await instance.call('GET /api/emails', { query: '?pagination[limit]=100' })
      return JSON.stringify(json.data).split('"email-verification"').length - 1
    }
    await changeSettings(instance, {
      allowUserSignups: 'open',
      emailVerificationEnabled: 'true',
      emailsVerified: 'true',
    })
    const before = await countVerificationEmails()
    await signUp()
    expect(await countVerificationEmails()).toBe(before)
    await changeSettings(instance, { emailsVerified: 'false', requireUserEmail: 'false' })
    await signUp({ email: null })
    expect(await countVerificationEmails()).toBe(before)
    expect((await signUp()).json).toMatchObject({ emailVerified: false })
    expect(await countVerificationEmails()).toBe(before + 1)
    await changeSettings(instance, { requireUserEmail: 'true', emailVerificationEnabled: 'false' })
  })

  test.each([
    [{}, 'usageLimit'],
    [{ usageLimit: 0 }, 'usageLimit'],
    [{ usageLimit: 101 }, 'usageLimit'],
    [{ usageLimit: 1, ttl: '800h' }, 'ttl'],
    [{ usageLimit: 1, userGroupIds: ['nobody'] }, 'userGroupIds'],
  ])('creates no token from %j', async (body, field) => {
    const response = await instance.call('POST /api/signup-tokens', { body })
    expect(response).toMatchObject({
      status: 400,
      json: { code: 'validation_failed', details: { fields: [{ field }] } },
    })
  })

  describe('with approval', () => {
    beforeAll(async () => {
      await changeSettings(instance, { allowUserSignups: 'open' })
      await instance.call('PATCH /api/settings', { body: { signUpApproval: true } })
    })

    /** Signs up on the page with a passkey. */
    const signUpOnPage = async () => {
      const { url } = instance
      const [agent, authenticator, username] = [instance.agent(), new SoftwareAuthenticator(), freshName()]
      const fields = { username, email: `${username}@example.com`, firstName: 'Eve', lastName: 'Koch' }
      const optionsResponse = await agent.postJson(`${url}/signup/options`, fields)
      const { options } = optionsResponse.json() as { options: Parameters<SoftwareAuthenticator['create']>[0] }
      const done = await agent.postJson(`${url}/signup`, { response: authenticator.create(options, { origin: url }) })
      const signIn = async () => {
        const body = await passkeyAnswer(agent, url, authenticator)
        return instance.call('POST /api/webauthn/login/finish', { body, agent })
      }
      return { agent, username, done, signIn }
    }
    const listApprovals = async () => {
      const { json } = await instance.call('GET /api/signup-approvals')
      return json as unknown as readonly { readonly user: { readonly id: string; readonly username: string } }[]
    }
    const findWaitingUserId = async (username: string) =>
      (await listApprovals()).find(({ user }) => user.username === username)?.user.id ?? ''

    test('lets users wait until an administrator approves them', async () => {
      const { agent, username, done, signIn } = await signUpOnPage()
      expect(done.json()).toEqual({ redirectTo: '/signup/waiting' })
      expect((await agent.get(`${instance.url}/signup/waiting`)).text).toContain('Waiting for approval')
      expect((await instance.call('GET /api/users/me', { agent })).status).toBe(401)
      expect((await signIn()).json).toMatchObject({ code: 'user_disabled' })

      const params = { id: await findWaitingUserId(username) }
      expect(await instance.app.pocket.passkeys.list(params.id)).toMatchObject([{ lastUsedAt: null }])
      const otherUser = await instance.person(freshName())
      const approve = (by = instance.administrator) =>
        instance.call('POST /api/signup-approvals/{id}/approve', { params, agent: by })
      expect((await approve(otherUser.agent)).status).toBe(403)
      expect((await Promise.all([approve(), approve()])).map(({ status }) => status).sort()).toEqual([204, 404])
      expect((await signIn()).status).toBe(200)
      expect(await findWaitingUserId(username)).toBe('')
      expect(findAuditEvents(instance, 'account_enabled')).toContainEqual(
        expect.objectContaining({ accountId: params.id, by: expect.any(String) }),
      )
    })

    test('cannot reject a user who was enabled manually and later disabled', async () => {
      const { username } = await signUpOnPage()
      const params = { id: await findWaitingUserId(username) }
      const { json: user } = await instance.call('GET /api/users/{id}', { params })
      for (const disabled of [false, true])
        await instance.call('PUT /api/users/{id}', { params, body: { ...user, disabled } })
      expect(await findWaitingUserId(username)).toBe('')
      expect((await instance.call('DELETE /api/signup-approvals/{id}', { params })).status).toBe(404)
      expect((await instance.call('GET /api/users/{id}', { params })).json.disabled).toBe(true)
    })

    test('deletes a rejected user, and cannot reject an approved one', async () => {
      const { username, signIn } = await signUpOnPage()
      const params = { id: await findWaitingUserId(username) }
      expect((await instance.call('DELETE /api/signup-approvals/{id}', { params })).status).toBe(204)
      expect((await signIn()).status).toBe(401)
      expect((await instance.call('GET /api/users/{id}', { params })).status).toBe(404)
      const { id } = await createPerson(instance)
      expect((await instance.call('DELETE /api/signup-approvals/{id}', { params: { id } })).status).toBe(404)
      expect((await instance.call('GET /api/users/{id}', { params: { id } })).status).toBe(200)
    })

    test('behaves the same in the API: it starts no session', async () => {
      const response = await signUp()
      expect([response.status, response.json.disabled]).toEqual([201, true])
      expect((await instance.call('GET /api/users/me', { agent: response.agent })).status).toBe(401)
      // A manually enabled user no longer waits.
      const body = { username: response.username, email: response.json.email, disabled: false }
      await instance.call('PUT /api/users/{id}', { params: { id: String(response.json.id) }, body })
      expect(await findWaitingUserId(response.username)).toBe('')
    })
  })
})
