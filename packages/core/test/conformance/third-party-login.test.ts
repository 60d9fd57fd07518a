import { describe, expect, test } from '@jest/globals'
import { startUrl } from '@pocket/core/internal'
import * as oidc from 'openid-client'
import { startHost } from '../flows/host.ts'
import { discover, redirectUri } from '../flows/login.ts'
import { openRegistration, sendJson } from '../flows/requests.ts'
import { createParty, logIn } from './party.ts'

const initiateLoginUri = 'https://app.example/login?tenant=a'

describe('oidcc-3rdparty-init-login-certification-test-plan', () => {
  test('oidcc-3rd_party-init-login', async () => {
    await using host = await startHost()
    const launchUrl = 'https://app.example/home?tab=1#photos'
    const party = await createParty(host, { client: { launchUrl }, protocol: { initiateLoginUri } })
    const address = new URL(startUrl(party.client, host.issuer) ?? '')
    expect(`${address.origin}${address.pathname}`).toBe('https://app.example/login')
    expect(Object.fromEntries(address.searchParams)).toEqual({
      tenant: 'a',
      iss: host.issuer,
      target_link_uri: launchUrl,
    })

    // The client trusts the issuer only because of its metadata, and starts a regular login there.
    const issuer = address.searchParams.get('iss') ?? ''
    const found = await discover({ issuer }, party.client.id, oidc.ClientSecretBasic(party.secret))
    const { claims } = await logIn({ ...party, configuration: found }, { redirect_uri: redirectUri })
    expect(claims.sub).toBe(party.person.account.id)
  })

  test.each([
    ['oidcc-3rd_party-init-login: registered by the client itself', initiateLoginUri, 201],
    ['oidcc-3rd_party-init-login-nohttps', 'http://app.example/login', 400],
  ])('%s', async (_module, uri, status) => {
    await using host = await startHost({ options: { protocol: { clientRegistration: openRegistration } } })
    const metadata = { redirect_uris: [redirectUri], initiate_login_uri: uri }
    const response = await sendJson('POST', `${host.issuer}/api/oidc/register`, metadata)
    const created = (await response.json()) as Readonly<Record<string, string>>
    if (status === 400) return expect([response.status, created.error]).toEqual([400, 'invalid_client_metadata'])
    expect([response.status, created]).toMatchObject([201, { initiate_login_uri: uri }])
    const headers = { authorization: `Bearer ${created.registration_access_token}` }
    const read = await fetch(created.registration_client_uri ?? '', { headers })
    expect([read.status, read.headers.get('content-type'), await read.json()]).toMatchObject([
      200,
      expect.stringMatching(/^application\/json/),
      { client_id: created.client_id, initiate_login_uri: uri },
    ])
  })

  test.each([
    ['its launch URL if it has no initiation URI', 'https://app.example/home', 'https://app.example/home'],
    ['no URL if it has none', null, null],
  ])('starts a login of a client at %s', async (_where, launchUrl, expected) => {
    await using host = await startHost()
    const { client } = await host.client({ launchUrl })
    expect(startUrl(client, host.issuer)).toBe(expected)
  })

  test.each(['ftp://app.example/login', 'javascript:alert(1)', '/login', 'https://app.example/login#fragment'])(
    'rejects a client with the login initiation URI %s',
    async (uri) => {
      await using host = await startHost()
      await expect(host.client({ protocol: { initiateLoginUri: uri } })).rejects.toMatchObject({
        code: 'validation_failed',
        fields: [expect.objectContaining({ field: 'protocol.initiateLoginUri' })],
      })
    },
  )
})
