import { expect, test } from '@jest/globals'
import type { Account, ClientProtocolInput, TokenPreview } from '@pocket/core'
import { decodeJwt } from 'jose'
import * as oidc from 'openid-client'
import { startHost } from './host.ts'
import { login, relyingParty } from './login.ts'

const group = (name: string, ...customClaims: { key: string; value: string }[]) => ({ id: name, name, customClaims })

const people: readonly Partial<Account>[] = [
  { groups: [] },
  { email: null, givenName: null, familyName: null, displayName: '', groups: [group('b'), group('a')] },
  {
    locale: 'de-CH',
    zoneinfo: 'Europe/Zurich',
    picture: 'https://id.example/ada.png',
    updatedAt: 1_700_000_000_999,
    emailVerified: false,
    customClaims: [
      { key: 'room', value: '"5"' },
      { key: 'nothing', value: 'null' },
      { key: 'email', value: 'nobody@example.com' },
    ],
    groups: [group('zoo', { key: 'room', value: '6' }), group('Attic', { key: 'roles', value: '["a",{"b":1}]' })],
  },
]

const protocols: readonly ClientProtocolInput[] = [
  {},
  { defaultScopes: ['groups', 'unknown'], groupRules: { include: ['z*'], rename: { zoo: 'animals' } } },
  {
    subjectType: 'pairwise',
    claimRules: [
      { claim: 'mail', source: { kind: 'claim', name: 'email' } },
      { claim: 'email', source: { kind: 'constant', value: { no: 'address' } } },
      { claim: 'roles', source: { kind: 'custom', key: 'roles' }, as: 'string' },
      { claim: 'who', source: { kind: 'claim', name: 'sub' } },
      { claim: 'team', source: { kind: 'claim', name: 'groups' }, as: 'string' },
    ],
  },
]

const scopes = ['openid', 'openid profile', 'groups openid unknown email', 'openid profile email groups offline_access']

/** The claims that differ between any two tokens. */
const ofOneToken = new Set(['iat', 'exp', 'jti', 'rat', 'auth_time', 'nonce', 'at_hash'])

/** Scopes are a set, so their order does not matter. */
function comparableClaims(claims: object): object {
  const entries = Object.entries(claims).filter(([name]) => !ofOneToken.has(name))
  return Object.fromEntries(
    entries.map(([name, value]) => [name, /^(scope|scp)$/.test(name) ? String(value).split(/[ ,]/).sort() : value]),
  )
}

test.each(protocols)('predicts the tokens of a client for any user and request: %j', async (protocol) => {
  await using host = await startHost()
  const { client, configuration } = await relyingParty(host, {
    client: { skipConsent: true },
    protocol: { ...protocol, jwtAccessTokens: true },
  })
  for (const about of people) {
    const person = await host.person('ada')
    host.accounts.set(person.account.id, { ...person.account, ...about })
    await host.pocket.clients.update(client.id, {
      ...client,
      protocol: { userNames: { [person.account.id]: 'ada.on.the.nas' } },
    })
    for (const scope of scopes) {
      const { finish } = await login(host, configuration, { scope }, { person })
      const tokens = await finish()
      const userInfo = await oidc.fetchUserInfo(configuration, tokens.access_token, tokens.claims()?.sub ?? '')
      const real: TokenPreview = {
        idToken: decodeJwt(tokens.id_token ?? ''),
        accessToken: decodeJwt(tokens.access_token),
        userInfo,
      }
      const shown = await host.pocket.previewTokens(client.id, person.account.id, scope)
      for (const name of ['idToken', 'accessToken', 'userInfo'] as const)
        expect([scope, about, name, comparableClaims(shown[name])]).toEqual([
          scope,
          about,
          name,
          comparableClaims(real[name]),
        ])
    }
  }
})
