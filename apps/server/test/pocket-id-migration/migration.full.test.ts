import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { UserAgent } from '@pocket/core/testing'
import { createSource, type FixtureSource, facts, type SourceForm } from './fixture.ts'
import { createTarget, passkeysOf, signIn, type TargetDatabase } from './migrated-server.ts'

const counts = {
  'signing key': { found: 1, migrated: 1 },
  setting: { found: 47, migrated: 46 },
  user: { found: 14, migrated: 13 },
  group: { found: 7, migrated: 7 },
  membership: { found: 14, migrated: 14 },
  claim: { found: 9, migrated: 9 },
  passkey: { found: 7, migrated: 7 },
  'api key': { found: 3, migrated: 3 },
  client: { found: 15, migrated: 15 },
  'client secret': { found: 14, migrated: 14 },
  API: { found: 2, migrated: 2 },
  'API grant': { found: 4, migrated: 4 },
  consent: { found: 11, migrated: 11 },
  'SCIM target': { found: 1, migrated: 1 },
  'sign-up token': { found: 2, migrated: 2 },
  'login code': { found: 3, migrated: 1 },
  'refresh token': { found: 13, migrated: 13 },
  'audit event': { found: 55, migrated: 55 },
  picture: { found: 10, migrated: 10 },
}

const cases: readonly (readonly [SourceForm, TargetDatabase])[] = [
  ['archive', 'SQLite'],
  ['SQLite', 'SQLite'],
  ['PostgreSQL', 'SQLite'],
  ['archive', 'PostgreSQL'],
]

