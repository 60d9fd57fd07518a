import { expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { shareHost, visit } from './host.ts'
import { authorizationUrl, followAuthorization, redirectUri, relyingParty } from './login.ts'
import { sendForm } from './requests.ts'

type Party = Awaited<ReturnType<typeof relyingParty>>

const verifier = 'v'.repeat(43)

const host = shareHost()

async function exchangeCode({ client, secret }: Party, callback: string | null, code_verifier: string) {
  const code = new URL(callback ?? '').searchParams.get('code') ?? ''
  const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier }
  return (await sendForm(host, 'token', { ...grant, client_id: client.id, client_secret: secret })).status
}

test.each([{}, { code_challenge_method: 'plain' }])(
  'accepts a plain challenge of a client that may send it, and only its verifier: %o',
  async (method) => {
    const party = await relyingParty(host, { protocol: { plainPkce: true } })
    const url = authorizationUrl(host, party, { code_challenge: verifier, ...method })
    for (const [sent, status] of [
      [verifier, 200],
      ['w'.repeat(43), 400],
    ] as const) {
      const { page } = await followAuthorization(host, url)
      expect(await exchangeCode(party, page.location, sent)).toBe(status)
    }
  },
)

test('accepts a plain challenge in a pushed request', async () => {
  const party = await relyingParty(host, { protocol: { plainPkce: true } })
  const request = { redirect_uri: redirectUri, scope: 'openid', code_challenge: verifier }
  const url = await oidc.buildAuthorizationUrlWithPAR(party.configuration, request)
  const { page } = await followAuthorization(host, url.href)
  expect(await exchangeCode(party, page.location, verifier)).toBe(200)
})

test.each([{}, { code_challenge_method: 'plain' }])(
  'rejects a plain challenge of any other client, and explains it in the connection log: %o',
  async (method) => {
    const party = await relyingParty(host)
    const url = authorizationUrl(host, party, { code_challenge: verifier, ...method })
    const response = await visit(new UserAgent(), url)
    expect(response.location).toContain('error=invalid_request')
    expect(await host.pocket.connectionLog.list(party.client.id)).toMatchObject([
      { succeeded: false, error: 'invalid_request', reason: expect.stringContaining('code_challenge_method=S256') },
    ])
  },
)
