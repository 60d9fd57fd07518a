import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { databaseKinds, quickOnly } from '@pocket/test-support'
import { startInstance as startAnother } from '../e2e/instance.ts'
import { databaseOf, startApp } from '../http/app.ts'
import { stopTime } from '../stopped-time.ts'
import { type Instance, registerPasskey, signInWithPasskey, startInstance } from './instance.ts'
import { freshName } from './people.ts'

const limited = { DISABLE_RATE_LIMITING: 'false', TRUST_PROXY: 'true' }
const nothing = {
  id: 'AAAA',
  rawId: 'AAAA',
  type: 'public-key',
  response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA' },
  clientExtensionResults: {},
}

describe.each(databaseKinds)('%s', (kind) => {
  const stack = new AsyncDisposableStack()
  let env: Readonly<Record<string, string>>
  let instance: Instance
  let addresses = 0

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pocket-limits-'))
    stack.defer(() => rm(folder, { recursive: true, force: true }))
    const { DB_CONNECTION_STRING: address = join(folder, 'x.db') } = await databaseOf(kind, stack)
    env = {
      ...limited,
      DB_CONNECTION_STRING: address,
      EMAIL_ONE_TIME_ACCESS_AS_UNAUTHENTICATED_ENABLED: 'true',
      EMAIL_VERIFICATION_ENABLED: 'true',
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: '9',
      SMTP_FROM: 'id@example.com',
    }
    instance = stack.use(await startInstance(env))
  })

  afterAll(async () => stack.disposeAsync())

  // Limits refill over time, so the clock is frozen during a test.
  beforeEach(() => {
    stopTime()
  })
  afterEach(() => void jest.restoreAllMocks())

  /** An IP address that was not used before. */
  const nextAddress = () => `198.51.100.${++addresses}`
  const agentFrom = (address: string) => new UserAgent({ headers: { 'x-forwarded-for': address } })
  const post =
    (path: string, body: object = {}) =>
    (agent: UserAgent) =>
      agent.postJson(instance.url + path, body)
  const guess = (code = 'ABCDEF') => post(`/api/one-time-access-token/${code}`)
  const repeatRequest = <T>(count: number, make: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => make(index)))
  const countAdmitted = (responses: readonly UserAgentResponse[]) =>
    responses.filter(({ status }) => status !== 429).length

  /** A browser of the administrator at another IP address. */
  async function signInFrom(address: string): Promise<UserAgent> {
    const agent = agentFrom(address)
    const { code } = await instance.app.issueLoginCode('ada')
    expect((await agent.postForm(`${instance.url}/lc`, { code })).status).toBe(303)
    await registerPasskey(agent, instance.url)
    return agent
  }

  test.each([
    ['POST /api/signup', 10, 30, post('/api/signup', { username: 'eve' })],
    ['POST /api/signup/setup', 10, 10, post('/api/signup/setup', { username: 'eve' })],
    ['POST /api/webauthn/login/finish', 10, 5, post('/api/webauthn/login/finish', nothing)],
    ['POST /api/one-time-access-token/:token', 5, 10, guess()],
    ['POST /api/one-time-access-email', 5, 300, post('/api/one-time-access-email', { email: 'eve@example.com' })],
    ['POST /api/device-login/requests', 5, 10, post('/api/device-login/requests')],
  ])('%s: allows %i at once, and one more after %i s', async (_call, burst, interval, call) => {
    const agent = agentFrom(nextAddress())
    const responses = await repeatRequest(burst + 3, () => call(agent))
    expect(countAdmitted(responses)).toBe(burst)
    const refused = responses.filter(({ status }) => status === 429)
    for (const response of refused) {
      expect(response.json()).toEqual({
        error: expect.any(String),
        code: 'rate_limited',
        request_id: response.headers.get('x-request-id'),
      })
      const wait = Number(response.headers.get('retry-after'))
      expect(wait > 0 && wait <= interval).toBe(true)
    }
    expect((await call(agentFrom(nextAddress()))).status).not.toBe(429)
  })

  test.each([
    ['POST /api/webauthn/reauthenticate', 5, post('/api/webauthn/reauthenticate')],
    ['POST /api/device-login/verification', 5, post('/api/device-login/verification', { code: 'PABCDEFG' })],
    ['POST /api/users/me/send-email-verification', 1, post('/api/users/me/send-email-verification')],
    ['POST /api/users/me/verify-email', 5, post('/api/users/me/verify-email', { token: 'x' })],
  ])('%s: allows %i at once for a user with a session', async (_call, burst, call) => {
    const agent = await signInFrom(nextAddress())
    expect(countAdmitted(await repeatRequest(burst + 3, () => call(agent)))).toBe(burst)
  })

  test('allows a waiting device ten polls in a burst', async () => {
    const agent = agentFrom(nextAddress())
    const { id } = (await post('/api/device-login/requests')(agent)).json() as { id: string }
    const sendRequest = () =>
      agent.postJson(`${instance.url}/api/device-login/requests/${id}/exchange`, {}, { headers: { prefer: 'wait=0' } })
    const responses = await repeatRequest(13, sendRequest)
    expect(responses.filter(({ status }) => status === 202)).toHaveLength(10)
    expect(countAdmitted(responses)).toBe(10)
  })

  test.each([
    ['/lc', 5, { code: 'ABCDEF' }, guess()],
    ['/lc', 5, { code: 'ABCD-EFGH-JKMN-PQRS' }, guess()],
    ['/recover/email', 5, { email: 'eve@example.com' }, null],
    ['/recover/stop', 5, { token: 'x' }, null],
    ['/lc/email', 5, { email: 'eve@example.com' }, post('/api/one-time-access-email', { email: 'eve@example.com' })],
    ['/login/device', 5, null, post('/api/device-login/requests')],
    ['/st/unknown', 20, null, null],
  ])('counts the page %s with the API, and shows when to retry', async (path, burst, form, call) => {
    const agent = agentFrom(nextAddress())
    const visit = () => (form ? agent.postForm(instance.url + path, form) : agent.get(instance.url + path))
    const responses = await repeatRequest(burst + 1, visit)
    expect(countAdmitted(responses)).toBe(burst)
    const refused = responses.find(({ status }) => status === 429)
    expect(refused?.headers.get('content-type')).toMatch('text/html')
    expect(refused?.text).toMatch(/You can try again in \d+ (second|minute)/)
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
    if (call) expect((await call(agent)).status).toBe(429)
  })

  test.each([
    ['/login', 10, { response: nothing }],
    ['/signup', 10, { response: nothing }],
    ['/signup/options', 20, { username: 'eve' }],
    ['/login/setup', 10, { response: nothing }],
  ])('reports the limit to a script at %s after %i requests', async (path, burst, body) => {
    const agent = agentFrom(nextAddress())
    const responses = await repeatRequest(burst + 2, () => agent.postJson(instance.url + path, body))
    expect(countAdmitted(responses)).toBe(burst)
    expect(responses.find(({ status }) => status === 429)?.json()).toMatchObject({ code: 'rate_limited' })
  })

  test('counts device codes on the pages too', async () => {
    const agent = await signInFrom(nextAddress())
    expect((await agent.get(`${instance.url}/device`)).status).toBe(200)
    const openDevicePage = () => agent.get(`${instance.url}/device?code=PABCDEFG`)
    expect(countAdmitted(await repeatRequest(7, openDevicePage))).toBe(5)
    expect((await agent.postJson(`${instance.url}/device/approve?code=PABCDEFG`, {})).status).toBe(429)
    expect((await post('/api/device-login/verification', { code: 'PABCDEFG' })(agent)).status).toBe(429)
    expect((await agent.postJson(`${instance.url}/device/allow?code=BCDF-GHJK`, {})).status).toBe(429)
    expect((await agent.get(`${instance.url}/device?user_code=BCDF-GHJK`)).status).toBe(429)
    expect((await agent.getJson(`${instance.url}/api/oidc/device/info?code=BCDF-GHJK`)).status).toBe(429)
    expect((await agent.get(`${instance.url}/device`)).status).toBe(200)
  })

  test('counts an IPv6 network as one source, and its neighbor separately', async () => {
    const responses = await repeatRequest(8, (index) => guess()(agentFrom(`2001:db8:1:2:${index}::${index}`)))
    expect(countAdmitted(responses)).toBe(5)
    expect((await guess()(agentFrom('2001:0db8:0001:0002:ffff::1'))).status).toBe(429)
    expect((await guess()(agentFrom('2001:db8:1:3::1'))).status).toBe(401)
    const mapped = await repeatRequest(5, () => guess()(agentFrom('192.0.2.200')))
    expect([countAdmitted(mapped), (await guess()(agentFrom('::ffff:192.0.2.200'))).status]).toEqual([5, 429])
  })

  test('shares the limits between two processes', async () => {
    // The clock of the other process is frozen as well.
    const stopped = `--import=data:text/javascript,Date.now=()=>${Date.now()}`
    await using other = await startAnother(kind, { ...env, APP_URL: instance.url, NODE_OPTIONS: stopped })
    // Both requests come from the IP address that the user agent states behind a proxy.
    const responses = await repeatRequest(12, (index) =>
      guess()(new UserAgent({ resolve: { [instance.url]: [instance, other][index % 2]?.url ?? '' } })),
    )
    expect(countAdmitted(responses)).toBe(5)
  })

  test('limits every endpoint for programs per IP address, and no other', async () => {
    const address = nextAddress()
    const responses = await repeatRequest(600, () =>
      agentFrom(address).getJson(`${instance.url}/.well-known/webfinger`),
    )
    expect(countAdmitted(responses)).toBe(300)
    expect((await agentFrom(address).get(`${instance.url}/healthz`)).status).toBe(204)
    expect((await agentFrom(address).get(`${instance.url}/lc`)).status).toBe(200)
    expect((await agentFrom(nextAddress()).getJson(`${instance.url}/api/version/latest`)).status).not.toBe(429)
  })

  test('allows ten wrong codes for an e-mail address in total, registered or not', async () => {
    for (const email of ['ada@example.com', 'nobody@example.com']) {
      const agent = new UserAgent()
      await agent.postJson(
        `${instance.url}/api/one-time-access-email`,
        { email },
        { headers: forwardedFor(nextAddress()) },
      )
      const places = Array.from({ length: 4 }, nextAddress)
      const responses = await repeatRequest(16, (index) =>
        agent.postJson(
          `${instance.url}/api/one-time-access-token/ABCDEF`,
          {},
          { headers: forwardedFor(places[index % 4] ?? '') },
        ),
      )
      expect([email, countAdmitted(responses)]).toEqual([email, 10])
      // A code of twelve characters from an administrator still works.
      const { code } = await instance.app.issueLoginCode('ada')
      const inside = await agent.postForm(`${instance.url}/lc`, { code }, { headers: forwardedFor(nextAddress()) })
      expect(inside.status).toBe(303)
    }
  })

  test('limits wrong codes from all sources together, but not valid codes and passkeys', async () => {
    const agent = await signInFrom(nextAddress())
    const { authenticator } = await registerPasskey(agent, instance.url)
    const places = Array.from({ length: 30 }, nextAddress)
    const responses = await repeatRequest(150, (index) => guess()(agentFrom(places[index % 30] ?? '')))
    expect(countAdmitted(responses)).toBeLessThan(110)
    expect(countAdmitted(responses)).toBeGreaterThan(50)
    const { code } = await instance.app.issueLoginCode('ada')
    expect((await agentFrom(nextAddress()).postForm(`${instance.url}/lc`, { code })).status).toBe(303)
    const browser = agentFrom(nextAddress())
    expect((await signInWithPasskey(browser, instance.url, authenticator)).status).toBe(200)
  })

  test.each([
    ['for an e-mail address', 90_000, 'eve@example.com'],
    ['in total', 2_000, null],
  ])(
    'does not count a valid short code as a guess after the guesses %s are used up',
    async (_which, interval, email) => {
      const administrator = await signInFrom(nextAddress())
      const send = (method: string, path: string, body: object) =>
        administrator.sendJson(method, instance.url + path, { body }).then((response) => response.json())
      const { id } = (await send('POST', '/api/users', newUserFields())) as { id: string }
      const right: string[] = []
      for (let count = 0; count < 3; count++) {
        const { token } = (await send('POST', `/api/users/${id}/one-time-access-token`, { ttl: 900 })) as {
          token: string
        }
        expect(token).toHaveLength(6)
        right.push(token)
      }
      const agent = new UserAgent()
      if (email)
        await agent.postJson(
          `${instance.url}/api/one-time-access-email`,
          { email },
          { headers: forwardedFor(nextAddress()) },
        )
      const enter = async (code: string) =>
        (
          await agent.postJson(
            `${instance.url}/api/one-time-access-token/${code}`,
            {},
            { headers: forwardedFor(nextAddress()) },
          )
        ).status
      // Other attempts have expired by then. After the clock is set back, these are implausibly far in the future.
      let now = Date.now() + 600_000
      jest.spyOn(Date, 'now').mockImplementation(() => now)
      while ((await enter('ABCDEF')) !== 429);
      // One more is allowed.
      now += interval
      for (const code of right) expect(await enter(code)).toBe(200)
      expect([await enter('ABCDEF'), await enter('ABCDEF')]).toEqual([401, 429])
    },
  )

  test('records repeated rejections once', async () => {
    const address = nextAddress()
    const before = refusals().length
    await repeatRequest(40, () => guess()(agentFrom(address)))
    expect(refusals().slice(before)).toEqual([
      expect.objectContaining({ endpoint: 'one-time-access-token', errorCode: 'rate_limited', ipAddress: address }),
    ])
  })

  const refusals = () =>
    instance.log
      .map((line): Readonly<Record<string, unknown>> => JSON.parse(line))
      .filter(({ audit, errorCode }) => audit === 'request_refused' && errorCode === 'rate_limited')
  const newUserFields = () => {
    const username = freshName()
    return { username, email: `${username}@example.com`, firstName: 'Eve', displayName: 'Eve' }
  }
  const forwardedFor = (address: string) => ({ 'x-forwarded-for': address })
})

quickOnly(test)('allows everything with DISABLE_RATE_LIMITING', async () => {
  await using running = await startApp({ DISABLE_RATE_LIMITING: 'true' })
  for (let tries = 0; tries < 12; tries++)
    expect((await running.agent().postJson(`${running.url}/api/one-time-access-token/ABCDEF`, {})).status).toBe(401)
})
