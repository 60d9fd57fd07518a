import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import {
  type Application,
  applications,
  EmulatedRelyingParty,
  type RelyingPartyOptions,
  type RelyingPartyResult,
} from '@pocket/test-support/relying-parties'
import { type FakeProvider, type FakeProviderAnswers, startFakeProvider } from './fake-provider.ts'

let provider: FakeProvider

beforeEach(async () => {
  provider = await startFakeProvider()
})

afterEach(async () => {
  await provider[Symbol.asyncDispose]()
})

function findApplication(id: string): Application {
  const application = applications.find((each) => each.id === id)
  if (application === undefined) throw new Error(`There is no application ${id}`)
  return application
}

function createParty(application: Application, change: Partial<RelyingPartyOptions> = {}): EmulatedRelyingParty {
  return new EmulatedRelyingParty(application, {
    issuer: provider.issuer,
    webFinger: { address: 'ada@example.com', origin: provider.issuer },
    clientId: 'client',
    clientSecret: application.clientSettings.isPublic ? '' : 'se cret',
    ...change,
  })
}

/** Runs everything that the application does with a provider; returns the final result. */
async function runLogin(application: Application): Promise<RelyingPartyResult> {
  const party = createParty(application)
  const setUp = await party.setUp()
  if (!setUp.passed) return setUp
  const agent = new UserAgent()
  const signedIn = await party.finish(await agent.followTo(await agent.get(party.begin().url), party.isItsAddress))
  return signedIn.passed && application.behavior.refresh ? party.refresh() : signedIn
}

const past = Math.floor(Date.now() / 1000) - 1
const checkSignature = listIdsByRequirement(({ idToken }) => idToken.check === 'signature')
const checkClaims = listIdsByRequirement(({ idToken }) => idToken.check === 'claims')
const allIds = listIdsByRequirement(() => true)

function listIdsByRequirement(is: (behavior: Application['behavior']) => boolean): string[] {
  return applications.filter(({ behavior }) => is(behavior)).map(({ id }) => id)
}

const lists = { groups: 'family,admins' }
const noClaims = { name: undefined, email: undefined, preferred_username: undefined, groups: undefined }

