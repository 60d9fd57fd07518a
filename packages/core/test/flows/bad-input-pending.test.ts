import { describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { form, startSignIn } from './bad-input-fixture.ts'
import { decide, freshHost, type Host, hour, signIn, startHost, viewOf, visit } from './host.ts'
import { authorizationUrl, redirectUri } from './login.ts'
import { cookieHeader } from './requests.ts'

const host = freshHost()

describe('interaction', () => {
  test('that has expired offers to start again', async () => {
    const { agent, page, authenticator } = await startSignIn(host)
    const cookie = agent.cookies().find(({ name }) => name === 'interaction')
    expect(cookie?.expiresAt).toBeGreaterThan(Date.now() + 24 * hour)
    await ageInteractions(host)
    const late = viewOf(await agent.get(page.url))
    if (late.view !== 'error' || !late.retryAt) throw new Error(`no way to start again: ${JSON.stringify(late)}`)
    const fresh = await agent.follow(await agent.get(`${host.issuer}${late.retryAt}`))
    const returned = await decide(agent, await signIn(agent, fresh, authenticator))
    expect(returned.location).toContain('code=')
  })

  test('of another browser cannot be opened', async () => {
    const { page } = await startSignIn(host)
    const response = await new UserAgent().get(page.url)
    expect([response.status, viewOf(response)]).toMatchObject([404, { code: 'interaction_expired' }])
  })

  test('rejects consent after the session has ended', async () => {
    const { agent, page, authenticator, account } = await startSignIn(host)
    const consent = await signIn(agent, page, authenticator)
    const { pathname } = new URL(consent.url)
    const cookie = cookieHeader(
      agent,
      ({ name, path }) => !name.startsWith('access_token') && pathname.startsWith(path),
    )
    const response = await agent.postForm(`${consent.url}/consent`, {}, { headers: { cookie } })
    expect([response.status, viewOf(response)]).toMatchObject([
      409,
      { code: 'interaction_expired', retryAt: expect.stringContaining('/authorize?') },
    ])
    await host.pocket.endAccess(account.id)
    expect((await agent.postForm(`${consent.url}/consent`, {})).status).toBe(404)
    expect(host.events.map(({ event }) => event)).not.toContain('consent_given')
  })

  test('rejects consent if another user has signed in in the browser since', async () => {
    const { agent, page, authenticator } = await startSignIn(host)
    const consent = await signIn(agent, page, authenticator)
    const bob = await host.person('bob')
    const other = new UserAgent()
    const { client } = await host.client({ redirectUris: [redirectUri] })
    await signIn(other, await other.follow(await other.get(authorizationUrl(host, client.id))), bob.authenticator)
    const { pathname } = new URL(consent.url)
    const ofAda = agent
      .cookies()
      .filter(({ name, path }) => !name.startsWith('access_token') && pathname.startsWith(path))
    const ofBob = other.cookies().filter(({ name }) => name.startsWith('access_token'))
    const cookie = [...ofAda, ...ofBob].map(({ name, value }) => `${name}=${value}`).join('; ')
    const response = await agent.postForm(`${consent.url}/consent`, {}, { headers: { cookie } })
    expect([response.status, viewOf(response)]).toMatchObject([409, { code: 'interaction_expired' }])
    expect(host.events.map(({ event }) => event)).not.toContain('consent_given')
  })

  test('offers another sign-in method only if it can finish the request', async () => {
    await using host = await startHost({ options: { pages: { otherMethodsUrl: '/lc' } } })
    const { agent, page, client, authenticator } = await startSignIn(host)
    expect(viewOf(page)).toMatchObject({
      otherMethodsUrl: `/lc?${new URLSearchParams({ redirect: new URL(page.url).pathname })}`,
    })
    await decide(agent, await signIn(agent, page, authenticator))
    const again = await agent.follow(await agent.get(authorizationUrl(host, client.id, { prompt: 'login' })))
    expect(viewOf(again)).toMatchObject({ view: 'sign-in', reason: 'again', otherMethodsUrl: null })
  })

  test.each<[string, string, string | undefined, number]>([
    ['JSON', '{"account":"x"}', 'application/json', 400],
    ['plain text', 'account=x', 'text/plain', 400],
    ['a multipart body', '--x\r\n\r\n--x--', 'multipart/form-data; boundary=x', 400],
    ['a form of a megabyte', `account=${'x'.repeat(1_000_000)}`, form, 413],
    ['an empty form', '', form, 403],
    ['no body', '', undefined, 403],
    ['broken escapes', 'account=%ZZ&%', form, 403],
    ['a NUL', 'account=%00', form, 403],
    ['two accounts', 'account=x&account=y', form, 403],
    ['a nested field', 'account[]=x', form, 403],
  ])(
    'with account selection does not accept %s as an account, and signs no one out',
    async (_what, body, type, status) => {
      const { agent, page, authenticator, client } = await startSignIn(host)
      await decide(agent, await signIn(agent, page, authenticator))
      const chooser = await visit(agent, authorizationUrl(host, client.id, { prompt: 'select_account' }))
      expect(viewOf(chooser)).toMatchObject({ view: 'select-account' })
      const { pathname } = new URL(chooser.url)
      const cookie = cookieHeader(agent, ({ path }) => pathname.startsWith(path))
      for (const action of ['account', 'sign-out']) {
        const headers = { cookie, accept: 'text/html', ...(type !== undefined && { 'content-type': type }) }
        const init = { method: 'POST', headers, redirect: 'manual', ...(type !== undefined && { body }) } as const
        const response = await fetch(`${chooser.url}/${action}`, init)
        expect([action, response.status]).toEqual([action, action === 'sign-out' && status === 403 ? 303 : status])
      }
      const silent = await agent.get(authorizationUrl(host, client.id, { prompt: 'none' }))
      expect([silent.location, host.errors]).toEqual([expect.stringContaining('code='), []])
    },
  )

  test('that fails with a server error is reported to the host', async () => {
    const { agent, page } = await startSignIn(host)
    host.stores.artifacts.find = async () => {
      throw new Error('the database went away')
    }
    expect((await agent.get(page.url)).status).toBe(500)
    expect(host.errors.splice(0)).toEqual([expect.objectContaining({ message: 'the database went away' })])
  })

  test('with a sign-in prompt cannot be finished by consent', async () => {
    const { agent, page } = await startSignIn(host)
    const response = await agent.postForm(`${page.url}/consent`, {})
    expect(response.status).toBe(403)
  })
})

/** The library reads its own clock, so an expired object must be backdated by that clock. */
async function ageInteractions(host: Host): Promise<void> {
  const { artifacts } = host.stores
  const fresh = new Set<string>()
  const upsert = artifacts.upsert.bind(artifacts)
  artifacts.upsert = (artifact) => {
    fresh.add(artifact.key)
    return upsert(artifact)
  }
  const insertPending = artifacts.insertPending.bind(artifacts)
  artifacts.insertPending = (artifact, ...limits) => {
    fresh.add(artifact.key)
    return insertPending(artifact, ...limits)
  }
  const find = artifacts.find.bind(artifacts)
  artifacts.find = async (key) => {
    const artifact = await find(key)
    if (artifact?.model !== 'Interaction' || fresh.has(artifact.key)) return artifact
    const payload = JSON.parse(artifact.payload)
    return { ...artifact, payload: JSON.stringify({ ...payload, iat: payload.iat - 61 * 60 }) }
  }
}
