import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import type {
  HookOptions,
  HostAccount,
  HostAccounts,
  LoginCodeMail,
  NewAccount,
  Pocket,
  PocketOptions,
} from '@pocket/core'
import { ConflictError, PocketError } from '@pocket/core/errors'
import { memoryStores } from '@pocket/core/memory'
import { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { hostStarter, minute } from './host.ts'
import { stopTime } from './stop-time.ts'

type Route = (pocket: Pocket, req: IncomingMessage, res: ServerResponse, body: never) => Promise<unknown>

/** Pages of the host: sign-up, and login codes by e-mail. */
const routes: Readonly<Record<string, Route>> = {
  '/sign-up': (pocket, req, res, body: Omit<NewAccount, 'id'>) => pocket.signUp.begin(req, res, body),
  '/sign-up/answer': (pocket, req, res, body: { readonly response: unknown }) =>
    pocket.signUp.finish(req, res, body.response),
  '/mail': async (pocket, req, res, body: { readonly login: string }) => {
    await pocket.mailLoginCode(req, res, body.login)
    return {}
  },
  '/code': (pocket, req, res, body: { readonly code: string }) => pocket.signIn.withCode(req, res, body.code),
  '/who': async (pocket, req, res) => (await pocket.session(req, res)) ?? {},
}

const startHost = hostStarter()

async function startHostWithAccounts(people: Partial<HostAccounts>, extra: Partial<PocketOptions> = {}) {
  const stores = memoryStores()
  const accounts: HostAccounts = { find: async () => undefined, ...people }
  const host = await startHost({
    stores,
    options: { ...extra, accounts, limits: { hookTimeout: 100, ...extra.limits } },
    mount: (pocket) => {
      const provider = pocket.callback()
      return (req, res) =>
        provider(req, res, async () => {
          const chunks: Buffer[] = []
          for await (const chunk of req) chunks.push(chunk)
          const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as never
          const result = await routes[req.url ?? '']?.(pocket, req, res, body).catch((error: unknown) => {
            if (!(error instanceof PocketError)) throw error
            res.statusCode = error.status
            return { code: error.code, details: error.details, fields: error.fields }
          })
          res.setHeader('Content-Type', 'application/json').end(JSON.stringify(result))
        })
    },
  })
  const agent = new UserAgent()
  const post = async (path: string, body: object = {}, from = agent) =>
    (await from.postJson(`${host.issuer}${path}`, body)).json() as Record<string, never>
  const signUp = async (userName = 'bob') => {
    const options = await post('/sign-up', { userName, email: `${userName}@example.com` })
    if (!options.challenge) return options
    const response = new SoftwareAuthenticator().create(options as never, { origin: host.issuer })
    return post('/sign-up/answer', { response })
  }
  return { host, post, signUp }
}

/** An account store that creates accounts on sign-up. */
function createRegisteringAccounts() {
  const created = new Map<string, HostAccount>()
  const people: Partial<HostAccounts> = {
    find: async (id) => created.get(id),
    async register(account) {
      created.set(account.id, account)
      return account
    },
  }
  return { made: created, people }
}

describe('sign-up', () => {
  test('creates the account together with the passkey, and signs in with the passkey level', async () => {
    const { made, people } = createRegisteringAccounts()
    const { host, post, signUp } = await startHostWithAccounts(people)
    const account = await signUp()
    expect([...made.values()]).toEqual([{ id: account.id, userName: 'bob', email: 'bob@example.com' }])
    expect(await post('/who')).toMatchObject({ accountId: account.id, acr: 'phr' })
    expect(await host.pocket.passkeys.list(String(account.id))).toEqual([
      expect.objectContaining({ lastUsedAt: expect.any(Number) }),
    ])
    expect(host.events.map(({ event }) => event)).toEqual(['account_created', 'passkey_added', 'signed_in'])
  })

  test('does not sign in if the account is created disabled', async () => {
    const { people } = createRegisteringAccounts()
    const { host, post, signUp } = await startHostWithAccounts({
      ...people,
      register: async (account) => ({ ...account, disabled: true }),
    })
    expect(await signUp()).toMatchObject({ disabled: true })
    expect(await post('/who')).toEqual({})
    expect(host.events.map(({ event }) => event)).toEqual(['account_created', 'passkey_added'])
  })

  const rejectSignUp = () => ({ refuse: 'Not today.' })
  const register: NonNullable<HostAccounts['register']> = async (account) => account
  const rejectAsTaken = async () => {
    throw new ConflictError('already_in_use', 'The name is taken.')
  }
  const broken = 'accounts.register'
  test.each<readonly [string, string, string | undefined, Partial<HostAccounts>, HookOptions['before']]>([
    ['the host refuses', 'already_in_use', undefined, { register: rejectAsTaken }, {}],
    ['the store throws', 'misconfigured', broken, { register: () => Promise.reject(new Error('no')) }, {}],
    ['the store hangs', 'misconfigured', broken, { register: () => new Promise(() => {}) }, {}],
    [
      'the store returns another account',
      'misconfigured',
      broken,
      { register: async (account) => ({ ...account, id: 'x' }) },
      {},
    ],
    ['the store returns no account', 'misconfigured', broken, { register: async () => undefined as never }, {}],
    ['there is no `register`', 'misconfigured', broken, {}, {}],
    ['a hook refuses the sign-up', 'forbidden', 'hooks.before.signUp', { register }, { signUp: rejectSignUp }],
    ['a hook refuses the passkey', 'forbidden', 'hooks.before.addPasskey', { register }, { addPasskey: rejectSignUp }],
    ['a hook refuses the sign-in', 'sign_in_refused', 'hooks.before.signIn', { register }, { signIn: rejectSignUp }],
    [
      'a hook throws',
      'misconfigured',
      'hooks.before.signUp',
      { register },
      { signUp: () => Promise.reject(new Error('no')) },
    ],
  ])('leaves no partial account if %s: %s', async (_name, code, option, people, before = {}) => {
    const { host, post, signUp } = await startHostWithAccounts(people, { hooks: { before } })
    expect(await signUp()).toMatchObject({ code, ...(option && { details: { option } }) })
    expect(await post('/who')).toEqual({})
    expect(await host.pocket.passkeys.accountIds()).toEqual([])
    expect(host.events.some(({ event }) => event === 'signed_in' || event === 'passkey_added')).toBe(false)
  })

  test('requires a name, accepts only strings, and drops unknown fields', async () => {
    const { made, people } = createRegisteringAccounts()
    const { host, post, signUp } = await startHostWithAccounts(people)
    expect(await signUp(' ')).toMatchObject({ code: 'validation_failed', fields: [{ field: 'userName' }] })
    expect(await post('/sign-up', { userName: 'bob', email: {} })).toMatchObject({
      code: 'validation_failed',
      fields: [{ field: 'email', code: 'invalid_type' }],
    })
    const more = { userName: 'bob', id: 'root', groups: [{ id: 'admins', name: 'admins' }], emailVerified: true }
    const options = await post('/sign-up', more)
    const response = new SoftwareAuthenticator().create(options as never, { origin: host.issuer })
    const { id } = await post('/sign-up/answer', { response })
    expect([...made.values()]).toEqual([{ id, userName: 'bob' }])
  })
})

describe('login code by e-mail', () => {
  const ada: HostAccount = { id: '7', userName: 'ada', email: 'ada@example.com' }
  const createAccounts = (account: HostAccount | undefined): Partial<HostAccounts> => ({
    find: async () => account,
    findByLogin: async (login) => (login === 'ada' ? account : undefined),
  })

  test('is sent to the e-mail address of the account, and signs in the requesting browser once', async () => {
    const mails: LoginCodeMail[] = []
    const { host, post } = await startHostWithAccounts(createAccounts(ada), {
      mailer: { send: async (mail) => mails.push(mail) },
    })
    expect(await post('/mail', { login: 'ada' })).toEqual({})
    await host.pocket[Symbol.asyncDispose]()
    const [mail] = mails
    expect(mail).toMatchObject({ kind: 'login-code', to: 'ada@example.com', account: { id: '7' } })
    expect(mail?.text).toContain(mail?.code)
    expect(mail?.expiresAt).toBeLessThanOrEqual(Date.now() + 15 * minute)
    const code = { code: mail?.code }
    expect(await post('/code', code, new UserAgent())).toMatchObject({ code: 'code_invalid' })
    expect(await post('/code', code)).toMatchObject({ id: '7' })
    expect(await post('/who')).toMatchObject({ accountId: '7', acr: '0' })
    expect(await post('/code', code)).toMatchObject({ code: 'code_invalid' })
    expect(host.events.map(({ event }) => event)).toContain('code_issued')
  })

  test.each([
    ['does not exist', undefined],
    ['is disabled', { ...ada, disabled: true }],
    ['has no e-mail address', { id: '7', userName: 'ada' }],
  ])('is not sent to a user who %s, and the response does not disclose it', async (_name, account) => {
    const mails: unknown[] = []
    const { host, post } = await startHostWithAccounts(createAccounts(account), {
      mailer: { send: async (mail) => mails.push(mail) },
    })
    expect(await post('/mail', { login: 'ada' })).toEqual({})
    await host.pocket[Symbol.asyncDispose]()
    expect([mails, host.errors]).toEqual([[], []])
  })

  test.each<readonly [string, string, Partial<HostAccounts>, PocketOptions['mailer'], string?]>([
    ['a mailer that throws', 'mailer', {}, { send: () => Promise.reject(new Error('no')) }],
    ['a mailer that hangs', 'mailer', {}, { send: () => new Promise(() => {}) }],
    [
      'a mailer that is unavailable',
      'mailer',
      {},
      { send: () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })) },
      'database_unavailable',
    ],
    [
      'a store that throws',
      'accounts.findByLogin',
      { findByLogin: () => Promise.reject(new Error('no')) },
      { send: async () => {} },
    ],
    [
      'a store that returns an empty ID',
      'accounts.findByLogin',
      { findByLogin: async () => ({ id: '', userName: 'ada' }) },
      { send: async () => {} },
    ],
  ])(
    '%s is reported to the host, and not to the user',
    async (_name, option, broken, mailer = { send: async () => {} }, code = 'misconfigured') => {
      const { host, post } = await startHostWithAccounts({ ...createAccounts(ada), ...broken }, { mailer })
      expect(await post('/mail', { login: 'ada' })).toEqual({})
      await host.pocket[Symbol.asyncDispose]()
      expect(host.errors).toMatchObject([{ code, details: { option } }])
    },
  )

  test('is unavailable without a mailer', async () => {
    const { post } = await startHostWithAccounts(createAccounts(ada))
    expect(await post('/mail', { login: 'ada' })).toMatchObject({
      code: 'misconfigured',
      fields: [{ field: 'mailer', code: 'not_offered' }],
    })
  })

  test('is rate limited', async () => {
    using _time = stopTime()
    const { post } = await startHostWithAccounts(createAccounts(ada), {
      mailer: { send: async () => {} },
      limits: { rateLimiter: undefined },
    })
    const codes = []
    for (let tries = 0; tries < 6; tries++) codes.push((await post('/mail', { login: `nobody${tries}` })).code)
    expect(codes).toEqual([undefined, undefined, undefined, undefined, undefined, 'rate_limited'])
  })
})

