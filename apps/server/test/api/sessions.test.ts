import { describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { type CalledInstance, findAuditEvents, startCalledInstance } from './calls.ts'
import { authorizationUrl, type Person, signInWithPasskey } from './instance.ts'
import { freshName } from './people.ts'

const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'

describe('sessions', () => {
  const instance = shareBetweenTests(() => startCalledInstance('SQLite'))
  let person: Person

  async function signInSecondBrowser({ authenticator }: Person) {
    const agent = new UserAgent({ headers: { 'user-agent': firefox } })
    expect((await signInWithPasskey(agent, instance.url, authenticator)).status).toBe(200)
    return agent
  }

  const fetchList = async (call: string, options: Parameters<CalledInstance['call']>[1]) =>
    (await instance.call(call, options)).json as unknown as readonly Readonly<Record<string, unknown>>[]

  test('shows users their sessions, and ends one or all others', async () => {
    person = await instance.person(freshName())
    const { agent, id } = person
    const other = await signInSecondBrowser(person)
    const callback = 'https://photos.example/callback'
    const client = await instance.call('POST /api/oidc/clients', {
      body: { name: 'Photos', callbackURLs: [callback], isPublic: true, pkceEnabled: false, skipConsent: true },
    })
    const pkce = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' }
    await other.get(authorizationUrl(instance.url, String(client.json.id), callback, pkce))

    const sessions = await fetchList('GET /api/sessions', { agent })
    expect(sessions).toHaveLength(2)
    const [here, there] = [sessions.find(({ current }) => current), sessions.find(({ current }) => !current)]
    expect(there).toEqual({
      id: expect.any(String),
      device: 'Firefox on Windows',
      ipAddress: expect.any(String),
      country: 'Internal Network',
      city: 'LAN',
      startedAt: expect.any(String),
      lastUsedAt: expect.any(String),
      expiresAt: expect.any(String),
      clients: [{ id: client.json.id, name: 'Photos' }],
      current: false,
    })
    for (const { value } of [...agent.cookies(), ...other.cookies()])
      expect(JSON.stringify(sessions)).not.toContain(value)

    const otherUser = await instance.person(freshName())
    const params = { id: String(there?.id) }
    expect(await instance.call('DELETE /api/sessions/{id}', { params, agent: otherUser.agent })).toMatchObject({
      status: 404,
    })
    expect((await instance.call('DELETE /api/sessions/{id}', { params, agent })).status).toBe(204)
    expect((await instance.call('GET /api/users/me', { agent: other })).status).toBe(401)
    expect((await instance.call('GET /api/users/me', { agent })).status).toBe(200)
    expect(findAuditEvents(instance, 'session_ended')).toContainEqual(
      expect.objectContaining({ accountId: id, sessionId: there?.id }),
    )

    const third = await signInSecondBrowser(person)
    expect((await instance.call('DELETE /api/sessions', { agent })).status).toBe(204)
    expect((await instance.call('GET /api/users/me', { agent: third })).status).toBe(401)
    expect(await fetchList('GET /api/sessions', { agent })).toEqual([
      expect.objectContaining({ id: here?.id, current: true }),
    ])
  })

  test('shows sessions only to administrators and lets only them end sessions of others', async () => {
    const { agent, id } = await instance.person(freshName())
    const params = { id }
    expect((await instance.call('GET /api/users/{id}/sessions', { params, agent })).status).toBe(403)
    const [session] = await fetchList('GET /api/users/{id}/sessions', { params })
    expect(session).toMatchObject({ current: false, clients: [] })
    const one = { id, sessionId: String(session?.id) }
    expect((await instance.call('DELETE /api/users/{id}/sessions/{sessionId}', { params: one })).status).toBe(204)
    expect((await instance.call('DELETE /api/users/{id}/sessions/{sessionId}', { params: one })).status).toBe(404)
    expect((await instance.call('GET /api/users/me', { agent })).status).toBe(401)
    expect(findAuditEvents(instance, 'session_ended')).toContainEqual(
      expect.objectContaining({ accountId: id, by: expect.any(String) }),
    )
    const another = await instance.person(freshName())
    expect((await instance.call('DELETE /api/users/{id}/sessions', { params: { id: another.id } })).status).toBe(204)
    expect((await instance.call('GET /api/users/me', { agent: another.agent })).status).toBe(401)
    const noUser = { id: crypto.randomUUID() }
    expect((await instance.call('DELETE /api/users/{id}/sessions', { params: noUser })).status).toBe(404)
  })

  test('changes the session lifetime while the server runs', async () => {
    await instance.call('PATCH /api/settings', { body: { sessionIdleMinutes: 15 } })
    const before = Date.now()
    const { agent } = await instance.person(freshName())
    const [session] = await fetchList('GET /api/sessions', { agent })
    const expiresAt = Date.parse(String(session?.expiresAt))
    // Sessions end at whole seconds.
    expect(expiresAt).toBeGreaterThan(before + 15 * 60_000 - 1000)
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 15 * 60_000)
    await instance.call('PATCH /api/settings', { body: { sessionIdleMinutes: null } })
  })
})
