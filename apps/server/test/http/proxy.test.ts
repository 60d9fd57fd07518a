import { describe, expect, test } from '@jest/globals'
import { clientIpAddress, SoftwareAuthenticator } from '@pocket/core/testing'
import { authorizationUrl } from '../api/instance.ts'
import { setUpAdministrator, startApp } from './app.ts'

const APP_URL = 'https://id.example.com'

describe('behind a reverse proxy with TLS', () => {
  test('issuer, cookies and links use APP_URL', async () => {
    await using running = await startApp({ APP_URL, TRUST_PROXY: 'true' })
    const agent = running.agent()
    const authenticator = new SoftwareAuthenticator()
    expect((await setUpAdministrator(agent, APP_URL, authenticator)).status).toBe(200)
    expect((await agent.get(`${APP_URL}/.well-known/openid-configuration`)).json()).toMatchObject({
      issuer: APP_URL,
      authorization_endpoint: `${APP_URL}/authorize`,
      token_endpoint: `${APP_URL}/api/oidc/token`,
      response_types_supported: ['code', 'id_token'],
    })
    const cookies = agent.cookies()
    expect(cookies.map(({ name }) => name).filter((name) => !name.endsWith('.sig'))).toEqual(
      expect.arrayContaining(['__Host-session', '__Host-access_token']),
    )
    expect(cookies.filter(({ secure, httpOnly }) => !(secure && httpOnly))).toEqual([])
    const client = await running.app.pocket.clients.create({ name: 'x', redirectUris: ['https://x'] })
    const consent = await agent.get(authorizationUrl(APP_URL, client.id, 'https://x'))
    expect(consent.location).toMatch(/^https:\/\/id\.example\.com\/interaction\//)
  })

  test('authorization details and access tokens in the implicit flow are advertised if configured', async () => {
    const optional = { AUTHORIZATION_DETAILS_TYPES: 'payment', ALLOW_IMPLICIT: 'true' }
    await using running = await startApp({ APP_URL, TRUST_PROXY: 'true', ...optional })
    expect((await running.agent().get(`${APP_URL}/.well-known/openid-configuration`)).json()).toMatchObject({
      authorization_details_types_supported: ['payment'],
      response_types_supported: ['code', 'id_token', 'id_token token'],
    })
  })

  test('applications get the internal URL if it is configured', async () => {
    await using running = await startApp({ APP_URL, TRUST_PROXY: 'true', INTERNAL_APP_URL: 'http://pocket:1411/' })
    expect((await running.agent().get(`${APP_URL}/.well-known/openid-configuration`)).json()).toMatchObject({
      issuer: APP_URL,
      authorization_endpoint: `${APP_URL}/authorize`,
      token_endpoint: 'http://pocket:1411/api/oidc/token',
      jwks_uri: 'http://pocket:1411/.well-known/jwks.json',
    })
  })

  test.each([
    ['true', clientIpAddress],
    ['127.0.0.0/8', clientIpAddress],
    ['10.0.0.0/8', '127.0.0.1'],
    ['false', '127.0.0.1'],
  ])('TRUST_PROXY=%s makes the client %s', async (TRUST_PROXY, address) => {
    await using running = await startApp({ APP_URL, TRUST_PROXY })
    await running.agent().get(`${APP_URL}/login/setup`)
    expect(running.log.join('')).toContain(`"ipAddress":"${address}"`)
  })

  test.each(['<script>', 'x'.repeat(5000), '999.1.1.1'])(
    'an invalid forwarded address is ignored: %s',
    async (forwarded) => {
      await using running = await startApp({ APP_URL, TRUST_PROXY: 'true' })
      await fetch(`${running.local}/login/setup`, { headers: { 'x-forwarded-for': forwarded } })
      expect(running.log.join('')).toMatch(/"ipAddress":"(127\.0\.0\.1|::1)"/)
    },
  )

  test('another Host header changes no link', async () => {
    await using running = await startApp({ APP_URL, TRUST_PROXY: 'true' })
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example' }
    const response = await running.agent().get(`${APP_URL}/`, { headers })
    expect(response.headers.get('location')).not.toContain('evil')
  })
})

test('on localhost without TLS the cookies have plain names and no Secure, because every browser accepts those', async () => {
  await using running = await startApp()
  const agent = running.agent()
  await setUpAdministrator(agent, running.url)
  const cookies = agent.cookies()
  expect(cookies.map(({ name }) => name)).toEqual(expect.arrayContaining(['session', 'access_token']))
  expect(cookies.filter(({ name, secure }) => secure || name.startsWith('__'))).toEqual([])
})