describe('account list', () => {
  const all = ['1', '2', '3'].map((id) => ({ id, userName: `name${id}` }))
  const list: HostAccounts['list'] = async ({ after, limit }) => all.filter(({ id }) => id > after).slice(0, limit)

  test('is paginated, with accounts as core sees them', async () => {
    const { host } = await startHostWithAccounts({ list })
    expect(await host.pocket.accounts.list({ after: '1', limit: 5 })).toMatchObject([
      { id: '2', displayName: 'name2', disabled: false, groups: [] },
      { id: '3' },
    ])
  })

  test.each<readonly [string, HostAccounts['list'], string]>([
    ['is not a list', async () => ({}) as never, 'invalid'],
    ['is longer than requested', async () => all, 'invalid'],
    ['has an account without an ID', async () => [{ userName: 'ada' } as never], 'invalid'],
    ['has an undefined account', async () => [undefined as never], 'invalid'],
    ['never resolves', () => new Promise(() => {}), 'failed'],
    ['is not offered', undefined, 'not_offered'],
  ])('that %s is rejected', async (_name, broken, code) => {
    const { host } = await startHostWithAccounts(broken ? { list: broken } : {})
    await expect(host.pocket.accounts.list({ after: '', limit: 2 })).rejects.toMatchObject({
      code: 'misconfigured',
      fields: [{ field: 'accounts.list', code }],
    })
  })
})
