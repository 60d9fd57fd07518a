import { describe, expect, test } from '@jest/globals'
import type { PocketOptions, RequestOrigin } from '@pocket/core'
import { clientIpAddress, fetchThrough, UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { hostStarter } from './host.ts'
import { login } from './login.ts'

const issuer = 'https://localhost'

const startHost = hostStarter()

/** A host on plain http behind a reverse proxy with https. */
async function startBehindProxy(options: Partial<PocketOptions> = {}) {
  const origins: RequestOrigin[] = []
  const audit = { record: async (_event: unknown, origin: RequestOrigin) => void origins.push(origin) }
  const host = await startHost({ options: { issuer, audit, ...options } })
  const resolve = { [issuer]: host.issuer }
  const { client, secret } = await host.client({ redirectUris: ['https://app.example/callback'], skipConsent: true })
  const configuration = await oidc.discovery(new URL(issuer), client.id, undefined, oidc.ClientSecretBasic(secret), {
    [oidc.customFetch]: fetchThrough(resolve) as oidc.CustomFetch,
  })
  return { host, resolve, configuration, origins, person: await host.person('ada') }
}

describe.each([
  ['a trusted proxy', () => true, [clientIpAddress]],
  ['a proxy in the list of trusted proxies', ['loopback'], [clientIpAddress]],
  ['an untrusted proxy', undefined, ['127.0.0.1', '::1', '::ffff:127.0.0.1']],
])('behind %s', (_kind, trustProxy, addresses) => {
  test('a user signs in at the issuer, with cookies for https only', async () => {
    const { host, resolve, configuration, origins, person } = await startBehindProxy(trustProxy && { trustProxy })
    expect(configuration.serverMetadata().token_endpoint).toBe(`${issuer}/api/oidc/token`)
    const agent = new UserAgent({ resolve })
    const { page, finish } = await login(host, configuration, {}, { agent, person })
    expect(page.location).toMatch(/^https:\/\/app\.example\//)
    const { access_token, claims } = await finish()
    expect(claims()).toMatchObject({ iss: issuer, sub: person.account.id })
    expect(await oidc.fetchUserInfo(configuration, access_token, person.account.id)).toMatchObject({ name: 'ada Koch' })
    const cookies = agent.cookies()
    expect(cookies.map(({ name }) => name)).toContain('__Host-access_token')
    expect(cookies.filter(({ secure }) => !secure)).toEqual([])
    const seen = new Set(origins.map(({ ipAddress }) => ipAddress))
    expect([...seen].filter((address) => !addresses.includes(address ?? ''))).toEqual([])
    expect(seen.size).toBe(1)
  })
})

test('forwarded headers do not change any URL that the provider returns', async () => {
  const { host } = await startBehindProxy({ trustProxy: () => true })
  const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http', forwarded: 'host=evil.example' }
  const response = await fetch(`${host.issuer}/.well-known/openid-configuration`, { headers })
  const text = await response.text()
  expect([response.status, text.includes('evil'), text.includes('http://')]).toEqual([200, false, false])
})
