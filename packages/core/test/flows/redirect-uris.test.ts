import { expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { type Host, shareHost, startHost, viewOf } from './host.ts'
import { authorizationUrl, discover, followAuthorization } from './login.ts'
import { redirectParameters } from './requests.ts'

const host = shareHost()

const patterns = ['https://*.example.com/callback', 'http://127.0.0.1/callback', 'app.immich:///oauth-callback']
const sentTo = [
  'https://photos.example.com/callback',
  'http://127.0.0.1:49152/callback',
  'app.immich:///oauth-callback',
]

async function authorize(host: Host, redirectUri: string, redirectUris: readonly string[]) {
  const { client, secret } = await host.client({ redirectUris })
  const configuration = await discover(host, client.id, oidc.ClientSecretBasic(secret))
  const { page } = await followAuthorization(host, authorizationUrl(host, client.id, { redirect_uri: redirectUri }))
  const code = redirectParameters(page).code ?? ''
  const exchange = (redirect_uri: string) =>
    oidc.genericGrantRequest(configuration, 'authorization_code', { code, redirect_uri })
  return { location: page.location, exchange }
}

test.each(sentTo)('redirects to %s, and exchanges the code', async (redirectUri) => {
  const { location, exchange } = await authorize(host, redirectUri, patterns)
  expect(location).toContain(`${redirectUri}?`)
  expect(await exchange(redirectUri)).toMatchObject({ access_token: expect.any(String) })
})

test.each([
  ['https://nas.example', 'https://nas.example/', true],
  ['http://localhost:18000/', 'http://localhost:18000', true],
  ['http://localhost:18000/', 'http://localhost:18001', false],
  ['https://nas.example', 'https://nas.example//', false],
  ['https://nas.example', 'https://nas.example/?x', false],
  ['https://app.example/callback', 'https://app.example/callback/', false],
])('exchanges a code for %s with %s: %s', async (asked, exchanged, isTaken) => {
  const { exchange } = await authorize(host, asked, [asked])
  if (isTaken) expect(await exchange(exchanged)).toMatchObject({ access_token: expect.any(String) })
  else await expect(exchange(exchanged)).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('limits the number and the length of the redirect URIs of a client', async () => {
  const createRedirectUris = (count: number) =>
    Array.from({ length: count }, (_, index) => `https://app.example/${index}/*`)
  await host.client({ redirectUris: createRedirectUris(500), postLogoutRedirectUris: createRedirectUris(500) })
  for (const list of ['redirectUris', 'postLogoutRedirectUris']) {
    const expectRefusal = (uris: readonly string[], field: string, code: string) =>
      expect(host.client({ [list]: uris })).rejects.toMatchObject({ fields: [{ field, code }] })
    await expectRefusal(createRedirectUris(501), list, 'too_many')
    await expectRefusal([`https://app.example/${'x'.repeat(2000)}`], `${list}[0]`, 'too_long')
  }
})

test('rejects plain http if the host forbids it, even for a registered URI', async () => {
  await using lenient = await startHost()
  await using strict = await startHost({
    stores: lenient.stores,
    options: { protocol: { allowInsecureRedirectUris: false } },
  })
  const redirectUri = 'http://nas.lan/callback'
  const { client } = await lenient.client({ redirectUris: [redirectUri], postLogoutRedirectUris: [redirectUri] })
  await expect(strict.client({ redirectUris: [redirectUri] })).rejects.toMatchObject({
    fields: [{ field: 'redirectUris[0]', code: 'insecure' }],
  })
  const page = await new UserAgent().get(authorizationUrl(strict, client.id))
  expect(viewOf(page)).toMatchObject({ view: 'error', code: 'invalid_redirect_uri' })
})

test('post-logout redirect URIs may contain wildcards too', async () => {
  const { client } = await host.client({ postLogoutRedirectUris: ['https://*.example.com/bye'] })
  const redirectAfterLogout = async (to: string) => {
    const query = new URLSearchParams({ client_id: client.id, post_logout_redirect_uri: to })
    return (await new UserAgent().get(`${host.issuer}/api/oidc/end-session?${query}`)).location
  }
  expect(await redirectAfterLogout('https://photos.example.com/bye')).toBe('https://photos.example.com/bye')
  expect(await redirectAfterLogout('https://photos.example.org/bye')).toBeNull()
})
