import { describe, expect, test } from '@jest/globals'
import type { HostClaims } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { createParty, receiveClaims } from './claims-client.ts'
import { startHost, viewOf } from './host.ts'
import { login, redirectUri, relyingParty } from './login.ts'

const createCyclicClaims = (): Record<string, unknown> => {
  const claims: Record<string, unknown> = {}
  claims.self = claims
  return claims
}

describe('custom claims of a host', () => {
  test('have the same values everywhere, between the standard claims and the claim rules', async () => {
    const requests: unknown[] = []
    const claims: HostClaims = async (account, context) => {
      requests.push(context)
      return { department: account.extra?.department, locale: 'it', email: null, floor: 1 }
    }
    await using host = await startHost({ options: { claims } })
    const rule = { claim: 'floor', source: { kind: 'constant', value: 9 }, as: null } as const
    const fixture = await createParty(
      host,
      { claimRules: [rule] },
      {
        locale: 'de',
        extra: { department: 'Radio' },
        customClaims: [{ key: 'department', value: 'from the directory' }],
      },
    )
    const { idToken, userInfo, refreshed } = await receiveClaims(fixture, {
      scope: 'openid profile email offline_access',
      prompt: 'consent',
    })
    expect(idToken).toMatchObject({ department: 'Radio', locale: 'it', floor: 9, name: 'ada Koch' })
    expect(idToken).not.toHaveProperty('email')
    expect(userInfo).toEqual(idToken)
    expect(refreshed).toEqual(idToken)
    expect(requests).toContainEqual({
      client: { id: expect.any(String), name: 'Client' },
      scopes: expect.arrayContaining(['openid', 'profile']),
    })
  })

  test('are omitted without a matching scope', async () => {
    await using host = await startHost({ options: { claims: () => ({ department: 'Radio', name: 'A. K.' }) } })
    const { idToken } = await receiveClaims(await createParty(host), { scope: 'openid email' })
    expect(idToken).toEqual({ email: 'ada@example.com', email_verified: true })
  })

  test.each([
    ['nothing', () => undefined, 'not_an_object'],
    ['a list', () => ['a'], 'not_an_object'],
    ['a cycle', createCyclicClaims, 'not_json'],
    ['a number without JSON', () => ({ big: 1n }), 'not_json'],
    ['a claim of the protocol', () => ({ aud: 'somebody' }), 'reserved'],
    ['an enormous claim', () => ({ story: 'a'.repeat(20_000) }), 'too_large'],
    ['an exception', () => Promise.reject(new Error('the HR system is down')), 'failed'],
    ['silence', () => new Promise(() => {}), 'failed'],
  ])('that are %s end the sign-in with an audit event', async (_name, claims, code) => {
    await using host = await startHost({ options: { claims: claims as HostClaims, limits: { hookTimeout: 50 } } })
    const { configuration } = await relyingParty(host, { client: { skipConsent: true } })
    const agent = new UserAgent()
    const { finish } = await login(host, configuration, {}, { agent })
    await expect(finish()).rejects.toThrow('unexpected HTTP response status code')
    expect(host.events.at(-1)).toMatchObject({ event: 'request_refused', endpoint: 'token', code: 'misconfigured' })
    expect(host.errors).toMatchObject([
      { code: 'misconfigured', details: { option: 'claims' }, fields: [{ field: 'claims', code }] },
    ])
  })

  test('are read once when a client requests more, and count as new with their scope', async () => {
    const requests: (readonly string[])[] = []
    const claims: HostClaims = (_account, { scopes }) => {
      requests.push(scopes)
      return { department: 'Radio', email: 'other@example.com' }
    }
    await using host = await startHost({ options: { claims } })
    const { configuration } = await relyingParty(host)
    const agent = new UserAgent()
    const first = await login(host, configuration, { scope: 'openid email' }, { agent })
    await first.finish()
    requests.length = 0
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: 'openid profile email',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    })
    const view = viewOf(await agent.follow(await agent.get(url.href)))
    expect(requests).toEqual([['openid', 'profile', 'email']])
    if (view.view !== 'consent') throw new Error('Nothing was asked.')
    expect(view.claims.map(({ claim, value, isNew }) => [claim, value, isNew])).toEqual([
      ['name', 'ada Koch', true],
      ['user_name', 'ada', true],
      ['email', 'other@example.com', undefined],
      ['other', 'Radio', true],
    ])
  })

  test('that are invalid do not cause a consent prompt', async () => {
    await using host = await startHost({ options: { claims: () => ({ sub: 'somebody else' }) } })
    const { configuration } = await relyingParty(host)
    const { page } = await login(host, configuration)
    expect([page.status, page.location]).toEqual([500, null])
    expect(host.events.at(-1)).toMatchObject({
      event: 'request_refused',
      endpoint: 'interaction',
      code: 'misconfigured',
    })
  })
})
