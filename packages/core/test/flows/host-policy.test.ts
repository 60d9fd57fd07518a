import { describe, expect, test } from '@jest/globals'
import type { AccessCheck, BeforeHooks, PocketOptions } from '@pocket/core'
import { RateLimitedError } from '@pocket/core/errors'
import { UserAgent } from '@pocket/core/testing'
import { answerCeremony, hostStarter, minute, resumeUrl, returnDenied, viewOf, visit } from './host.ts'
import { authorizationUrl, followAuthorization, login, relyingParty } from './login.ts'

const startHost = hostStarter()

async function createFixture(options: Partial<PocketOptions>) {
  const host = await startHost({ options })
  const { configuration, client } = await relyingParty(host, { client: { skipConsent: true } })
  const person = await host.person('ada')
  const agent = new UserAgent()
  const requestLogin = (extra: Readonly<Record<string, string>> = {}) =>
    login(host, configuration, extra, { agent, person })
  return { host, client, person, agent, requestLogin }
}

describe('host policy check', () => {
  test('receives the user, the client and the sign-in method', async () => {
    const requests: unknown[] = []
    const { client, person, requestLogin } = await createFixture({
      hooks: { accessChecks: { curious: (question) => void requests.push(question) } },
    })
    await requestLogin({ acr_values: 'phr', scope: 'openid profile' })
    expect(requests.at(-1)).toMatchObject({
      account: { id: person.account.id, userName: 'ada' },
      client: { id: client.id, name: 'Client' },
      scopes: ['openid', 'profile'],
      session: { authTime: expect.any(Number), amr: ['phr'] },
      acrValues: ['phr'],
    })
  })

  test('can refuse: the user sees the reason, the client gets access_denied, and the log names the rule', async () => {
    const office: AccessCheck = ({ account }) =>
      account.userName === 'ada' ? { refuse: 'Outside of office hours.' } : undefined
    const { agent, requestLogin } = await createFixture({ hooks: { accessChecks: { office } } })
    const { page } = await requestLogin()
    expect(viewOf(page)).toMatchObject({ view: 'not-allowed', reason: 'Outside of office hours.' })
    const returned = await returnDenied(agent, page)
    expect(new URL(returned.location ?? '').searchParams.get('error')).toBe('access_denied')
  })

  test('can require reauthentication', async () => {
    const now = () => host.clock.now() / 1000
    const fresh: AccessCheck = ({ session }) => (now() - session.authTime > 300 ? { signInAgain: true } : undefined)
    const { host, agent, person, client, requestLogin } = await createFixture({
      hooks: { accessChecks: { fresh } },
    })
    expect((await requestLogin()).page.location).toMatch(/code=/)
    host.clock.pass(10 * minute)
    const url = authorizationUrl(host, client.id)
    const page = await visit(agent, url)
    expect(viewOf(page)).toMatchObject({ view: 'sign-in', reason: 'again' })
    const refused = await visit(agent, `${url}&prompt=none`)
    expect(refused.location).toMatch(/error=login_required/)
    expect((await followAuthorization(host, url, { agent, person })).page.location).toMatch(/code=/)
  })

  test('can send the user to a page of the host, and runs once more afterwards', async () => {
    const accepted = new Set<string>()
    const terms: AccessCheck = ({ account }) =>
      accepted.has(account.id) ? undefined : { redirectTo: '/terms?version=2' }
    const { host, agent, person, client } = await createFixture({ hooks: { accessChecks: { terms } } })
    const url = authorizationUrl(host, client.id)
    const isTermsUrl = (address: string) => /^https:|\/terms/.test(address)
    const page = await visit(agent, url)
    const resume = await resumeUrl(agent, page, person.authenticator)
    const sent = await agent.follow(await agent.get(resume), { until: isTermsUrl })
    const asked = new URL(sent.location ?? '')
    expect(asked.searchParams.get('version')).toBe('2')
    const returnPath = new URL(asked.searchParams.get('redirect') ?? '', asked).href
    const again = await agent.follow(await agent.get(returnPath), { until: isTermsUrl })
    expect(again.location).toMatch(/\/terms/)
    accepted.add(person.account.id)
    const next = new URL(new URL(again.location ?? '').searchParams.get('redirect') ?? '', asked).href
    expect((await visit(agent, next)).location).toMatch(/code=/)
  })

  test.each([
    ['throws', () => Promise.reject(new Error('no rules'))],
    ['hangs', () => new Promise<undefined>(() => {})],
    ['returns false', () => false as unknown as undefined],
    ['returns true', () => true as unknown as undefined],
    ['returns an unknown result', () => ({ refused: 'no' }) as unknown as undefined],
  ])('that %s authorizes no one, and the error names it', async (_name, broken) => {
    const { host, requestLogin } = await createFixture({
      hooks: { accessChecks: { broken } },
      limits: { hookTimeout: 50 },
    })
    const { page } = await requestLogin()
    expect(page.location ?? page.text).not.toMatch(/code=/)
    expect(host.errors).toMatchObject([{ code: 'misconfigured', details: { option: 'hooks.accessChecks.broken' } }])
    expect(host.events.at(-1)).toMatchObject({ event: 'request_refused', code: 'misconfigured' })
  })
})

