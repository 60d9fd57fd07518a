import { beforeAll, describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { cookieHeader, passkeyAnswer, signInWithPasskey } from '../api/instance.ts'
import { setUpAdministrator } from '../http/app.ts'
import { type Storage, startInstance } from './instance.ts'

const callback = 'https://app.example/callback'
const rounds = 3
const storages: readonly Storage[] = ['SQLite', 'PostgreSQL']

type Fields = Readonly<Record<string, string>>

describe.each(storages)('two processes over one %s', (storage) => {
  const instance = shareBetweenTests(() =>
    startInstance(storage, { UI_CONFIG_DISABLED: 'true', ALLOW_USER_SIGNUPS: 'withToken' }),
  )
  let processes: readonly [string, string]
  let client: Readonly<Record<'client_id' | 'client_secret', string>>
  const browser = new UserAgent()
  const authenticator = new SoftwareAuthenticator()

  beforeAll(async () => {
    await setUpAdministrator(browser, instance.url, authenticator)
    processes = [instance.url, await instance.startReplica()]
    const answer = await passkeyAnswer(browser, instance.url, authenticator)
    await send('POST', '/api/webauthn/reauthenticate', answer)
    const app = { name: 'App', callbackURLs: [callback], logoutCallbackURLs: [callback], skipConsent: true }
    const { id: client_id = '' } = await send('POST', '/api/oidc/clients', app)
    const { secret = '' } = await send('POST', `/api/oidc/clients/${client_id}/secret`)
    client = { client_id, client_secret: secret }
  })

  async function send(method: string, path: string, body?: object): Promise<Fields> {
    const response = await browser.sendJson(method, instance.url + path, body === undefined ? {} : { body })
    expect([response.text, response.status < 300]).toEqual([response.text, true])
    return response.text === '' ? {} : (response.json() as Fields)
  }

  const post = async (origin: string, path: string, fields: Fields) => {
    const response = await fetch(origin + path, { method: 'POST', body: new URLSearchParams({ ...client, ...fields }) })
    return { status: response.status, json: (await response.json()) as Fields }
  }
  const requestToken = (origin: string, fields: Fields) => post(origin, '/api/oidc/token', fields)

  const userInfo = async (origin: string, accessToken = '') => {
    const headers = { authorization: `Bearer ${accessToken}` }
    return (await fetch(`${origin}/api/oidc/userinfo`, { headers })).status
  }

  /** Sends concurrent requests, half of them to each process. */
  const runAtOnce = <Result>(length: number, use: (origin: string, index: number) => Promise<Result>) =>
    Promise.all(Array.from({ length }, (_, index) => use(processes[index % 2 === 0 ? 0 : 1], index)))

  /** A request of a browser with these cookies, to either process. */
  const navigate = async (origin: string, agent: UserAgent, path: string, method = 'GET') => {
    const headers = { cookie: cookieHeader(agent), origin: instance.url }
    const response = await fetch(origin + path, { method, headers, redirect: 'manual' })
    const location = new URL(response.headers.get('location') ?? '/', instance.url)
    return { status: response.status, location, code: location.searchParams.get('code') }
  }

  const authorize = (origin: string, agent: UserAgent, fields: Fields) =>
    navigate(origin, agent, `/authorize?${new URLSearchParams(fields)}`)

  const authorization = { redirect_uri: callback, response_type: 'code', scope: 'openid' }

  test('a device code gets one token response in fifty concurrent requests', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { json } = await post(processes[1], '/api/oidc/device/authorize', { scope: 'openid' })
      await send('POST', `/api/oidc/device/verify?code=${json.user_code}`)
      const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
      const polls = await runAtOnce(50, (origin) =>
        requestToken(origin, { grant_type, device_code: json.device_code ?? '' }),
      )
      const statuses = polls.map(({ status }) => status).toSorted()
      expect(statuses).toEqual([200, ...Array(49).fill(400)])
    }
  })

  test('a pushed request gets one code in fifty concurrent requests of a browser', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { json } = await post(processes[1], '/api/oidc/par', authorization)
      const request = { client_id: client.client_id, request_uri: json.request_uri ?? '' }
      const responses = await runAtOnce(50, (origin) => authorize(origin, browser, request))
      expect(responses.filter(({ code }) => code !== null)).toHaveLength(1)
      expect(responses.filter(({ status }) => status >= 500)).toEqual([])
      for (const origin of processes) expect((await authorize(origin, browser, request)).code).toBeNull()
    }
  })

  test('an approved sign-in on another device signs in one of fifty concurrent exchanges', async () => {
    const device = new UserAgent()
    const { id, userCode } = (await device.postJson(`${instance.url}/api/device-login/requests`, {})).json() as Fields
    await send('POST', '/api/webauthn/reauthenticate', await passkeyAnswer(browser, instance.url, authenticator))
    await send('POST', '/api/device-login/verification/decision', { code: userCode, decision: 'approve' })
    const headers = { cookie: cookieHeader(device), origin: instance.url, prefer: 'wait=0' }
    const responses = await runAtOnce(50, (origin) =>
      fetch(`${origin}/api/device-login/requests/${id}/exchange`, { method: 'POST', headers }),
    )
    expect(responses.map(({ status }) => status).toSorted()).toEqual([200, ...Array(49).fill(401)])
  })

  test('a sign-up token admits as many of fifty concurrent users as it allows', async () => {
    const { token = '', id } = await send('POST', '/api/signup-tokens', { usageLimit: 3 })
    const statuses = await runAtOnce(50, async (origin, index) => {
      const username = `user${index}`
      const body = JSON.stringify({ username, email: `${username}@example.com`, token })
      const headers = { origin: instance.url, 'content-type': 'application/json' }
      return (await fetch(`${origin}/api/signup`, { method: 'POST', headers, body })).status
    })
    expect(statuses.toSorted()).toEqual([201, 201, 201, ...Array(47).fill(401)])
    const { data } = await send('GET', '/api/signup-tokens')
    expect(data).toContainEqual(expect.objectContaining({ id, usageCount: 3 }))
    const users = await send('GET', '/api/users')
    expect(users.data).toHaveLength(4)
  })

  test.each([
    { what: '`/api/webauthn/logout` in the first process', at: 0, method: 'POST', status: 204 },
    { what: 'end_session in the second process', at: 1, method: 'GET', status: 303 },
  ] as const)('$what ends the tokens of the session in both immediately', async ({ at, method, status }) => {
    const agent = new UserAgent()
    expect((await signInWithPasskey(agent, instance.url, authenticator)).status).toBe(200)
    const codes = await runAtOnce(10, (origin) =>
      authorize(origin, agent, { client_id: client.client_id, ...authorization }),
    )
    const exchange = (origin: string, code: string | null | undefined) =>
      requestToken(origin, { grant_type: 'authorization_code', redirect_uri: callback, code: code ?? '' })
    const [unused, ...used] = codes
    const tokens = await Promise.all(used.map(({ code }, index) => exchange(processes[index % 2 === 0 ? 0 : 1], code)))
    expect(tokens.map(({ status }) => status)).toEqual(tokens.map(() => 200))
    const endSession = `/api/oidc/end-session?id_token_hint=${tokens[0]?.json.id_token}`
    const path = method === 'POST' ? '/api/webauthn/logout' : endSession
    expect((await navigate(processes[at], agent, path, method)).status).toBe(status)
    const checks = processes.map(async (origin) => {
      expect((await exchange(origin, unused?.code)).status).toBe(400)
      expect((await navigate(origin, agent, '/api/users/me')).status).toBe(401)
      for (const { json } of tokens) {
        const { refresh_token = '', access_token = '' } = json
        expect(await userInfo(origin, access_token)).toBe(401)
        expect((await post(origin, '/api/oidc/introspect', { token: refresh_token })).json).toEqual({ active: false })
        expect((await requestToken(origin, { grant_type: 'refresh_token', refresh_token })).status).toBe(400)
      }
    })
    await Promise.all(checks)
  })
})
