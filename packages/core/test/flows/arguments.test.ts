import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { assertSameOrigin, createPublicFetch, MasterKey, type Pocket, requestContext } from '@pocket/core'
import * as errors from '@pocket/core/errors'
import { fetchThrough, SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { postgresOptions, sqliteOptions } from '@pocket/core/typeorm'
import { findUnnamedArguments, methodsOf } from '@pocket/test-support'
import { type Host, minute, startHost } from './host.ts'

let host: Host

beforeAll(async () => {
  host = await startHost({ options: { accounts: { find: async (id) => ({ id, userName: 'ada' }) } } })
})
afterAll(async () => host[Symbol.asyncDispose]())

const createExchange = () => {
  const req = new IncomingMessage(new Socket())
  req.headers = { host: new URL(host.issuer).host }
  return [req, new ServerResponse(req)] as const
}

/** Every method with an account ID. Casts: the values of a host without type checking. */
const calls: Readonly<Record<string, (pocket: Pocket, id: never) => Promise<unknown>>> = {
  'accounts.find': (pocket, id) => pocket.accounts.find(id),
  'passkeys.list': (pocket, id) => pocket.passkeys.list(id),
  'passkeys.summarize': (pocket, id) => pocket.passkeys.summarize([id]),
  'passkeys.countUsable': (pocket, id) => pocket.passkeys.countUsable(id),
  'passkeys.rename': (pocket, id) => pocket.passkeys.rename(id, 'passkey', 'Phone'),
  'passkeys.remove': (pocket, id) => pocket.passkeys.remove(id, 'passkey'),
  'passkeys.removeAsAdministrator': (pocket, id) => pocket.passkeys.removeAsAdministrator(id, 'passkey'),
  'passkeyRemovals.list': (pocket, id) => pocket.passkeyRemovals.list(id),
  'passkeyRemovals.find': (pocket, id) => pocket.passkeyRemovals.find(id, 'passkey'),
  'passkeyRemovals.lock': (pocket, id) => pocket.passkeyRemovals.lock(id, 'passkey'),
  'sessions.list': (pocket, id) => pocket.sessions.list(id),
  'sessions.end': (pocket, id) => pocket.sessions.end(id, 'session'),
  'sessions.endOthers': (pocket, id) => pocket.sessions.endOthers(id, null),
  'recovery.replaceCodes': (pocket, id) => pocket.recovery.replaceCodes(id, { kind: 'recovery' }),
  'recovery.removeCodes': (pocket, id) => pocket.recovery.removeCodes(id, { kind: 'recovery' }),
  'recovery.countCodes': (pocket, id) => pocket.recovery.countCodes(id, 'recovery'),
  'registration.options': (pocket, accountId) => {
    const subject = { accountId, userName: 'ada', displayName: 'Ada' }
    return pocket.registration.options(...createExchange(), { subject, purpose: 'registration' })
  },
  'registration.verify': (pocket, accountId) =>
    pocket.registration.verify(...createExchange(), { response: {}, purpose: 'registration', accountId }),
  'registration.add': (pocket, accountId) =>
    pocket.registration.add(...createExchange(), { response: {}, purpose: 'registration', accountId }),
  'signIn.confirm': (pocket, accountId) => pocket.signIn.confirm(...createExchange(), { accountId, response: {} }),
  'signIn.vouchFor': (pocket, id) => pocket.signIn.vouchFor(...createExchange(), id, { amr: ['pwd'] }),
  'signIn.asNewAccount': (pocket, accountId) =>
    pocket.signIn.asNewAccount(...createExchange(), { accountId, method: 'sign_up' }),
  'deviceLogins.decide': (pocket, accountId) =>
    pocket.deviceLogins.decide(createExchange()[0], { code: 'code', accountId, status: 'approved' }),
  issueLoginCode: (pocket, id) => pocket.issueLoginCode({ id }, minute),
  endAccess: (pocket, id) => pocket.endAccess(id),
  endAccessByGroups: (pocket, id) => pocket.endAccessByGroups(id, ['group']),
  forgetAccount: (pocket, id) => pocket.forgetAccount(id),
  withdrawConsent: (pocket, id) => pocket.withdrawConsent(id, 'client'),
  previewTokens: (pocket, id) => pocket.previewTokens('client', id, 'openid'),
  testClient: (pocket, id) => pocket.testClient('client', id),
  testSiteRequest: (pocket, accountId) =>
    pocket.testSiteRequest('client', { url: 'https://a.example/', method: 'GET', accountId }),
}

const invalid = { status: 400, code: 'validation_failed', fields: [{ field: 'accountId', code: 'invalid_type' }] }

describe.each(Object.entries(calls))('%s', (_name, call) => {
  test.each([[{}], [''], [7.5], [Number.NaN]])('rejects the account ID %j', async (id) => {
    await expect(call(host.pocket, id as never)).rejects.toMatchObject(invalid)
  })

  test('does not reject a numeric account ID', async () => {
    const error: unknown = await call(host.pocket, 7 as never).then(
      () => ({}),
      (reason) => reason,
    )
    expect(error).not.toMatchObject(invalid)
    expect(error).not.toBeInstanceOf(TypeError)
  })
})

async function signInAs(id: string) {
  const agent = new UserAgent()
  const { code } = await host.pocket.issueLoginCode({ id }, minute)
  await agent.postForm(`${host.issuer}/login/code?redirect=/`, { code })
  const { options } = (await agent.postJson(`${host.issuer}/login/passkey/options`, {})).json() as { options: never }
  const response = new SoftwareAuthenticator().create(options, { origin: host.issuer })
  await agent.postJson(`${host.issuer}/login/passkey/answer`, { response })
}

test.each([8, 9n])('uses the account ID %p of a database as text', async (id) => {
  await signInAs(String(id))
  const { pocket } = host
  const read = async (asked: string) =>
    [(await pocket.passkeys.list(asked)).length, (await pocket.sessions.list(asked)).length] as const
  expect([await read(id as never), await read(String(id))]).toEqual([
    [1, 1],
    [1, 1],
  ])
  await pocket.endAccess(id as never)
  expect(await read(String(id))).toEqual([1, 0])
  await pocket.forgetAccount(id as never)
  expect(await read(String(id))).toEqual([0, 0])
})

/** Methods that download or run until they are stopped, and another library. */
const unchecked = ['authenticatorMetadata', 'maintain', 'provider']

test('names the argument that is missing or invalid, in every method', async () => {
  const [req, res] = createExchange()
  const invalidArguments = [
    ...[[], [null], [5], ['text'], [{}], [[]], [req], [{}, {}], [req, res], [res, req]],
    ...[undefined, 5, 'text', {}].flatMap((value) => [
      [req, value],
      ['text', value],
      ['text', 'text', value],
      [req, res, value],
    ]),
  ]
  const methods = methodsOf(host.pocket, unchecked)
  expect(methods.length).toBeGreaterThan(100)
  expect(await findUnnamedArguments(methods, invalidArguments)).toEqual([])
})

// Casts: the calls of a host without type checking.
test.each<[string, (pocket: Pocket, req: IncomingMessage, res: never) => Promise<unknown>, string, RegExp]>([
  ['signOut without res', ({ signOut }, req, res) => signOut(req, res), 'res', /reply\.raw of Fastify/],
  ['session without res', ({ session }, req, res) => session(req, res), 'res', /response of node:http/],
  ['limits.consume without req', ({ limits }, _req, none) => limits.consume(none, 'api'), 'req', /ctx\.req of Koa/],
  ['limits.consume without name', ({ limits }, req, none) => limits.consume(req, none), 'name', /one of api, signup/],
  [
    'numeric group IDs',
    (pocket, _req, none) => pocket.endAccessByGroups('ada', [7, none] as never),
    'each of groupIds',
    /must be a string/,
  ],
  [
    'a group ID that PostgreSQL cannot store',
    (pocket) => pocket.endAccessByGroups('ada', ['\ud800']),
    'each of groupIds',
    /unpaired surrogates/,
  ],
  [
    'recovery codes without a kind',
    ({ recovery }) => recovery.removeCodes('ada', {} as never),
    'kind',
    /recovery, break_glass or/,
  ],
  [
    'an unknown kind of recovery codes',
    ({ recovery }) => recovery.countCodes('ada', 'ticket' as never),
    'kind',
    /break_glass/,
  ],
  [
    'a negative number of recovery codes',
    ({ recovery }) => recovery.replaceCodes('ada', { kind: 'recovery', count: -1 }),
    'count',
    /from 0 to/,
  ],
  [
    'recovery codes without a valid lifetime',
    ({ recovery }) => recovery.replaceCodes('ada', { kind: 'recovery', lifetime: Number.NaN }),
    'lifetime',
    /positive integer of milliseconds/,
  ],
  [
    'options that are `null`',
    (pocket) => pocket.issueLoginCode({ id: 'ada' }, minute, null as never),
    'options',
    /object/,
  ],
  [
    'a maximum age that is not a number',
    ({ reauthentication }, req) => reauthentication.demand(req, createExchange()[1], Number.NaN),
    'maxAge',
    /number/,
  ],
  [
    'initial access tokens without a lifetime',
    ({ initialAccessTokens }) => initialAccessTokens.issue({ usageLimit: 1 } as never),
    'lifetime',
    /lifetime must be positive/,
  ],
  [
    'a credential without a kind',
    (pocket) => pocket.recordCredential({}, {} as never),
    'kind',
    /one of api_key, client_secret, login_code or device_approved/,
  ],
  [
    'the session of an origin that is not text',
    (pocket) => pocket.lockAccountOf({ sessionUid: 7 as never }),
    'sessionUid',
    /must be a string/,
  ],
  [
    'an unknown purpose of a registration',
    ({ registration }, req) => {
      const subject = { accountId: 'ada', userName: 'ada', displayName: 'Ada' }
      return registration.options(req, createExchange()[1], { subject, purpose: 'login' as never })
    },
    'purpose',
    /one of registration, recovery, setup or sign_up/,
  ],
  [
    'an unknown purpose of a response',
    ({ registration }, req) =>
      registration.verify(req, createExchange()[1], { response: {}, purpose: 'login' as never }),
    'purpose',
    /sign_up/,
  ],
  [
    'an unknown filter of accounts',
    ({ passkeys }) => passkeys.accountIds('none' as never),
    'filter',
    /single, on-one-device-only or several/,
  ],
  [
    'an unknown method of a sign-in',
    ({ signIn }, req) =>
      signIn.asNewAccount(req, createExchange()[1], { accountId: 'ada', method: 'password' as never }),
    'method',
    /passkey, code, recovery/,
  ],
  [
    'an unknown decision on a device',
    ({ deviceLogins }, req) => deviceLogins.decide(req, { code: 'code', accountId: 'ada', status: 'allowed' as never }),
    'status',
    /approved or denied/,
  ],
  [
    'an actor that is not an account',
    ({ passkeys }) => passkeys.remove('ada', 'passkey', { by: 7 as never }),
    'by',
    /must be a string/,
  ],
  ['removeExpired of a negative number', (pocket) => pocket.removeExpired(-1), 'limit', /positive whole number/],
  [
    'sendLogoutNotices with a controller',
    (pocket) => pocket.sendLogoutNotices(new AbortController() as never),
    'signal',
    /AbortSignal/,
  ],
  [
    'fetch with a response in place of a function',
    (pocket) => pocket.fetch(new Request(host.issuer), { next: new Response() as never }),
    'next',
    /function/,
  ],
  ['callback with a function', async (pocket) => pocket.callback((() => {}) as never), 'options', /forwardAuth only/],
  [
    'callback with a text',
    async (pocket) => pocket.callback({ forwardAuth: 'no' as never }),
    'forwardAuth',
    /must be a boolean/,
  ],
  [
    'requestContext with a list of proxies',
    async (_pocket, req) => requestContext(req, ['10.0.0.2'] as never),
    'trustProxy',
    /function of an IP address/,
  ],
  [
    'createPublicFetch with an unknown option',
    async () => createPublicFetch({ maxByte: 5 } as never),
    'maxByte',
    /not an option of createPublicFetch/,
  ],
  [
    'createPublicFetch with text in place of a number',
    async () => createPublicFetch({ timeout: '5s' as never }),
    'timeout',
    /must be a number/,
  ],
  [
    'a fetch with options that are `null`',
    async () => createPublicFetch()('https://a.example', null as never),
    'init',
    /object/,
  ],
  ['a user agent with `null`', async () => new UserAgent(null as never), 'options', /object/],
  ['a request of a user agent without a URL', async () => new UserAgent().get(null as never), 'url', /absolute URL/],
  [
    'a response that was not awaited',
    async () => new UserAgent().follow(new UserAgent().get('http://127.0.0.1:1').catch(() => {}) as never),
    'trace',
    /await the response/,
  ],
  ['a text in place of a form', async () => new UserAgent().postForm(host.issuer, 'a=b' as never), 'fields', /pairs/],
  ['a passkey without a key', async () => new SoftwareAuthenticator().import({} as never), 'privateKey', /Uint8Array/],
  [
    'a passkey whose key has another format',
    async () => new SoftwareAuthenticator().import({ privateKey: new Uint8Array(3) } as never),
    'privateKey',
    /PKCS #8 in DER/,
  ],
  [
    'an origin that is not a URL',
    async () => new SoftwareAuthenticator().get({ challenge: 'AAAA' }, { origin: 'localhost' }),
    'origin',
    /such as https/,
  ],
  [
    'passkeys of a request that are not a list',
    async () =>
      new SoftwareAuthenticator().get({ challenge: 'AAAA', allowCredentials: {} as never }, { origin: host.issuer }),
    'allowCredentials',
    /array/,
  ],
  ['a body that is not JSON', async () => new UserAgent().postJson(host.issuer, () => {}), 'body', /JSON/],
  ['a method that is not text', async () => new UserAgent().sendJson(5 as never, host.issuer), 'method', /string/],
  ['a secret that is not text', async () => MasterKey.from('0123456789abcdef').mac('a', 5 as never), 'text', /string/],
  [
    'derived keys that are not a Map',
    async () => MasterKey.from('0123456789abcdef').withDerived({ use: 'key' } as never),
    'keys',
    /Map of names and Buffers/,
  ],
  [
    'a purpose that is not text',
    async () => MasterKey.from('0123456789abcdef').derive(5 as never),
    'purpose',
    /string/,
  ],
  [
    'an unknown option of a user agent',
    async () => new UserAgent({ header: {} } as never),
    'header',
    /not an option of UserAgent; it has resolve, clock, headers/,
  ],
  [
    'an unknown option of a request',
    async () => new UserAgent().get(host.issuer, { form: host.issuer } as never),
    'form',
    /headers, from/,
  ],
  [
    'an unknown option of an authenticator',
    async () => new SoftwareAuthenticator({ backupEligable: false } as never),
    'backupEligable',
    /not an option of SoftwareAuthenticator; it has .*backupEligible/,
  ],
  [
    'an algorithm that an authenticator does not have',
    async () => new SoftwareAuthenticator({ algorithm: 'ES512' as never }),
    'algorithm',
    /one of ES256, Ed25519/,
  ],
  [
    'an unknown deviation of a ceremony',
    async () => {
      const context = { origin: host.issuer, misbehavior: { tamperedSignatur: true } as never }
      return new SoftwareAuthenticator().get({ challenge: 'AAAA' }, context)
    },
    'tamperedSignatur',
    /tamperedSignature/,
  ],
  [
    'a list of clients without a number',
    ({ clients }) =>
      clients.page({ scope: { of: 'everybody' }, page: 1, limit: Infinity, sort: null, filters: {}, search: '' }),
    'limit',
    /positive whole number/,
  ],
  [
    'an unknown scope of clients',
    ({ clients }) =>
      clients.page({ scope: { of: 'all' } as never, page: 1, limit: 1, sort: null, filters: {}, search: '' }),
    'of',
    /one of everybody, usable/,
  ],
  [
    'a list of APIs without a sort',
    ({ apis }, _req, none) =>
      apis.page({ notGrantedTo: null, accessTokenFormat: null, page: 1, limit: 1, sort: none, search: '' }),
    'sort',
    /object/,
  ],
  [
    'access without permissions',
    ({ apis }) => apis.setGrant('api', 'client', {} as never),
    'userDelegatedAccess',
    /boolean/,
  ],
  [
    'permissions by API',
    ({ apis }) => apis.setPermissionsOfClient('client', { api: [] } as never),
    'userDelegatedPermissionIds',
    /array/,
  ],
  [
    'access of documents that is not a boolean',
    ({ apis }) => apis.setCimdAccess('api', {} as never),
    'enabled',
    /boolean/,
  ],
  [
    'a secret of a client that is not text',
    ({ clients }) => clients.addSecret('a', { secret: 5 as never }),
    'secret',
    /string/,
  ],
  ['a list of accounts without a start', ({ accounts }) => accounts.list({ limit: 5 } as never), 'after', /string/],
  [
    'a subject of a limit that is not text',
    ({ limits }, req) => limits.consume(req, 'api', 7 as never),
    'subject',
    /string/,
  ],
  [
    'a passkey that was not verified',
    ({ registration }) => registration.store({ passkey: { id: 'a' }, challenge: 'b' } as never),
    'accountId',
    /non-empty string/,
  ],
  ['pairs in place of headers', (pocket) => pocket.session([null] as never), 'request', /request\.headers/],
  ['a user agent that maps no origins', async () => fetchThrough(null as never), 'resolve', /object/],
  ['an authenticator with `null`', async () => new SoftwareAuthenticator(null as never), 'options', /object/],
  [
    'the error of a ceremony in place of its options',
    async () => new SoftwareAuthenticator().create({ code: 'not_signed_in' } as never, { origin: host.issuer }),
    'challenge',
    /string/,
  ],
  [
    'a signature without an origin',
    async () => new SoftwareAuthenticator().get({ challenge: 'AAAA' }, {} as never),
    'origin',
    /string/,
  ],
  ['assertSameOrigin without req', async (_pocket, _req, none) => assertSameOrigin(none, []), 'req', /ctx\.req of Koa/],
  ['assertSameOrigin without origins', async (_pocket, req, none) => assertSameOrigin(req, none), 'origins', /array/],
  ['requestContext of headers', async () => requestContext(new Headers() as never), 'req', /request of node:http/],
  ['removeUnusedClients without limit', (pocket, _req, none) => pocket.removeUnusedClients(1, none), 'limit', /number/],
])('rejects %s with the remedy', async (_name, call, field, remedy) => {
  await expect(call(host.pocket, createExchange()[0], undefined as never)).rejects.toMatchObject({
    code: 'validation_failed',
    message: expect.stringMatching(remedy),
    fields: [{ field }],
  })
})

test.each<[string, () => unknown, string]>([
  ['a master key that is not bytes', () => MasterKey.from(null as never), 'The encryption key must be a string or'],
  ['a master key without bytes', () => Reflect.construct(MasterKey, []), 'The encryption key must be a string or'],
  ['a missing SQLite path', () => sqliteOptions(undefined as never), 'path must be a string that is not empty, such'],
  ['a missing PostgreSQL URL', () => postgresOptions(null as never), "such as 'postgres://pocket@db/pocket'"],
])('rejects %s as a wrong configuration', (_name, call, message) => {
  expect(call).toThrow(expect.objectContaining({ code: 'misconfigured', message: expect.stringContaining(message) }))
})

test('creates a fetch with the defaults for `null`', () => {
  expect(createPublicFetch(null as never)).toBeInstanceOf(Function)
})

const errorClasses = Object.entries(errors).flatMap(([name, member]) =>
  typeof member === 'function' ? [[name, member] as const] : [],
)

test.each(errorClasses)('creates %s with `null` in place of the options', (name, errorClass) => {
  const created = [
    ['Because.', null],
    ['validation_failed', 'Because.', null],
  ].map((args) => Reflect.construct(errorClass, args))
  expect(created).toMatchObject([{ name }, { name }])
})
