import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { assertSameOrigin, createPublicFetch, MasterKey, type Pocket, requestContext } from '@pocket/core'
import * as errors from '@pocket/core/errors'
import { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { postgresOptions, sqliteOptions } from '@pocket/core/typeorm'
import { findUnnamedArguments, methodsOf, shareBetweenTests } from '@pocket/test-support'
import { minute, startHost } from './host.ts'

const host = shareBetweenTests(() =>
  startHost({ options: { accounts: { find: async (id) => ({ id, userName: 'ada' }) } } }),
)

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
    'an unknown purpose of a registration',
    ({ registration }, req) => {
      const subject = { accountId: 'ada', userName: 'ada', displayName: 'Ada' }
      return registration.options(req, createExchange()[1], { subject, purpose: 'login' as never })
    },
    'purpose',
    /one of registration, recovery, setup or sign_up/,
  ],
  [
    'an unknown decision on a device',
    ({ deviceLogins }, req) => deviceLogins.decide(req, { code: 'code', accountId: 'ada', status: 'allowed' as never }),
    'status',
    /approved or denied/,
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
  ['a request of a user agent without a URL', async () => new UserAgent().get(null as never), 'url', /absolute URL/],
  [
    'a response that was not awaited',
    async () => new UserAgent().follow(new UserAgent().get('http://127.0.0.1:1').catch(() => {}) as never),
    'trace',
    /await the response/,
  ],
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
  ['a body that is not JSON', async () => new UserAgent().postJson(host.issuer, () => {}), 'body', /JSON/],
  [
    'derived keys that are not a Map',
    async () => MasterKey.from('0123456789abcdef').withDerived({ use: 'key' } as never),
    'keys',
    /Map of names and Buffers/,
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
    'a passkey that was not verified',
    ({ registration }) => registration.store({ passkey: { id: 'a' }, challenge: 'b' } as never),
    'accountId',
    /non-empty string/,
  ],
  ['pairs in place of headers', (pocket) => pocket.session([null] as never), 'request', /request\.headers/],
  ['assertSameOrigin without req', async (_pocket, _req, none) => assertSameOrigin(none, []), 'req', /ctx\.req of Koa/],
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