/** A defect of a provider, and the applications that reject it. */
const faults: [string, (issuer: string) => Partial<FakeProviderAnswers>, readonly string[]][] = [
  ['nothing', () => ({}), []],
  [
    'an ES256 signature',
    () => ({ algorithm: 'ES256', kid: 'ec' }),
    ['immich', 'nextcloud', 'proxmox-ve', 'home-assistant', 'vaultwarden', 'kubelogin', 'audiobookshelf'],
  ],
  ['a forged signature', () => ({ forged: true }), checkSignature],
  ['a key that is not published', () => ({ kid: 'unknown' }), checkSignature],
  ['another issuer', () => ({ idToken: { iss: 'https://evil.example' } }), [...checkSignature, ...checkClaims]],
  ['another audience', () => ({ idToken: { aud: 'other' } }), [...checkSignature, ...checkClaims]],
  ['one more audience', () => ({ idToken: { aud: ['client', 'other'] } }), ['proxmox-ve', 'vaultwarden']],
  ['an ID token of the past', () => ({ idToken: { exp: past } }), [...checkSignature, ...checkClaims]],
  ['another nonce', () => ({ idToken: { nonce: 'other' } }), listIdsByRequirement(({ nonce }) => nonce)],
  ['the hash of another access token', () => ({ idToken: { at_hash: 'other' } }), ['home-assistant']],
  [
    'an issuer with a slash at its end',
    (issuer) => ({ discovery: { issuer: `${issuer}/` }, idToken: { iss: `${issuer}/` } }),
    listIdsByRequirement(({ endpoints }) => endpoints === 'discovery' || endpoints === 'WebFinger'),
  ],
  ['no WebFinger', () => ({ webFingerStatus: 404 }), ['tailscale']],
  [
    'secrets in the header alone',
    () => ({ clientAuthentication: 'header' }),
    ['immich', 'jellyfin', 'home-assistant', 'paperless-ngx', 'outline'],
  ],
  [
    'secrets in the body alone',
    () => ({ clientAuthentication: 'body' }),
    ['nextcloud', 'proxmox-ve', 'vaultwarden', 'cloudflare-access', 'tailscale', 'audiobookshelf'],
  ],
  ['an error in place of a code', () => ({ authorizationError: 'access_denied' }), allIds],
  ['a rejected code', () => ({ tokenStatus: 400 }), allIds],
  ['no ID token', () => ({ tokens: { id_token: undefined } }), allIds.filter((id) => id !== 'outline')],
  [
    'no refresh token',
    () => ({ tokens: { refresh_token: undefined } }),
    ['grafana', 'vaultwarden', 'outline', 'oauth2-proxy', 'kubelogin', 'argo-cd-cli'],
  ],
  [
    'a refresh without an ID token',
    () => ({ refresh: { id_token: undefined } }),
    ['oauth2-proxy', 'kubelogin', 'argo-cd-cli'],
  ],
  [
    'groups that are a string',
    () => ({ idToken: lists, userInfo: lists }),
    listIdsByRequirement(({ needs }) => needs.some(({ is }) => is === 'list')),
  ],
  [
    'claims at UserInfo alone',
    () => ({ idToken: noClaims }),
    [
      'nextcloud',
      'grafana',
      'home-assistant',
      'cloudflare-access',
      'oauth2-proxy',
      'kubelogin',
      'argo-cd',
      'argo-cd-cli',
    ],
  ],
  [
    'claims in the ID token alone',
    () => ({ userInfo: noClaims }),
    ['portainer', 'gitea', 'forgejo', 'paperless-ngx', 'outline', 'audiobookshelf'],
  ],
  [
    'UserInfo of another user',
    () => ({ userInfo: { sub: 'other' } }),
    listIdsByRequirement(({ userInfo, idToken }) => userInfo === 'always' && idToken.check !== 'none'),
  ],
  [
    'an e-mail address without `email_verified`',
    () => ({ idToken: { email_verified: 'true' }, userInfo: { email_verified: 'true' } }),
    ['vaultwarden', 'oauth2-proxy'],
  ],
  [
    'user names that are e-mail addresses',
    () => ({ idToken: { preferred_username: 'ada@x' }, userInfo: { preferred_username: 'ada@x' } }),
    ['gitea', 'forgejo'],
  ],
]

describe('a faulty provider is rejected only by applications that check for the fault', () => {
  test.each(faults)('%s', async (_, change, rejecting) => {
    Object.assign(provider.answers, change(provider.issuer))
    const refused: (RelyingPartyResult & { id: string })[] = []
    for (const application of applications) {
      const result = await runLogin(application)
      if (!result.passed) refused.push({ id: application.id, ...result })
    }
    expect(refused.map(({ id }) => id).sort()).toEqual([...rejecting].sort())
    for (const { checks, account } of refused) {
      expect(account).toBeNull()
      expect(checks.at(-1)).toEqual({ name: expect.any(String), passed: false, reason: expect.any(String) })
    }
  })
})

test.each([
  ['a provider that cannot be reached', () => Promise.reject(new TypeError('fetch failed'))],
  ['a page in place of JSON', () => Promise.resolve(new Response('<!doctype html>'))],
  ['missing endpoints', () => Promise.resolve(Response.json({ issuer: 'https://id.example.com' }))],
])('rejects a setup with %s', async (_, answer) => {
  const party = createParty(findApplication('forgejo'), { fetch: answer })
  expect(await party.setUp()).toMatchObject({ passed: false, checks: [{ passed: false, reason: expect.any(String) }] })
  expect(() => party.begin()).toThrow('not set up')
})
