import { beforeAll, describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { cookieHeader, passkeyAnswer, registerPasskey } from '../api/instance.ts'
import { setUpAdministrator } from '../http/app.ts'
import { type Storage, startInstance } from './instance.ts'

const callback = 'https://app.example/callback'
const rounds = 3

type Fields = Readonly<Record<string, string>>

describe.each<Storage>(['SQLite', 'PostgreSQL'])('two processes on %s', (storage) => {
  const administrator = new UserAgent()
  const administratorAuthenticator = new SoftwareAuthenticator()
  const instance = shareBetweenTests(() => startInstance(storage))
  let url: string
  let replica: string

  beforeAll(async () => {
    url = instance.url
    replica = await instance.startReplica()
    await setUpAdministrator(administrator, url, administratorAuthenticator)
  })

  test.each(['the owner', 'an administrator'])(
    'end the sessions of a passkey that %s removes in one of them',
    async (remover) => {
      const send = async (agent: UserAgent, method: string, path: string, body?: object) => {
        const response = await agent.sendJson(method, url + path, body === undefined ? {} : { body })
        return { status: response.status, json: (response.text === '' ? {} : response.json()) as Fields }
      }
      const reauthenticate = async (agent: UserAgent, authenticator: SoftwareAuthenticator) => {
        const result = await passkeyAnswer(agent, url, authenticator)
        expect((await send(agent, 'POST', '/api/webauthn/reauthenticate', result)).status).toBe(204)
      }
      const signIn = async (agent: UserAgent, authenticator: SoftwareAuthenticator) =>
        send(agent, 'POST', '/api/webauthn/login/finish', await passkeyAnswer(agent, url, authenticator))
      const agentAtReplica = () => new UserAgent({ resolve: { [url]: replica } })
      await reauthenticate(administrator, administratorAuthenticator)
      const app = { name: 'App', callbackURLs: [callback], skipConsent: true }
      const { id: clientId = '' } = (await send(administrator, 'POST', '/api/oidc/clients', app)).json
      const { secret = '' } = (await send(administrator, 'POST', `/api/oidc/clients/${clientId}/secret`)).json
      const requestToken = async (fields: Fields) => {
        const body = new URLSearchParams({ client_id: clientId, client_secret: secret, ...fields })
        const response = await fetch(`${replica}/api/oidc/token`, { method: 'POST', body })
        return { status: response.status, refreshToken: ((await response.json()) as Fields).refresh_token ?? '' }
      }

      for (let round = 0; round < rounds; round += 1) {
        await reauthenticate(administrator, administratorAuthenticator)
        const name = `${remover.split(' ')[1]}${round}`
        const user = { username: name, firstName: 'Bob', email: `${name}@example.com` }
        const { id = '' } = (await send(administrator, 'POST', '/api/users', user)).json
        const issued = await send(administrator, 'POST', `/api/users/${id}/one-time-access-token`, {})
        const owner = new UserAgent()
        await send(owner, 'POST', `/api/one-time-access-token/${issued.json.token}`, {})
        const { authenticator: stolen, answer } = await registerPasskey(owner, url)
        const { id: stolenId = '' } = answer.json() as Fields
        const { authenticator: other } = await registerPasskey(owner, url)
        await reauthenticate(owner, other)

        const attacker = agentAtReplica()
        expect((await signIn(attacker, stolen)).status).toBe(200)
        const query = { client_id: clientId, redirect_uri: callback, response_type: 'code', scope: 'openid' }
        const { location } = await attacker.get(`${url}/authorize?${new URLSearchParams(query)}`)
        const code = new URL(location ?? '').searchParams.get('code') ?? ''
        const input = await requestToken({ grant_type: 'authorization_code', redirect_uri: callback, code })
        expect(input.status).toBe(200)
        const refresh = (refreshToken: string) =>
          requestToken({ grant_type: 'refresh_token', refresh_token: refreshToken })
        const optionsResponse = await attacker.getJson(`${url}/api/webauthn/register/start`)
        const planted = new SoftwareAuthenticator().create(optionsResponse.json() as never, { origin: url })
        const another = agentAtReplica()
        const attempt = await passkeyAnswer(another, url, stolen)

        const removed =
          remover === 'the owner'
            ? send(owner, 'DELETE', `/api/webauthn/credentials/${stolenId}`)
            : send(administrator, 'DELETE', `/api/users/${id}/webauthn-credentials/${stolenId}`)
        const [registered, signedIn, rotated, removal] = await Promise.all([
          send(attacker, 'POST', '/api/webauthn/register/finish', planted),
          send(another, 'POST', '/api/webauthn/login/finish', attempt),
          refresh(input.refreshToken),
          removed,
        ])
        expect(removal.status).toBe(204)
        for (const { status } of [registered, signedIn, rotated]) expect(status).toBeLessThan(500)
        for (const agent of [attacker, another]) expect((await send(agent, 'GET', '/api/users/me')).status).toBe(401)
        expect((await refresh(rotated.refreshToken || input.refreshToken)).status).toBe(400)
        expect((await signIn(agentAtReplica(), stolen)).status).toBe(401)
        // The session in which the passkey was registered remains only for its owner, who confirmed with the other passkey.
        expect((await send(owner, 'GET', '/api/users/me')).status).toBe(remover === 'the owner' ? 200 : 401)
        const removals = await send(administrator, 'GET', `/api/users/${id}/passkey-removals`)
        // A passkey registered before the removal is listed with it.
        if (registered.status === 200)
          expect(removals.json).toMatchObject([
            { made: expect.arrayContaining([expect.objectContaining({ id: registered.json.id })]) },
          ])
      }
    },
  )

  test('accept each code once in fifty concurrent uses', async () => {
    const codes = [
      /(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}/.exec(await instance.command('break-glass-code', 'ada', '--yes'))?.[0] ?? '',
      /\/lc\/(\w+)/.exec(await instance.command('one-time-access-token', 'ada'))?.[1] ?? '',
    ]
    for (const code of codes) {
      const uses = Array.from({ length: 50 }, async (_, index) => {
        const agent = index % 2 === 0 ? new UserAgent() : new UserAgent({ resolve: { [url]: replica } })
        return (await agent.postForm(`${url}/lc`, { code })).status
      })
      const statuses = (await Promise.all(uses)).toSorted((left, right) => left - right)
      expect(statuses).toEqual([303, ...Array.from({ length: 49 }, () => 400)])
    }
  })

  test('end concurrent sign-ins of a browser without cookies when it signs out at one of them', async () => {
    const processes = [url, replica]
    const { id } = (await administrator.getJson(`${url}/api/users/me`)).json() as Fields
    for (const signOutAt of processes) {
      const codes: string[] = []
      while (codes.length < 4) {
        const issued = await administrator.postJson(`${url}/api/users/${id}/one-time-access-token`, {})
        codes.push((issued.json() as Fields).token ?? '')
      }
      const jar = new Map<string, string>()
      const sessions: string[] = []
      const signIns = codes.map(async (code, index) => {
        const path = `/api/one-time-access-token/${code}`
        const response = await fetch(processes[index % 2] + path, { method: 'POST', headers: { origin: url } })
        for (const cookie of response.headers.getSetCookie()) {
          const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=') ?? []
          jar.set(name, value)
          if (name === 'access_token') sessions.push(`${name}=${value}`)
        }
        return response.status
      })
      expect(await Promise.all(signIns)).toEqual([200, 200, 200, 200])
      const fetchStatuses = async () => {
        const requests = sessions.flatMap((cookie) =>
          processes.map((process) => fetch(`${process}/api/users/me`, { headers: { cookie } })),
        )
        return (await Promise.all(requests)).map(({ status }) => status)
      }
      expect(await fetchStatuses()).toEqual(Array.from({ length: 8 }, () => 200))
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const headers = { cookie, origin: url }
      expect((await fetch(`${signOutAt}/api/webauthn/logout`, { method: 'POST', headers })).status).toBe(204)
      expect(await fetchStatuses()).toEqual(Array.from({ length: 8 }, () => 401))
    }
  })

  test('add one of fifty concurrent passkeys in a pending recovery', async () => {
    const printed = await instance.command('break-glass-code', 'ada', '--yes')
    const agent = new UserAgent()
    await agent.postForm(`${url}/lc`, { code: /(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}/.exec(printed)?.[0] ?? '' })
    const responses: object[] = []
    while (responses.length < 50) {
      const optionsResponse = (await agent.postJson(`${url}/recover/options`, {})).json()
      const { options } = optionsResponse as { readonly options: Parameters<SoftwareAuthenticator['create']>[0] }
      responses.push(new SoftwareAuthenticator().create(options, { origin: url }))
    }
    const headers = { cookie: cookieHeader(agent), origin: url, 'content-type': 'application/json' }
    const uses = responses.map(async (response, index) => {
      const process = index % 2 === 0 ? url : replica
      return (await fetch(`${process}/recover`, { method: 'POST', headers, body: JSON.stringify({ response }) })).status
    })
    const statuses = (await Promise.all(uses)).toSorted((left, right) => left - right)
    expect(statuses).toEqual([200, ...Array.from({ length: 49 }, () => 401)])
  })
})