describe.each(cases)('an instance as %s migrated to %s', (form, kind) => {
  const stack = new AsyncDisposableStack()
  let source: FixtureSource
  let target: Awaited<ReturnType<typeof createTarget>>
  let before: Readonly<Record<string, string>>
  let dryRun: { readonly exit: number | null; readonly output: string }
  let run: typeof dryRun
  let url: string
  let server: Awaited<ReturnType<typeof target.start>>

  beforeAll(async () => {
    source = stack.use(await createSource(form))
    target = stack.use(await createTarget(kind))
    before = await source.hashes()
    dryRun = await target.migrate(source.source, '--dry-run', '--json')
    run = await target.migrate(source.source, '--json')
    url = target.url
    server = stack.use(await target.start())
  })
  afterAll(() => stack.disposeAsync())

  const get = async (path: string, agent?: UserAgent) => {
    const headers = { 'X-API-Key': 'a static API key for tests' }
    if (agent) return (await agent.getJson(url + path)).json()
    const response = await fetch(url + path, { headers })
    expect({ path, status: response.status }).toEqual({ path, status: 200 })
    return response.json()
  }

  test('reports every row that changes or is left out, in a dry run too, without secrets', async () => {
    expect({ dryRun: dryRun.exit, run: run.exit }).toEqual({ dryRun: 0, run: 0 })
    const report = JSON.parse(run.output)
    expect(JSON.parse(dryRun.output)).toEqual(report)
    expect(report.counts).toEqual(counts)
    expect(
      report.findings
        .map(({ outcome, subject, name }: Record<string, string>) => `${subject} ${name} ${outcome}`)
        .sort(),
    ).toEqual([
      'client Any address changed',
      'client With a fragment changed',
      'group Family changed',
      'setting homePageUrl changed',
      'user kai2 changed',
      expect.stringMatching(/^user static-api-user-\w+ left out$/),
      'user worf changed',
    ])
    expect(report.notes.join('\n')).toContain('The host name localhost stays the same')
    expect(report.notes.join('\n')).toContain('Browser sessions end')
    const secrets = [facts.encryptionKey, ...facts.signupTokens.map(({ token }) => token), facts.settings.smtpPassword]
    for (const secret of [...secrets, ...facts.oneTimeCodes.map(({ code }) => code)])
      expect(run.output).not.toContain(secret)
  })

  test('leaves the source without a trace', async () => {
    expect(await source.hashes()).toEqual(before)
  })

  test('accepts every passkey, with the same sub', async () => {
    const people = facts.users.flatMap(({ sub, username, passkeys }) =>
      passkeys.map((each) => ({ sub, username, each })),
    )
    expect(people).toHaveLength(7)
    for (const { sub, username, each } of people) {
      const { status, user } = await signIn(url, each)
      const isDisabled = username === 'tomasz'
      expect({ username, status }).toEqual({ username, status: isDisabled ? 403 : 200 })
      if (!isDisabled) expect(user).toMatchObject({ id: sub, username })
    }
  })

  test('accepts every client secret, the bcrypt one repeatedly, and no expired one', async () => {
    for (const { id, secrets } of facts.clients)
      for (const { value, works } of [...secrets, ...secrets]) {
        const response = await fetch(`${url}/api/oidc/introspect`, {
          method: 'POST',
          headers: { authorization: `Basic ${Buffer.from(`${id}:${value}`).toString('base64')}` },
          body: new URLSearchParams({ token: 'unknown' }),
        })
        expect({ id, status: response.status }).toEqual({ id, status: works ? 200 : 401 })
      }
  })

  test('lets API keys of the source read secrets', async () => {
    const readAs = (token: string, path: string) => fetch(url + path, { headers: { 'X-API-Key': token } })
    const passwords = await Promise.all(
      facts.apiKeys
        .filter(({ works }) => works)
        .map(async ({ token }) => {
          const me = (await (await readAs(token, '/api/users/me')).json()) as { readonly isAdmin: boolean }
          const response = await readAs(token, '/api/application-configuration/all')
          expect({ isAdmin: me.isAdmin, status: response.status }).toEqual({
            isAdmin: me.isAdmin,
            status: me.isAdmin ? 200 : 403,
          })
          if (!me.isAdmin) return []
          const settings = (await response.json()) as readonly { readonly key: string; readonly value: string }[]
          return settings.filter(({ key }) => key === 'smtpPassword').map(({ value }) => value)
        }),
    )
    expect(passwords.flat()).toContain(facts.settings.smtpPassword)
  })

  test('accepts the API keys of the source', async () => {
    for (const { token, works } of facts.apiKeys) {
      const response = await fetch(`${url}/api/users/me`, { headers: { 'X-API-Key': token } })
      expect(response.status).toBe(works ? 200 : 401)
    }
  })

  test('publishes the signing key first and signs with it, without asking for a consent that was given', async () => {
    const { keys } = (await get('/.well-known/jwks.json')) as { keys: { kid: string; n: string }[] }
    expect(keys[0]).toMatchObject(facts.signingKey.jwks.keys[0] ?? {})
    const [passkey] = passkeysOf('jonas')
    if (!passkey) throw new Error('The fixture has no passkey of jonas.')
    const { agent } = await signIn(url, passkey)
    const verifier = randomBytes(32).toString('base64url')
    const redirectUri = 'https://wiki.example.com/cb'
    const query = new URLSearchParams({
      client_id: 'wiki',
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid profile email groups',
      state: 'a state of this test',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })
    const done = await agent.follow(await agent.get(`${url}/authorize?${query}`), {
      until: (location) => location.startsWith(redirectUri),
    })
    const code = new URL(done.location ?? '').searchParams.get('code') ?? ''
    const secret = facts.clients.find(({ id }) => id === 'wiki')?.secrets[0]?.value ?? ''
    const response = await fetch(`${url}/api/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
        client_id: 'wiki',
        client_secret: secret,
      }),
    })
    const tokens = (await response.json()) as { id_token: string; access_token: string }
    const [header, claims] = decodeJwt(tokens.id_token)
    expect(header).toMatchObject({ alg: 'RS256', kid: facts.signingKey.kid })
    expect(claims).toMatchObject({
      sub: facts.tokens.sub,
      preferred_username: 'jonas',
      quota: 99,
      teams: ['red', 'blue'],
    })
    // Applications of Pocket ID may read the access token.
    const [accessHeader, accessClaims] = decodeJwt(tokens.access_token)
    expect(accessHeader).toMatchObject({ typ: 'at+jwt', kid: facts.signingKey.kid })
    expect(accessClaims).toMatchObject({ aud: ['wiki', url], scp: ['openid', 'profile', 'email', 'groups'] })
  })

  test('has the groups, claims, clients, APIs, SCIM targets and the audit log of the source', async () => {
    const users = (await get('/api/users?pagination[limit]=100')) as { data: { username: string; locale: unknown }[] }
    const jonas = users.data.find(({ username }) => username === 'jonas')
    expect(jonas).toMatchObject({
      emailVerified: true,
      locale: 'de',
      userGroups: [{ name: 'family' }, { name: 'staff' }],
      customClaims: [
        { key: 'department', value: 'Research' },
        { key: 'quota', value: '99' },
        { key: 'roles', value: '["reader","writer"]' },
      ],
    })
    const cloud = await get(`/api/oidc/clients/2fd3d4c3-8908-4406-af15-a65e43c4b6ba`)
    expect(cloud).toMatchObject({
      isGroupRestricted: true,
      skipConsent: true,
      allowedUserGroups: [{ name: 'admins' }, { name: 'staff' }],
    })
    expect(await get('/api/oidc/clients/wiki')).toMatchObject({
      hasLogo: true,
      hasDarkLogo: true,
      launchURL: 'https://wiki.example.com',
      refreshTokenDurationMinutes: 525_600,
      protocol: { jwtAccessTokens: true, plainPkce: true },
    })
    expect(await get('/api/oidc/clients/cluster')).toMatchObject({
      credentials: {
        federatedIdentities: [{ issuer: 'https://kubernetes.example.com', replayProtection: true }, {}],
      },
    })
    expect(await get('/api/api-access/machine/apis')).toMatchObject([
      { api: { name: 'Invoices' }, clientAccess: true },
      { api: { name: 'Orders' }, clientAccess: true, userDelegatedAccess: true },
    ])
    expect(await get('/api/oidc/clients/wiki/scim-service-provider')).toMatchObject({
      endpoint: 'https://wiki.example.com/scim/v2',
    })
    const log = (await get('/api/audit-logs/all?pagination[limit]=100')) as { data: { event: string }[] }
    expect(log.data.filter(({ event }) => event === 'NEW_CLIENT_AUTHORIZATION')).toHaveLength(11)
    const settings = (await get('/api/application-configuration/all')) as { key: string; value: string }[]
    const changed = settings.filter(({ key, value }) => value !== 'XXXXXXXXXX' && value !== facts.settings[key])
    expect(changed.map(({ key }) => key)).toEqual(['homePageUrl'])
  })

  test('keeps sign-up tokens with their remaining uses, and login codes', async () => {
    const tokens = (await get('/api/signup-tokens')) as { data: object[] }
    const expected = facts.signupTokens.map(({ token, usageLimit, usageCount }) => ({
      token,
      usageLimit,
      usageCount,
    }))
    expect(tokens.data).toEqual(expect.arrayContaining(expected.map((each) => expect.objectContaining(each))))
    for (const { code, expiresAt, user } of facts.oneTimeCodes) {
      const response = await fetch(`${url}/api/one-time-access-token/${code}`, { method: 'POST' })
      expect({ user, status: response.status }).toEqual({ user, status: expiresAt === 'soon' ? 401 : 200 })
    }
  })

  test('serves the pictures', async () => {
    const ines = facts.users.find(({ username }) => username === 'ines')?.sub
    for (const path of [
      `/api/users/${ines}/profile-picture.png`,
      '/api/application-images/logo?light=true',
      '/api/application-images/background',
      '/api/oidc/clients/wiki/logo?light=false',
      '/api/oidc/clients/A.b_c-1/logo?light=false',
    ])
      expect({ path, status: (await fetch(url + path)).status }).toEqual({ path, status: 200 })
  })

  test('rejects a target that a server uses, and replaces one that is not empty only with --yes, after a backup', async () => {
    const whileRunning = await target.migrate(source.source)
    expect(whileRunning).toMatchObject({ exit: 1, output: expect.stringContaining('in use by a server') })
    await server[Symbol.asyncDispose]()
    const afterwards = await target.migrate(source.source)
    expect(afterwards).toMatchObject({ exit: 2, output: expect.stringContaining('--yes') })
    const replaced = await target.migrate(source.source, '--json', '--yes')
    expect(replaced.exit).toBe(0)
    expect(JSON.parse(replaced.output).counts).toEqual(counts)
    expect(await readdir(join(target.folder, 'data/backups'))).toEqual([
      expect.stringMatching(/^before-replacement-.*\.(db|archive)$/),
    ])
  })
})

function decodeJwt(jwt: string): readonly unknown[] {
  return jwt
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
}
