import { randomUUID } from 'node:crypto'
import { describe, expect, jest, test } from '@jest/globals'
import { audited, kinds, startCalled } from './calls.ts'
import { passkeyAnswer, registerPasskey } from './instance.ts'
import { freshName } from './people.ts'

const key = () => ({ name: 'For a script', expiresAt: new Date(Date.now() + 86_400_000).toISOString() })

/** Lets the session of whoever is signed in grow older. */
function pass(milliseconds: number) {
  const now = Date.now() + milliseconds
  jest.spyOn(Date, 'now').mockImplementation(() => now)
}

describe.each(kinds)('%s', (kind) => {
  test('what is sensitive asks for a passkey that was used within the last minute, by the same person', async () => {
    await using instance = await startCalled(kind)
    const { url } = instance
    const { agent, authenticator } = await instance.person(freshName())
    const person = { agent }
    // A passkey was registered in this session just now.
    expect((await instance.call('POST /api/api-keys', { body: key(), ...person })).status).toBe(201)
    const second = await registerPasskey(agent, url)
    expect(second.answer.status).toBe(200)
    const credential = { id: String((second.answer.json() as { id: string }).id) }
    try {
      pass(61_000)
      const stale = {
        create: await instance.call('POST /api/api-keys', { body: key(), ...person }),
        add: await instance.call('GET /api/webauthn/register/start', person),
        remove: await instance.call('DELETE /api/webauthn/credentials/{id}', { params: credential, ...person }),
      }
      for (const { status, json } of Object.values(stale))
        expect([status, json.code]).toEqual([401, 'reauthentication_required'])

      const stranger = await instance.person(freshName())
      const foreign = await passkeyAnswer(agent, url, stranger.authenticator)
      expect((await instance.call('POST /api/webauthn/reauthenticate', { body: foreign, ...person })).status).toBe(401)
      expect((await instance.call('POST /api/api-keys', { body: key(), ...person })).status).toBe(401)

      const body = await passkeyAnswer(agent, url, authenticator)
      expect((await instance.call('POST /api/webauthn/reauthenticate', { body, ...person })).status).toBe(204)
      expect((await instance.call('POST /api/api-keys', { body: key(), ...person })).status).toBe(201)
      const removed = await instance.call('DELETE /api/webauthn/credentials/{id}', { params: credential, ...person })
      expect(removed.status).toBe(204)
      expect(audited(instance, 'reauthenticated')).toHaveLength(1)
    } finally {
      jest.restoreAllMocks()
    }
  })

  test('an administrator uses it for settings and for administrators, and an API key needs its scope alone', async () => {
    await using instance = await startCalled(kind)
    const { url, administrator: agent } = instance
    const me = await instance.call('GET /api/users/me')
    const { token } = (await instance.call('POST /api/api-keys', { body: key() })).json
    const send = (method: string, path: string, body: object, headers = {}) =>
      (Object.keys(headers).length > 0 ? instance.agent() : agent).sendJson(method, url + path, {
        body,
        options: { headers },
      })
    const person = await instance.person(freshName())
    const names = { username: freshName(), email: `${randomUUID()}@example.com`, firstName: 'Eve', displayName: 'Eve' }
    try {
      pass(61_000)
      const acts = [
        ['PATCH', '/api/settings', { unusedClientDays: 31 }],
        ['POST', '/api/users', { ...names, isAdmin: true }],
        ['POST', `/api/users/${me.json.id}/one-time-access-token`, {}],
        ['PUT', `/api/custom-claims/user/${me.json.id}`, []],
        ['DELETE', `/api/users/${me.json.id}`, {}],
      ] as const
      for (const [method, path, body] of acts)
        expect([path, (await send(method, path, body)).status]).toEqual([path, 401])
      // Everything else goes on.
      expect((await send('POST', '/api/users', names)).status).toBe(201)
      expect((await send('PUT', `/api/custom-claims/user/${person.id}`, [])).status).toBe(200)
      const withKey = { 'x-api-key': String(token) }
      expect((await send('PATCH', '/api/settings', { unusedClientDays: 31 }, withKey)).status).toBe(200)
    } finally {
      jest.restoreAllMocks()
    }
  })

  test('who came by a login code registers a passkey without one, though others are known', async () => {
    await using instance = await startCalled(kind)
    const name = freshName()
    await instance.person(name)
    const { code } = await instance.app.issueLoginCode(name)
    const agent = instance.agent()
    await agent.postForm(`${instance.url}/lc`, { code })
    try {
      pass(61_000)
      expect((await instance.call('POST /api/api-keys', { body: key(), agent })).json.code).toBe('passkey_required')
      const [lost] = (await agent.getJson(`${instance.url}/api/webauthn/credentials`)).json() as { id: string }[]
      const remove = () =>
        instance.call('DELETE /api/webauthn/credentials/{id}', { params: { id: lost?.id ?? '' }, agent })
      expect((await remove()).status).toBe(401)
      expect((await registerPasskey(agent, instance.url)).answer.status).toBe(200)
      expect((await remove()).status).toBe(204)
    } finally {
      jest.restoreAllMocks()
    }
  })
  test('an administrator who came by a login code and has no passkey changes nothing sensitive before there is one', async () => {
    await using instance = await startCalled(kind)
    const { id, agent } = await instance.personWithoutPasskey(freshName())
    await instance.app.directory.users.update(id, {}, { administrator: true })
    const change = () => instance.call('PATCH /api/settings', { body: { unusedClientDays: 31 }, agent })
    expect(await change()).toMatchObject({ status: 403, json: { code: 'passkey_required' } })
    expect((await registerPasskey(agent, instance.url)).answer.status).toBe(200)
    expect((await change()).status).toBe(200)
  })
})
