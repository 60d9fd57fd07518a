import assert from 'node:assert/strict'
import { describe, expect, it } from '@jest/globals'
import type { AccessRule } from '../../src/clients/protected-site.ts'
import { defaultProtocol } from '../../src/clients/protocol.ts'
import { decide, type ServiceToken, type SiteRequest, type SiteVisitor } from '../../src/forward-auth/decide.ts'
import { readPath } from '../../src/forward-auth/path-readings.ts'

const now = 1_800_000_000_000

function rule(changes: Partial<AccessRule> = {}): AccessRule {
  return { host: null, path: '/*', methods: [], allow: 'users', groups: [], maxPasskeyAgeMinutes: null, ...changes }
}

const rules = [
  rule({ path: '/health', methods: ['GET'], allow: 'everyone' }),
  rule({ path: '/public/*', allow: 'everyone' }),
  rule({ path: '/metrics', allow: 'nobody' }),
  rule({ path: '/hooks/*', methods: ['POST'], allow: 'service_tokens' }),
  rule({ path: '/api/*', allow: 'users_and_service_tokens' }),
  rule({ path: '/admin/*', groups: ['admins'] }),
  rule({ path: '/vault/*', maxPasskeyAgeMinutes: 15 }),
  rule({ host: 'wiki.example.org' }),
]

const token: ServiceToken = { id: 't', name: 'CI', paths: ['/api/*', '/hooks/build'], methods: ['GET', 'POST'] }
const member: SiteVisitor = {
  account: { id: 'a', groups: [{ id: 'g1', name: 'staff' }] },
  acr: 'phr',
  authTime: now / 1000 - 60,
}
const admin: SiteVisitor = { ...member, account: { id: 'a', groups: [{ id: 'g2', name: 'admins' }] } }

/** One passkey, which is too few for groups that require two. */
const countPasskeys = async () => 1
const lacksPasskey: SiteVisitor = {
  ...member,
  account: { id: 'a', groups: [{ id: 'g2', name: 'admins', requiresTwoPasskeys: true }] },
}

interface DecisionCase {
  readonly path: string
  readonly method?: string
  readonly host?: string
  readonly overridingMethods?: readonly string[]
  readonly visitor?: SiteVisitor
  readonly token?: ServiceToken | null
  readonly expected: string
  readonly rule: number | null
}

async function decideCase({
  path,
  method = 'GET',
  host = 'wiki.example.org',
  overridingMethods = [],
  ...given
}: DecisionCase) {
  const site = { protocol: { ...defaultProtocol, accessRules: rules }, isGroupRestricted: false, allowedGroupIds: [] }
  const request: SiteRequest = { host, path, method, overridingMethods }
  const credentials = { token: given.token, visitor: async () => given.visitor, countPasskeys }
  const { verdict, reason, rule: index } = await decide(site, request, credentials, now)
  return { decision: `${verdict} ${reason}`, rule: index }
}

