import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { UserAgent } from '@pocket/core/testing'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { startCalledInstance } from './calls.ts'
import { registerPasskey } from './instance.ts'
import { freshName } from './people.ts'

const staticKey = 'a key of the environment'
const window = 15 * 60_000

type Send = (call: string, options?: { id?: string; body?: object }) => Promise<Readonly<Record<string, unknown>>>

describe.each(databaseKinds)('operator bootstrap on %s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind, { STATIC_API_KEY: staticKey }))
  /** An API key of an administrator. */
  let storedKey: string

  beforeAll(async () => {
    const body = { ...newKeyFields(), canReadSecrets: true }
    storedKey = String((await instance.call('POST /api/api-keys', { body })).json.token)
  })
  afterEach(() => void jest.restoreAllMocks())

  const newKeyFields = () => ({ name: 'For a script', expiresAt: new Date(Date.now() + 86_400_000).toISOString() })
  const sendWithKey =
    (key = staticKey): Send =>
    async (call, { id = '', body } = {}) => {
      const [method = '', path = ''] = call.replace('{id}', id).split(' ')
      const options = { headers: { 'x-api-key': key } }
      const response = await instance.agent().sendJson(method, instance.url + path, { ...(body && { body }), options })
      expect([call, response.status < 300]).toEqual([call, true])
      return (response.text === '' ? {} : response.json()) as Readonly<Record<string, unknown>>
    }
  const sendByBrowser: Send = async (call, { id = '', body } = {}) => {
    const { status, json } = await instance.call(call, { params: { id }, body })
    expect([call, status < 300]).toEqual([call, true])
    return json
  }
  const userFields = (username: string, isAdmin: boolean) => ({ username, email: `${username}@example.com`, isAdmin })
  const createUser = async (send: Send, isAdmin = true) => {
    const username = freshName()
    const { id } = await send('POST /api/users', { body: userFields(username, isAdmin) })
    return { id: String(id), username }
  }
  const issueCode = async (send: Send, { id }: { readonly id: string }) =>
    String((await send('POST /api/users/{id}/one-time-access-token', { id, body: {} })).token)
  const signIn = async (code: string, agent = instance.agent()) => {
    expect((await agent.postJson(`${instance.url}/api/one-time-access-token/${code}`, {})).status).toBe(200)
    return agent
  }
  const createKey = async (agent: UserAgent) => {
    const { status, json } = await instance.call('POST /api/api-keys', { agent, body: newKeyFields() })
    return status === 201 ? status : [status, json.code]
  }
  const refused = [403, 'passkey_required']

  test.each(['static', 'stored'])('an administrator created by a %s API key may create API keys', async (name) => {
    const send = sendWithKey(name === 'static' ? staticKey : storedKey)
    const agent = await signIn(await issueCode(send, await createUser(send)))
    const { status, json } = await instance.call('POST /api/api-keys', { agent, body: newKeyFields() })
    expect(status).toBe(201)
    const sendAsOwner = sendWithKey(String(json.token))
    // The key inherits the permissions of the key that created its owner, as an operator of Pocket ID expects.
    expect(json.apiKey).toMatchObject({ canReadSecrets: true })
    await issueCode(sendAsOwner, await createUser(sendAsOwner))
    // Every other operation that requires a passkey still does.
    const client = await instance.call('POST /api/oidc/clients/{id}/secret', { agent, params: { id: 'a' } })
    expect([client.status, client.json.code]).toEqual(refused)
  })

  test('needs an API key that reads secrets', async () => {
    const other = String((await instance.call('POST /api/api-keys', { body: newKeyFields() })).json.token)
    const { id } = await createUser(sendWithKey())
    for (const [path, body] of [
      ['/api/users', userFields(freshName(), true)],
      [`/api/users/${id}/one-time-access-token`, {}],
    ] as const) {
      const options = { headers: { 'x-api-key': other } }
      const refusal = await instance.agent().sendJson('POST', instance.url + path, { body, options })
      expect([path, refusal.status]).toEqual([path, 403])
    }
  })

  test('accepts a login code of the command line', async () => {
    const { username } = await createUser(sendWithKey())
    const { code } = await instance.app.issueLoginCode(username)
    expect(await createKey(await signIn(code))).toBe(201)
  })

  test('rejects a login code that an administrator created in a browser', async () => {
    const user = await createUser(sendWithKey())
    expect(await createKey(await signIn(await issueCode(sendByBrowser, user)))).toEqual(refused)
  })

  test('rejects an administrator created in a browser or by a command', async () => {
    const sendByCommand: Send = async (_call, { body } = {}) => {
      const response = await instance.app.callApi({ method: 'POST', path: '/api/users', body })
      expect(response.status).toBe(201)
      return response.body as Readonly<Record<string, unknown>>
    }
    for (const send of [sendByBrowser, sendByCommand]) {
      const agent = await signIn(await issueCode(sendWithKey(), await createUser(send)))
      expect(await createKey(agent)).toEqual(refused)
    }
  })

  test('rejects users without the administrator role, and those promoted later in a browser', async () => {
    const user = await createUser(sendWithKey(), false)
    const agent = await signIn(await issueCode(sendWithKey(), user))
    expect(await createKey(agent)).toEqual(refused)
    await sendByBrowser('PUT /api/users/{id}', { id: user.id, body: userFields(user.username, true) })
    expect(await createKey(agent)).toEqual(refused)
  })

  test('rejects an administrator who lost the role in between', async () => {
    const { id, username } = await createUser(sendWithKey())
    const agent = await signIn(await issueCode(sendWithKey(), { id }))
    await sendByBrowser('PUT /api/users/{id}', { id, body: userFields(username, false) })
    expect(await createKey(agent)).toEqual(refused)
    await sendByBrowser('PUT /api/users/{id}', { id, body: userFields(username, true) })
    expect(await createKey(agent)).toEqual(refused)
  })

  test('rejects an account that has a passkey or ever had one', async () => {
    const user = await createUser(sendWithKey())
    const withPasskey = await signIn(await issueCode(sendWithKey(), user))
    const { answer } = await registerPasskey(withPasskey, instance.url)
    const { id } = answer.json() as { readonly id: string }
    expect(await createKey(await signIn(await issueCode(sendWithKey(), user)))).toEqual(refused)
    const params = { id: user.id, credentialId: id }
    const removed = await instance.call('DELETE /api/users/{id}/webauthn-credentials/{credentialId}', { params })
    expect(removed.status).toBe(204)
    expect(await createKey(await signIn(await issueCode(sendWithKey(), user)))).toEqual(refused)
  })

  test('ends after fifteen minutes, even after another sign-in with a code that a browser session created', async () => {
    const user = await createUser(sendWithKey())
    const start = Date.now()
    const clock = jest.spyOn(Date, 'now').mockReturnValue(start)
    const agent = await signIn(await issueCode(sendWithKey(), user))
    clock.mockReturnValue(start + window)
    expect(await createKey(agent)).toBe(201)
    await signIn(await issueCode(sendByBrowser, user), agent)
    clock.mockReturnValue(start + window + 1)
    expect(await createKey(agent)).toEqual(refused)
    // A clock that was set back does not reopen the window for longer.
    clock.mockReturnValue(start - window - 1)
    expect(await createKey(agent)).toEqual(refused)
  })

  test('does not apply to an account that takes the ID of a removed one', async () => {
    const { id } = await createUser(sendWithKey())
    await sendWithKey()('DELETE /api/users/{id}', { id })
    await sendByBrowser('POST /api/users', { body: { ...userFields(freshName(), true), id } })
    expect(await createKey(await signIn(await issueCode(sendWithKey(), { id })))).toEqual(refused)
  })
})
