import { expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { decide, openBrowser, shareHost, visit } from './host.ts'
import { authorizationUrl, followAuthorization, redirectUri, relyingParty } from './login.ts'
import { sendForm } from './requests.ts'

const host = shareHost()

async function exchangeCode(callback: string | null, clientId: string, secret: string) {
  const response = await sendForm(host, 'token', {
    grant_type: 'authorization_code',
    code: new URL(callback ?? '').searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    client_id: clientId,
    client_secret: secret,
  })
  return { status: response.status, json: (await response.json()) as Readonly<Record<string, unknown>> }
}

test.each([{}, { scope: '' }, { nonce: 'a nonce' }, { scope: 'unknown' }, { scope: 'profile', nonce: 'a nonce' }])(
  'issues a code without an ID token to a request without the scope openid: %j',
  async (extra) => {
    const { client, secret } = await relyingParty(host)
    const request = { client_id: client.id, redirect_uri: redirectUri, response_type: 'code', ...extra }
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
  const silent = await visit(agent, `${url}&prompt=none`)
  expect(silent.location).toContain('error=login_required')
  const { page } = await followAuthorization(host, authorizationUrl(host, await relyingParty(host)), { agent, person })
  expect(page.location).toContain('code=')
  const refused = await visit(agent, `${url}&prompt=none`)
  expect(refused.location).toContain('error=consent_required')
  const response = await visit(agent, url)
  const allowed = await decide(agent, response)
  expect(allowed.location).toContain('code=')
  const again = await visit(agent, `${url}&prompt=none`)
  expect(again.location).toContain('code=')
})

test('issues a code without an ID token to a pushed request', async () => {
  const { client, secret } = await relyingParty(host)
  const request = { redirect_uri: redirectUri, response_type: 'code', nonce: 'a nonce' }
  const pushed = await sendForm(host, 'par', { client_id: client.id, client_secret: secret, ...request })
  expect(pushed.status).toBe(201)
  const { request_uri } = (await pushed.json()) as { request_uri: string }
  const query = new URLSearchParams({ client_id: client.id, request_uri })
  const { page } = await followAuthorization(host, `${host.issuer}/authorize?${query}`)
  expect((await exchangeCode(page.location, client.id, secret)).json).not.toHaveProperty('id_token')
})

test('still rejects a nonce without the scope openid if the client adds that scope', async () => {
  const { client } = await relyingParty(host, { protocol: { defaultScopes: ['openid'] } })
  const request = { client_id: client.id, redirect_uri: redirectUri, response_type: 'code', nonce: 'a nonce' }
  const { page } = await openBrowser(`${host.issuer}/authorize?${new URLSearchParams(request)}`)
  expect(page.location).toContain('error=invalid_request')
})

test('accepts a redirect URI whose scheme and host are in upper case', async () => {
  const { client } = await relyingParty(host)
  const uri = redirectUri.replace('https://app', 'HTTPS://APP')
  const { page } = await followAuthorization(host, authorizationUrl(host, client.id, { redirect_uri: uri }))
  expect(page.location ?? page.url).toMatch(/code=/)
})

test('reports an ID token as inactive at introspection', async () => {
  const { client, secret } = await relyingParty(host)
  const { page } = await followAuthorization(host, authorizationUrl(host, client.id))
  const { json } = await exchangeCode(page.location, client.id, secret)
  const credentials = { client_id: client.id, client_secret: secret }
  const response = await sendForm(host, 'introspect', { token: String(json.id_token), ...credentials })
  expect([response.status, await response.json()]).toEqual([200, { active: false }])
})
