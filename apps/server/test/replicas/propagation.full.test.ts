import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { type SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { createTestDatabase, describeUnless, pgbouncerUnavailableReason, startPgbouncer } from '@pocket/test-support'
import { passkeyAnswer, registerPasskey } from '../api/instance.ts'
import { startInstance } from '../e2e/instance.ts'

const apiKey = 'a static api key that is long enough'
/** Milliseconds after which a change must count in every process. */
const propagationTime = 2000

// PgBouncer in transaction mode delivers no notifications, so each process polls for changes.
describeUnless(pgbouncerUnavailableReason, describe)('without notifications', () => {
  test('a change counts in another process within two seconds', async () => {
    await using database = await createTestDatabase()
    await using pooler = await startPgbouncer(database.url, 10)
    await using one = await startInstance('PostgreSQL', {
      DB_CONNECTION_STRING: `${pooler.url}?pooler=transaction`,
      STATIC_API_KEY: apiKey,
    })
    const { url } = one
    const other = await one.startReplica()
    const call = async (method: string, path: string, body?: object, origin = url) => {
      const isForm = body instanceof FormData
      const response = await fetch(origin + path, {
        method,
        headers: { 'x-api-key': apiKey, ...(!isForm && { 'content-type': 'application/json' }) },
        ...(body && { body: isForm ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      if (response.status >= 400) throw new Error(`${method} ${path}: ${text}`)
      return text === '' ? undefined : JSON.parse(text)
    }

    // Data that every process has cached.
    const fetchKids = async (origin: string): Promise<readonly string[]> => {
      const response = await fetch(`${origin}/.well-known/jwks.json`)
      return ((await response.json()) as { readonly keys: readonly { readonly kid: string }[] }).keys.map(
        ({ kid }) => kid,
      )
    }
    const fetchSignInPage = async (origin: string) => (await fetch(`${origin}/login`)).text()
    const fetchLogo = async (origin: string) =>
      fetch(`${origin}/api/application-images/logo`).then((response) => (response.ok ? response.text() : null))
    const cached = {
      kids: fetchKids,
      logo: fetchLogo,
      hasName: async (origin: string) => (await fetchSignInPage(origin)).includes('Renamed'),
    }
    const readAll = async (origin: string) =>
      Object.fromEntries(
        await Promise.all(Object.entries(cached).map(async ([name, read]) => [name, await read(origin)])),
      )
    const before = await readAll(other)
    expect(before).toEqual(await readAll(url))

    const settings: readonly { readonly key: string; readonly value: string }[] = await call(
      'GET',
      '/api/application-configuration/all',
    )
    await call('PUT', '/api/application-configuration', {
      ...Object.fromEntries(settings.map(({ key, value }) => [key, value])),
      appName: 'Renamed',
    })
    const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4"/></svg>'
    const form = new FormData()
    form.set('file', new Blob([picture], { type: 'image/svg+xml' }), 'logo.svg')
    await call('PUT', '/api/application-images/logo', form)
    await call('POST', '/api/signing-keys/rotate', { now: true })
    await delay(propagationTime)
    const after = await readAll(other)
    expect(after).toEqual(await readAll(url))
    expect(after).toMatchObject({ hasName: true, logo: expect.stringContaining('r="4"') })
    expect(after.kids).not.toEqual(expect.arrayContaining([before.kids[0]]))

    // Data that every process reads from the database each time.
    const agentAtReplica = () => new UserAgent({ resolve: { [url]: other } })
    const createPerson = async (username: string) => {
      const { id } = await call('POST', '/api/users', {
        username,
        firstName: username,
        email: `${username}@x.example`,
      })
      const issued = await call('POST', `/api/users/${id}/one-time-access-token`, {})
      const here = new UserAgent()
      await here.postJson(`${url}/api/one-time-access-token/${issued.token}`, {})
      const { authenticator, answer } = await registerPasskey(here, url)
      const passkeyId = (answer.json() as { readonly id: string }).id
      const there = agentAtReplica()
      expect(await signIn(there, authenticator)).toBe(200)
      expect(await fetchOwnStatus(there)).toBe(200)
      return { id, here, there, authenticator, passkeyId }
    }
    const signIn = async (agent: UserAgent, passkey: SoftwareAuthenticator) =>
      (await agent.postJson(`${url}/api/webauthn/login/finish`, await passkeyAnswer(agent, url, passkey))).status
    const fetchOwnStatus = async (agent: UserAgent) => (await agent.getJson(`${url}/api/users/me`)).status

    const disabled = await createPerson('grace')
    await call('PUT', `/api/users/${disabled.id}`, {
      ...(await call('GET', `/api/users/${disabled.id}`)),
      disabled: true,
    })
    expect(await fetchOwnStatus(disabled.there)).toBe(401)
    expect(await signIn(agentAtReplica(), disabled.authenticator)).toBeGreaterThanOrEqual(400)

    const signedOut = await createPerson('linus')
    await call('DELETE', `/api/users/${signedOut.id}/sessions`)
    expect(await fetchOwnStatus(signedOut.there)).toBe(401)
    expect(await signIn(agentAtReplica(), signedOut.authenticator)).toBe(200)

    const editedUser = await createPerson('edith')
    await call('DELETE', `/api/users/${editedUser.id}/webauthn-credentials/${editedUser.passkeyId}`)
    expect(await fetchOwnStatus(editedUser.there)).toBe(401)
    expect(await signIn(agentAtReplica(), editedUser.authenticator)).toBeGreaterThanOrEqual(400)
  })
})
