import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { decide, type Host, startHost } from './host.ts'
import { followAuthorization, isRedirectUri, redirectUri, relyingParty } from './login.ts'

let host: Host
beforeAll(async () => {
  host = await startHost()
})
afterAll(async () => {
  expect(host.errors).toEqual([])
  await host[Symbol.asyncDispose]()
})

async function exchangeCode(callback: string | null, clientId: string, secret: string) {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: new URL(callback ?? '').searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    client_id: clientId,
    client_secret: secret,
  })
  const response = await fetch(`${host.issuer}/api/oidc/token`, { method: 'POST', body })
  return { status: response.status, json: (await response.json()) as Readonly<Record<string, unknown>> }
}

test.each([{}, { scope: '' }, { nonce: 'a nonce' }, { scope: 'unknown' }, { scope: 'profile', nonce: 'a nonce' }])(
  'issues a code without an ID token to a request without the scope openid: %j',
  async (extra) => {
    const { client, secret } = await relyingParty(host)
    const request = {
      client_id: client.id,
      redirect_uri: redirectUri,
      response_type: 'code',
      state: 'a state',
      ...extra,
    }
    const { page } = await followAuthorization(host, `${host.issuer}/authorize?${new URLSearchParams(request)}`)
    const { status, json } = await exchangeCode(page.location, client.id, secret)
    expect(status).toBe(200)
    expect(json).not.toHaveProperty('id_token')
    expect(json.scope ?? '').toBe(extra.scope === 'profile' ? 'profile' : '')
  },
)

test('asks for consent to a request without scopes, and remembers it', async () => {
  const { client } = await relyingParty(host)
  const request = { client_id: client.id, redirect_uri: redirectUri, response_type: 'code' }
  const url = `${host.issuer}/authorize?${new URLSearchParams(request)}`
  const agent = new UserAgent()
  const person = await host.person('ada')
  const silent = await agent.follow(await agent.get(`${url}&prompt=none`), { until: isRedirectUri })
  expect(silent.location).toContain('error=login_required')
  const { page } = await followAuthorization(
    host,
    `${host.issuer}/authorize?${new URLSearchParams({ ...request, client_id: (await relyingParty(host)).client.id })}`,
    { agent, person },
  )
  expect(page.location).toContain('code=')
  const refused = await agent.follow(await agent.get(`${url}&prompt=none`), { until: isRedirectUri })
  expect(refused.location).toContain('error=consent_required')
  const response = await agent.follow(await agent.get(url), { until: isRedirectUri })
  const allowed = await decide(agent, response, 'submitTo', isRedirectUri)
  expect(allowed.location).toContain('code=')
  const again = await agent.follow(await agent.get(`${url}&prompt=none`), { until: isRedirectUri })
  expect(again.location).toContain('code=')
})

test('issues a code without an ID token to a pushed request', async () => {
  const { client, secret } = await relyingParty(host)
  const body = new URLSearchParams({
    ...{
      client_id: client.id,
      client_secret: secret,
      redirect_uri: redirectUri,
      response_type: 'code',
      nonce: 'a nonce',
    },
  })
  const pushed = await fetch(`${host.issuer}/api/oidc/par`, { method: 'POST', body })
  expect(pushed.status).toBe(201)
  const { request_uri } = (await pushed.json()) as { request_uri: string }
  const query = new URLSearchParams({ client_id: client.id, request_uri })
  const { page } = await followAuthorization(host, `${host.issuer}/authorize?${query}`)
  expect((await exchangeCode(page.location, client.id, secret)).json).not.toHaveProperty('id_token')
})

test('still rejects a nonce without the scope openid if the client adds that scope', async () => {
  const { client } = await relyingParty(host, { protocol: { defaultScopes: ['openid'] } })
  const request = { client_id: client.id, redirect_uri: redirectUri, response_type: 'code', nonce: 'a nonce' }
  const agent = new UserAgent()
  const page = await agent.follow(await agent.get(`${host.issuer}/authorize?${new URLSearchParams(request)}`), {
    until: isRedirectUri,
  })
  expect(page.location).toContain('error=invalid_request')
})

test('accepts a redirect URI whose scheme and host are in upper case', async () => {
  const { client, secret } = await relyingParty(host)
  const uri = redirectUri.replace('https://app', 'HTTPS://APP')
  const request = { client_id: client.id, redirect_uri: uri, response_type: 'code', scope: 'openid' }
  const { page } = await followAuthorization(host, `${host.issuer}/authorize?${new URLSearchParams(request)}`)
  expect(page.location ?? page.url).toMatch(/code=/)
  expect(secret).not.toBe('')
})

test('reports an ID token as inactive at introspection', async () => {
  const { client, secret } = await relyingParty(host)
  const request = { client_id: client.id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid' }
  const { page } = await followAuthorization(host, `${host.issuer}/authorize?${new URLSearchParams(request)}`)
  const { json } = await exchangeCode(page.location, client.id, secret)
  const body = new URLSearchParams({ token: String(json.id_token), client_id: client.id, client_secret: secret })
  const response = await fetch(`${host.issuer}/api/oidc/introspect`, { method: 'POST', body })
  expect([response.status, await response.json()]).toEqual([200, { active: false }])
})
