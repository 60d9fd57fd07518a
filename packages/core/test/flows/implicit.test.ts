import { expect, test } from '@jest/globals'
import type { ClientProtocolInput, PocketOptions } from '@pocket/core'
import { decodeJwt } from 'jose'
import * as oidc from 'openid-client'
import { startHost } from './host.ts'
import { followAuthorization, redirectUri, relyingParty } from './login.ts'
import { fetchUserInfo, openRegistration, sendJson, verifyJwt } from './requests.ts'

const open = { protocol: { clientRegistration: openRegistration } }

/** The parameters in the URL fragment. */
async function requestImplicitTokens(
  options: Partial<PocketOptions>,
  protocol: ClientProtocolInput,
  responseType = 'id_token token',
) {
  const host = await startHost({ options })
  const { client, configuration } = await relyingParty(host, { protocol })
  const parameters = { redirect_uri: redirectUri, scope: 'openid profile', nonce: 'n', state: 's' }
  const url = oidc.buildAuthorizationUrl(configuration, { ...parameters, response_type: responseType })
  const { page, account } = await followAuthorization(host, url.href)
  const result = Object.fromEntries(new URLSearchParams(new URL(page.location ?? '').hash.slice(1)))
  return { host, client, account, answer: result, [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() }
}

test('id_token token returns both tokens to a client with the implicit grant', async () => {
  await using asked = await requestImplicitTokens({ protocol: { allowImplicit: true } }, { implicitIdToken: true })
  const { host, client, account, answer } = asked
  expect(answer).toMatchObject({ state: 's', token_type: 'Bearer', expires_in: '3600' })
  const { payload } = await verifyJwt(host, answer.id_token ?? '', { audience: client.id })
  expect(payload).toMatchObject({ sub: account.id, nonce: 'n', at_hash: expect.any(String) })
  const userInfo = () => fetchUserInfo(host, answer.access_token ?? '')
  expect(await (await userInfo()).json()).toMatchObject({ sub: account.id, preferred_username: 'ada' })
  await host.pocket.endAccess(account.id)
  expect((await userInfo()).status).toBe(401)
})

test('token id_token in the other order is the same response type', async () => {
  await using asked = await requestImplicitTokens(
    { protocol: { allowImplicit: true } },
    { implicitIdToken: true },
    'token id_token',
  )
  expect(decodeJwt(asked.answer.id_token ?? '')).toHaveProperty('at_hash')
})

test.each<[string, Partial<PocketOptions>, ClientProtocolInput, string]>([
  ['by default', {}, { implicitIdToken: true }, 'unsupported_response_type'],
  ['for a client without the implicit grant', { protocol: { allowImplicit: true } }, {}, 'invalid_request'],
  [
    'for a client whose tokens are bound to a key',
    { protocol: { allowImplicit: true } },
    { implicitIdToken: true, dpopBoundAccessTokens: true },
    'invalid_request',
  ],
])('id_token token is rejected %s', async (_when, options, protocol, error) => {
  await using asked = await requestImplicitTokens(options, protocol)
  expect(asked.answer).toMatchObject({ error, state: 's' })
  expect(asked.answer).not.toHaveProperty('access_token')
})

test('a client that registered itself for id_token token loses it when the option is disabled', async () => {
  await using host = await startHost({ options: { protocol: { ...open.protocol, allowImplicit: true } } })
  const metadata = {
    redirect_uris: [redirectUri],
    response_types: ['id_token token', 'code'],
    grant_types: ['implicit', 'authorization_code'],
  }
  const register = (issuer: string) => sendJson('POST', `${issuer}/api/oidc/register`, metadata)
  const response = await register(host.issuer)
  const registered = (await response.json()) as Readonly<Record<string, unknown>>
  expect([response.status, registered]).toMatchObject([201, { response_types: ['id_token token', 'code'] }])
  await using strict = await startHost({ stores: host.stores, options: open })
  const received = await fetch(`${strict.issuer}/api/oidc/register/${String(registered.client_id)}`, {
    headers: { authorization: `Bearer ${String(registered.registration_access_token)}` },
  })
  expect([received.status, await received.json()]).toMatchObject([200, { response_types: ['code'] }])
  expect((await register(strict.issuer)).status).toBe(400)
})
