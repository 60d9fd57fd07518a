import { connect } from 'node:net'
import { expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { day, decide, type Host, openBrowser, signIn, startHost } from './host.ts'
import { authorizationUrl, login, redirectUri, relyingParty } from './login.ts'
import { sendForm } from './requests.ts'

test('requires PKCE of a confidential client if an administrator enables it', async () => {
  await using host = await startHost()
  for (const pkceRequired of [true, false]) {
    const { client } = await host.client({ redirectUris: [redirectUri], pkceRequired })
    const page = await new UserAgent().get(authorizationUrl(host, client.id))
    expect([pkceRequired, page.location?.includes('error=invalid_request')]).toEqual([pkceRequired, pkceRequired])
  }
})

const signingKeys = { schedule: { signingPeriod: 0, announcementPeriod: 0, verificationPeriod: day } }

test('a key rotation invalidates neither tokens nor pending interactions', async () => {
  await using host = await startHost({ options: { signingKeys } })
  const { configuration, client } = await relyingParty(host)
  const { finish, account } = await login(host, configuration)
  const { access_token: token } = await finish()
  const { authenticator } = await host.person('bob')
  const { agent, page } = await openBrowser(authorizationUrl(host, client.id))
  const keysBefore = await keyIds(host)
  await host.pocket.rotateKeys()
  const keysAfter = await keyIds(host)
  expect(keysAfter[0]).toBe(keysBefore[1])
  expect(keysAfter).toContain(keysBefore[0])
  expect(await oidc.fetchUserInfo(configuration, token, account.id)).toMatchObject({ sub: account.id })
  const returned = await decide(agent, await signIn(agent, page, authenticator))
  const tokens = await oidc.authorizationCodeGrant(configuration, new URL(returned.location ?? ''))
  expect(tokens.claims()).toHaveProperty('sub')
  expect(host.events.filter(({ event }) => event === 'keys_rotated')).toHaveLength(4)
})

test('a key rotation in another process is applied within a minute', async () => {
  await using one = await startHost({ options: { signingKeys } })
  await using two = await startHost({ stores: one.stores, options: { signingKeys } })
  await one.pocket.rotateKeys()
  two.clock.pass(61_000)
  expect(await keyIds(two)).toEqual(await keyIds(one))
})

test('ignores the host of an absolute request target', async () => {
  await using host = await startHost()
  const { port } = new URL(host.issuer)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(
    `GET http://evil.example/.well-known/openid-configuration HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`,
  )
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  const result = Buffer.concat(chunks).toString()
  expect(result).toContain(`"token_endpoint":"${host.issuer}/api/oidc/token"`)
  expect(result).not.toContain('evil')
})

test('records the reason of every rejection', async () => {
  await using host = await startHost()
  const { client } = await relyingParty(host)
  const post = (endpoint: string, fields: Readonly<Record<string, string>>) => sendForm(host, endpoint, fields)
  await fetch(`${host.issuer}/api/oidc/userinfo`, { headers: { authorization: 'Bearer wrong' } })
  await post('introspect', { client_id: client.id, client_secret: 'wrong', token: 'x' })
  await post('revoke', { client_id: client.id, client_secret: 'wrong', token: 'x' })
  await post('token', { client_id: client.id, client_secret: 'wrong', grant_type: 'authorization_code', code: 'x' })
  await fetch(`${host.issuer}/api/oidc/end-session?id_token_hint=wrong`)
  await fetch(`${host.issuer}/interaction/nowhere`)
  expect(host.events).toMatchObject([
    { event: 'request_refused', endpoint: 'userinfo', code: 'invalid_token', reason: expect.any(String) },
    { event: 'request_refused', endpoint: 'introspection', code: 'invalid_client', clientId: client.id },
    { event: 'request_refused', endpoint: 'revocation', code: 'invalid_client', clientId: client.id },
    { event: 'token_refused', code: 'invalid_client', clientId: client.id },
    { event: 'request_refused', endpoint: 'end_session', code: 'invalid_request' },
    { event: 'request_refused', endpoint: 'interaction', code: 'interaction_expired' },
  ])
  const wrongMethod = await fetch(`${host.issuer}/api/oidc/token`)
  expect([wrongMethod.status, await wrongMethod.json()]).toMatchObject([405, { error: 'invalid_request' }])
})

async function keyIds(host: Host): Promise<string[]> {
  const { keys } = (await (await fetch(`${host.issuer}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] }
  return keys.map(({ kid }) => kid)
}