describe('page after the sign-in', () => {
  test('is shown after a passkey was used, before the client, and never to a user who is signed in', async () => {
    const signIns: unknown[] = []
    const afterSignInUrl: NonNullable<PocketOptions['pages']>['afterSignInUrl'] = async (signIn) => {
      signIns.push(signIn)
      return '/advice?about=passkeys'
    }
    const { host, agent, person, client } = await createFixture({ pages: { afterSignInUrl } })
    const url = authorizationUrl(host, client.id)
    const page = await visit(agent, url)
    const advice = new URL(await resumeUrl(agent, page, person.authenticator))
    expect([advice.pathname, advice.searchParams.get('about')]).toEqual(['/advice', 'passkeys'])
    expect(signIns).toMatchObject([{ account: { id: person.account.id }, passkeys: [{ lastUsedAt: null }] }])
    const next = new URL(advice.searchParams.get('redirect') ?? '', advice)
    expect((await visit(agent, next)).location).toMatch(/code=/)
    for (const request of [url, `${url}&prompt=none`]) expect((await visit(agent, request)).location).toMatch(/code=/)
    expect(signIns).toHaveLength(1)
  })

  test.each([null, '', undefined as unknown as null])('is skipped if its function returns %p', async (url) => {
    const { host, agent, person, client } = await createFixture({ pages: { afterSignInUrl: async () => url } })
    const page = await visit(agent, authorizationUrl(host, client.id))
    const resume = await resumeUrl(agent, page, person.authenticator)
    expect((await agent.get(resume)).location).toMatch(/code=/)
    expect(host.errors).toEqual([])
  })

  test.each([
    ['throws', () => Promise.reject(new Error('no advice'))],
    ['hangs', () => new Promise<null>(() => {})],
    ['returns an invalid result', async () => 5 as unknown as string],
  ])('is skipped if its function %s, and the error names the option', async (_name, afterSignInUrl) => {
    const { host, requestLogin } = await createFixture({ pages: { afterSignInUrl }, limits: { hookTimeout: 50 } })
    expect((await requestLogin()).page.location).toMatch(/code=/)
    expect(host.errors).toMatchObject([{ code: 'misconfigured', details: { option: 'pages.afterSignInUrl' } }])
  })
})

describe('hook before the sign-in', () => {
  const rejectSignIn: BeforeHooks['signIn'] = ({ account, method }) => ({ refuse: `${account.userName} by ${method}` })
  test.each([
    ['refuses', rejectSignIn, 403, 'sign_in_refused'],
    ['throws', () => Promise.reject(new Error('no')), 500, 'misconfigured'],
    ['returns false', () => false as unknown as undefined, 500, 'misconfigured'],
    ['returns no reason', () => ({ refuse: true }) as unknown as undefined, 500, 'misconfigured'],
  ])('that %s rejects every sign-in method with an audit event', async (_name, signIn, status, code) => {
    const { host, agent, person, client } = await createFixture({ hooks: { before: { signIn } } })
    const page = await visit(agent, authorizationUrl(host, client.id))
    const response = await answerCeremony(agent, page, person.authenticator)
    expect([response.status, response.json()]).toEqual([status, expect.objectContaining({ code })])
    expect(agent.cookies().some(({ name }) => name === 'access_token')).toBe(false)
    const { id } = person.account
    expect(host.events.at(-1)).toMatchObject({ event: 'sign_in_failed', code, accountId: id })
    expect(host.events.some(({ event }) => event === 'signed_in')).toBe(false)
  })

  test('covers login codes too', async () => {
    const { host, person } = await createFixture({ hooks: { before: { signIn: rejectSignIn } } })
    const { code } = await host.pocket.issueLoginCode(person.account, minute)
    // The code exchange on a page of the host.
    const result = await new Promise<unknown>((resolve) => {
      host.server.once('request', (req, res) => {
        host.pocket.signIn.withCode(req, res, code).then(resolve, resolve)
        res.end()
      })
      void fetch(`${host.issuer}/nowhere`).catch(() => undefined)
    })
    expect(result).toMatchObject({ code: 'sign_in_refused' })
  })
})

test('uses the rate limiter of the host in place of the built-in one', async () => {
  const rateLimiter = {
    consume: async () => {
      throw new RateLimitedError('Enough.', 7)
    },
    refund: async () => {},
    recordFailure: async () => {},
    assertNotBlocked: async () => {},
  }
  const { host, agent, person, client } = await createFixture({ limits: { rateLimiter } })
  const page = await visit(agent, authorizationUrl(host, client.id))
  const response = await answerCeremony(agent, page, person.authenticator)
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7'])
})