describe('decisions about requests to protected sites', () => {
  it.each<DecisionCase>([
    { path: '/health', expected: 'allow allowed', rule: 0 },
    { path: '/health', method: 'HEAD', expected: 'allow allowed', rule: 0 },
    { path: '/health', method: 'POST', expected: 'sign_in no_session', rule: 7 },
    { path: '/public/', expected: 'allow allowed', rule: 1 },
    { path: '/public', expected: 'allow allowed', rule: 1 },
    { path: '/publicity', expected: 'sign_in no_session', rule: 7 },
    { path: '/metrics', visitor: admin, expected: 'deny nobody', rule: 2 },
    { path: '/wiki/Start', expected: 'sign_in no_session', rule: 7 },
    { path: '/wiki/Start', visitor: member, expected: 'allow allowed', rule: 7 },
    { path: '/wiki', host: 'files.example.org', visitor: member, expected: 'deny no_rule', rule: -1 },
    { path: '/admin/', visitor: member, expected: 'deny not_in_groups', rule: 5 },
    { path: '/admin', visitor: admin, expected: 'allow allowed', rule: 5 },
    { path: '/admin', visitor: lacksPasskey, expected: 'deny second_passkey', rule: 5 },
    { path: '/wiki', visitor: lacksPasskey, expected: 'allow allowed', rule: 7 },
    { path: '/vault/', visitor: member, expected: 'allow allowed', rule: 6 },
    {
      path: '/vault/',
      visitor: { ...member, authTime: now / 1000 - 901 },
      expected: 'use_passkey passkey_too_old',
      rule: 6,
    },
    {
      path: '/vault/',
      visitor: { ...member, authTime: now / 1000 + 86_400 },
      expected: 'use_passkey passkey_too_old',
      rule: 6,
    },
    { path: '/vault/', visitor: { ...member, acr: '0' }, expected: 'use_passkey passkey_too_old', rule: 6 },
    { path: '/vault/', expected: 'sign_in no_session', rule: 6 },
    { path: '/hooks/build', method: 'POST', token, expected: 'allow allowed', rule: 3 },
    { path: '/hooks/deploy', method: 'POST', token, expected: 'deny service_token_limits', rule: 3 },
    { path: '/hooks/build', method: 'POST', expected: 'deny no_service_token', rule: 3 },
    { path: '/hooks/build', method: 'POST', visitor: admin, expected: 'deny no_service_token', rule: 3 },
    { path: '/api/pages', token, expected: 'allow allowed', rule: 4 },
    { path: '/api/pages', method: 'DELETE', token, expected: 'deny service_token_limits', rule: 4 },
    { path: '/api/pages', token: null, visitor: member, expected: 'deny invalid_service_token', rule: 4 },
    { path: '/api/pages', visitor: member, expected: 'allow allowed', rule: 4 },
    { path: '/wiki', token, expected: 'sign_in no_session', rule: 7 },
  ])('$method $path on $host: $expected', async (input) => {
    expect(await decideCase(input)).toEqual({
      decision: input.expected,
      rule: input.rule === -1 ? null : input.rule,
    })
  })

  it('denies users outside the allowed groups of the client', async () => {
    const site = {
      protocol: { ...defaultProtocol, accessRules: rules },
      isGroupRestricted: true,
      allowedGroupIds: ['g2'],
    }
    const request = { host: 'wiki.example.org', path: '/', method: 'GET', overridingMethods: [] }
    const decideFor = (visitor: SiteVisitor) =>
      decide(site, request, { token: undefined, visitor: async () => visitor, countPasskeys }, now)
    expect(await decideFor(member)).toMatchObject({ verdict: 'deny', reason: 'not_allowed' })
    expect(await decideFor(admin)).toMatchObject({ verdict: 'allow' })
    expect(await decideFor(lacksPasskey)).toMatchObject({ verdict: 'deny', reason: 'second_passkey' })
  })

  it.each(['DELETE', 'PUT'])('denies a request whose method %s another rule would match', async (override) => {
    const input = { path: '/health', overridingMethods: [override], expected: '', rule: null }
    expect(await decideCase(input)).toEqual({ decision: 'deny ambiguous_method', rule: null })
    expect(await decideCase({ ...input, path: '/public/x' })).toMatchObject({ decision: 'allow allowed' })
  })

  it.each([
    '/public/../admin',
    '/public/..;/admin',
    '/public/%2e%2e/admin',
    '/public/.%2e/admin',
    '/public/%252e%252e/admin',
    '/public%2f..%2fadmin',
    '/public/..%2fadmin',
    '/public/..%5cadmin',
    '/public/..\\admin',
    '/public/%2e%2e%3b/admin',
    '//admin',
    '/./admin',
    '/admin;x=1/',
    '/%61dmin',
    '/%2561dmin',
    '/ADMIN',
    '/Admin/users',
    '/admin%2fusers',
    '/admin.',
    '/admin%20',
    '/admin%3fx',
    '/admin%23x',
    '/%ef%bc%81admin/../admin',
    '/%EF%BC%8Fadmin',
    '/public/%c0%ae%c0%ae/admin',
    '/public/%c0%af../admin',
    '/public/%e0%80%af../admin',
    '/public/%00/../admin',
    '/public/%0a',
    '/public/%u002e%u002e/admin',
    '/public/%zz',
    '/public#/../admin',
    '/public/\u00e4',
    '/adm%c4%b1n',
    '/ADM%C4%B0N',
    '/admin/u%c5%bfers/../../adm%69n%e2%80%8b',
    '/%e2%80%8badmin',
    '/admin%c2%ad/users',
    '/admin+',
    '/PUBLIC/x',
    'http://wiki.example.org/admin',
    '*',
    '',
  ])('denies the ambiguous path %j to a user without access to both rules', async (path) => {
    expect(await decideCase({ path, visitor: member, expected: '', rule: null })).toEqual({
      decision: 'deny ambiguous_path',
      rule: null,
    })
  })

  it.each(['/wiki/%2F%2e%2e', '/wiki/a%2Fb', '/wiki//x', '/wiki/x;y', '/WIKI/%C3%A4', '/wiki/%c4%b1+x'])(
    'allows the unusual path %j, which one rule matches in every reading',
    async (path) => {
      expect(await decideCase({ path, visitor: member, expected: '', rule: null })).toEqual({
        decision: 'allow allowed',
        rule: 7,
      })
    },
  )

  it('limits service tokens in every interpretation of a path', async () => {
    const input = { token, method: 'GET', expected: '', rule: null }
    expect(await decideCase({ ...input, path: '/api/x/../y' })).toMatchObject({ decision: 'allow allowed' })
    expect(await decideCase({ ...input, path: '/api/%2e%2e/wiki' })).toMatchObject({ decision: 'deny ambiguous_path' })
  })
})

describe('interpretations of a path', () => {
  it('has one interpretation of an ordinary path', () => {
    for (const path of ['/', '/a/b.css', '/a/b/', '/~x/@y:z', '/A-B_c/1.2.3']) assert.deepEqual(readPath(path), [path])
  })

  it('ends within a bounded number of interpretations', () => {
    assert.equal(readPath(`/%${'25'.repeat(1000)}41`), undefined)
  })

  it.each<[string, string]>([
    ['.', '/x'],
    ['%20', '/x'],
    ['+', '/x'],
    ['.%20', '/x'],
    ['/', '/'],
    [';', '/'],
    ['%2f', '/'],
    ['..%2f', '/'],
  ])('reads a long run of %j at the end of a path', (text, expected) => {
    expect(readPath(`/${expected.slice(1)}${text.repeat(50_000)}`)).toContain(expected)
  })
})
