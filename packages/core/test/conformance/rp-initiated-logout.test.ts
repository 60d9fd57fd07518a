import { describe, expect, test } from '@jest/globals'
import { startForEachTest } from '@pocket/test-support'
import { decodeProtectedHeader, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import * as oidc from 'openid-client'
import { viewOf } from '../flows/host.ts'
import { redirectUri } from '../flows/login.ts'
import { openRegistration } from '../flows/requests.ts'
import { confirmLogout, endSession, isLoggedIn, postLogoutRedirectUri, startLoggedIn } from './logout.ts'
import { logIn } from './party.ts'

const open = { protocol: { clientRegistration: openRegistration } }

describe('oidcc-rp-initiated-logout-certification-test-plan', () => {
  const session = startForEachTest(startLoggedIn)
  // It has the length of the suite's `state`, and every character that a `state` may contain (RFC 6749 Appendix A.5).
  const state = 'a state of the client, with ~!@#$%^&*()_+-={}[]|:;"<>,./?`'.padEnd(128, 'x')
  const refused = { view: 'sign-out', client: null, refused: { code: 'invalid_request' } }

  test('oidcc-rp-initiated-logout', async () => {
    const { party, login } = session
    const parameters = { id_token_hint: login.idToken, post_logout_redirect_uri: postLogoutRedirectUri, state }
    const response = await endSession(party, parameters)
    expect(response.location).toBe(`${postLogoutRedirectUri}?${new URLSearchParams({ state })}`)
    expect(await isLoggedIn(party)).toBe(false)
  })

  test('oidcc-rp-initiated-logout: by POST, from a page of the client', async () => {
    const { party, login } = session
    const parameters = { id_token_hint: login.idToken, post_logout_redirect_uri: postLogoutRedirectUri, state }
    const posted = await party.agent.postForm(`${party.host.issuer}/api/oidc/end-session`, parameters, {
      from: 'https://app.example/',
    })
    const response = await party.agent.follow(posted, { until: (url) => url.startsWith(postLogoutRedirectUri) })
    expect(response.location).toBe(`${postLogoutRedirectUri}?${new URLSearchParams({ state })}`)
    expect(await isLoggedIn(party)).toBe(false)
  })

  test.each([
    ['oidcc-rp-initiated-logout-bad-post-logout-redirect-uri', 'https://app.example/elsewhere'],
    ['oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri', `${postLogoutRedirectUri}?foo=bar`],
  ])('%s', async (_module, uri) => {
    const { party, login } = session
    const page = await endSession(party, { id_token_hint: login.idToken, post_logout_redirect_uri: uri, state })
    expect([page.status, page.location, viewOf(page)]).toMatchObject([200, null, refused])
    expect(await isLoggedIn(party)).toBe(true)
    const last = await confirmLogout(party, page)
    expect([last.location, viewOf(last)]).toMatchObject([null, { view: 'signed-out' }])
    expect(await isLoggedIn(party)).toBe(false)
  })

  test.each([
    ['oidcc-rp-initiated-logout-modified-id-token-hint', 'without a signature'],
    ['oidcc-rp-initiated-logout-modified-id-token-hint', 'of another user'],
    ['oidcc-rp-initiated-logout-bad-id-token-hint', 'signed by another key'],
    ['oidcc-rp-initiated-logout-bad-id-token-hint', 'that is not a token'],
  ])('%s: one %s', async (_module, which) => {
    const { party, login } = session
    const [header, , signature] = login.idToken.split('.')
    const others = Buffer.from(JSON.stringify({ ...login.claims, sub: 'somebody else' })).toString('base64url')
    const { alg = '', kid = '' } = decodeProtectedHeader(login.idToken)
    const fake = new SignJWT({ ...login.claims }).setProtectedHeader({ alg, kid })
    const hints: Readonly<Record<string, string>> = {
      'without a signature': new UnsecuredJWT({ ...login.claims }).encode(),
      'of another user': `${header}.${others}.${signature}`,
      'signed by another key': await fake.sign((await generateKeyPair(alg)).privateKey),
      'that is not a token': 'not a token',
    }
    const parameters = { post_logout_redirect_uri: postLogoutRedirectUri, state }
    const page = await endSession(party, { ...parameters, id_token_hint: hints[which] ?? '' })
    expect([page.status, page.location, viewOf(page)]).toMatchObject([200, null, refused])
    expect(await isLoggedIn(party)).toBe(true)
    const last = await confirmLogout(party, page)
    expect([last.location, viewOf(last)]).toMatchObject([null, { view: 'signed-out' }])
    expect(await isLoggedIn(party)).toBe(false)
  })

  test.each([
    ['oidcc-rp-initiated-logout-no-params', {}],
    ['oidcc-rp-initiated-logout-only-state', { state }],
  ])('%s', async (_module, parameters) => {
    const { party } = session
    const last = await confirmLogout(party, await endSession(party, parameters))
    expect([last.status, last.location, viewOf(last)]).toMatchObject([200, null, { view: 'signed-out' }])
    expect(await isLoggedIn(party)).toBe(false)
  })

  test('oidcc-rp-initiated-logout-no-post-logout-redirect-uri', async () => {
    await using session = await startLoggedIn({ options: open })
    const { host, agent } = session.party
    const registered = await oidc.dynamicClientRegistration(
      new URL(host.issuer),
      { redirect_uris: [redirectUri], post_logout_redirect_uris: [postLogoutRedirectUri] },
      undefined,
      { execute: [oidc.allowInsecureRequests] },
    )
    const party = { ...session.party, configuration: registered }
    const login = await logIn(party)
    const last = await agent.follow(await endSession(party, { id_token_hint: login.idToken, state }))
    expect([last.status, last.location, viewOf(last)]).toMatchObject([200, null, { view: 'signed-out' }])
    expect(await isLoggedIn(party)).toBe(false)
  })

  test('oidcc-rp-initiated-logout-no-state', async () => {
    const { party, login } = session
    const parameters = { id_token_hint: login.idToken, post_logout_redirect_uri: postLogoutRedirectUri }
    const response = await endSession(party, parameters)
    expect(response.location).toBe(postLogoutRedirectUri)
    expect(await isLoggedIn(party)).toBe(false)
  })

  test('oidcc-rp-initiated-logout-no-id-token-hint', async () => {
    const { party } = session
    const unknown = { post_logout_redirect_uri: postLogoutRedirectUri, state }
    const last = await confirmLogout(party, await endSession(party, unknown))
    expect([last.status, last.location, viewOf(last)]).toMatchObject([200, null, { view: 'signed-out' }])
    expect(await isLoggedIn(party)).toBe(false)
    await logIn(party)
    const named = { client_id: party.client.id, post_logout_redirect_uri: postLogoutRedirectUri, state }
    const response = await confirmLogout(party, await endSession(party, named))
    expect(response.location).toBe(`${postLogoutRedirectUri}?${new URLSearchParams({ state })}`)
    expect(await isLoggedIn(party)).toBe(false)
  })
})
