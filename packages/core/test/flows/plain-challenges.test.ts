import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { type Host, startHost } from './host.ts'
import { followAuthorization, isRedirectUri, redirectUri, relyingParty } from './login.ts'

type Party = Awaited<ReturnType<typeof relyingParty>>

const verifier = 'v'.repeat(43)

let host: Host
beforeAll(async () => {
  host = await startHost()
})
afterAll(async () => {
  expect(host.errors).toEqual([])
  await host[Symbol.asyncDispose]()
})

const authorizationParameters = ({ client }: Party) => ({
  client_id: client.id,
  redirect_uri: redirectUri,
  response_type: 'code',
  scope: 'openid',
  state: 'a state',
})

async function exchangeCode({ client, secret }: Party, callback: string | null, code_verifier: string) {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: new URL(callback ?? '').searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    client_id: client.id,
    client_secret: secret,
    code_verifier,
  })
  return (await fetch(`${host.issuer}/api/oidc/token`, { method: 'POST', body })).status
}

const authorizationUrl = (parameters: Readonly<Record<string, string>>) =>
  `${host.issuer}/authorize?${new URLSearchParams(parameters)}`

test.each([{}, { code_challenge_method: 'plain' }])(
  'accepts a plain challenge of a client that may send it, and only its verifier: %o',
  async (method) => {
    const party = await relyingParty(host, { protocol: { plainPkce: true } })
    const request = { ...authorizationParameters(party), code_challenge: verifier, ...method }
    for (const [sent, status] of [
      [verifier, 200],
      ['w'.repeat(43), 400],
    ] as const) {
      const { page } = await followAuthorization(host, authorizationUrl(request))
      expect(await exchangeCode(party, page.location, sent)).toBe(status)
    }
  },
)

test('accepts a plain challenge in a pushed request', async () => {
  const party = await relyingParty(host, { protocol: { plainPkce: true } })
  const body = new URLSearchParams({
    ...authorizationParameters(party),
    client_secret: party.secret,
    code_challenge: verifier,
  })
  const pushed = await fetch(`${host.issuer}/api/oidc/par`, { method: 'POST', body })
  expect(pushed.status).toBe(201)
  const { request_uri } = (await pushed.json()) as { request_uri: string }
  const { page } = await followAuthorization(host, authorizationUrl({ client_id: party.client.id, request_uri }))
  expect(await exchangeCode(party, page.location, verifier)).toBe(200)
})

test.each([{}, { code_challenge_method: 'plain' }])(
  'rejects a plain challenge of any other client, and explains it in the connection log: %o',
  async (method) => {
    const party = await relyingParty(host)
    const agent = new UserAgent()
    const request = { ...authorizationParameters(party), code_challenge: verifier, ...method }
    const response = await agent.follow(await agent.get(authorizationUrl(request)), { until: isRedirectUri })
    expect(response.location).toContain('error=invalid_request')
    expect(await host.pocket.connectionLog.list(party.client.id)).toMatchObject([
      { succeeded: false, error: 'invalid_request', reason: expect.stringContaining('code_challenge_method=S256') },
    ])
  },
)
