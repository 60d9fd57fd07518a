import { describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { registerPasskey } from '../api/instance.ts'
import { setUpAdministrator, startApp } from './app.ts'

const APP_URL = 'https://id.example.com'
const other = 'https://pocket.tailnet.example'
const env = { APP_URL, APP_ORIGINS: `${other}, https://id.example.net:8443/`, TRUST_PROXY: 'true' }

async function start() {
  const running = await startApp(env)
  const resolve = { [APP_URL]: running.local, [other]: running.local, 'https://evil.example': running.local }
  const authenticator = new SoftwareAuthenticator()
  await setUpAdministrator(new UserAgent({ resolve }), APP_URL, authenticator)
  return { running, authenticator, agent: () => new UserAgent({ resolve }) }
}

/** Signs a challenge as a browser does that accepts a related origin. */
async function answerAt(agent: UserAgent, origin: string, authenticator: SoftwareAuthenticator, output = origin) {
  const optionsResponse = await agent.getJson(`${origin}/api/webauthn/login/start`)
  const options = optionsResponse.json() as Parameters<SoftwareAuthenticator['get']>[0]
  const response = authenticator.get(options, { origin: APP_URL, misbehavior: { origin: output } })
  return agent.postJson(`${origin}/api/webauthn/login/finish`, response)
}

describe('an instance with several origins', () => {
  test('publishes them for browsers and password managers', async () => {
    const { running, agent } = await start()
    await using _ = running
    const origins = await agent().get(`${APP_URL}/.well-known/webauthn`)
    expect([origins.status, origins.headers.get('content-type'), origins.json()]).toEqual([
      200,
      'application/json',
      { origins: [APP_URL, other, 'https://id.example.net:8443'] },
    ])
    const account = `${APP_URL}/settings/account/security`
    expect((await agent().get(`${APP_URL}/.well-known/passkey-endpoints`)).json()).toEqual({
      enroll: account,
      manage: account,
    })
  })

  test('signs users in at each origin, with separate sessions', async () => {
    const { running, authenticator, agent } = await start()
    await using _ = running
    const here = agent()
    expect((await answerAt(here, other, authenticator)).status).toBe(200)
    const page = await here.get(`${other}/settings/account`)
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('Ada Lovelace')])
    expect((await here.get(`${APP_URL}/api/users/me`)).status).toBe(401)
    expect((await here.sendJson('PATCH', `${other}/api/settings`, { body: {} })).status).toBe(200)
    const added = new SoftwareAuthenticator()
    const optionsResponse = await here.getJson(`${other}/api/webauthn/register/start`)
    const options = optionsResponse.json() as Parameters<SoftwareAuthenticator['create']>[0]
    const response = added.create(options, { origin: APP_URL, misbehavior: { origin: other } })
    expect((await here.postJson(`${other}/api/webauthn/register/finish`, response)).status).toBe(200)
  })

  test('rejects responses of other origins, and cross-origin requests between its own', async () => {
    const { running, authenticator, agent } = await start()
    await using _ = running
    expect((await answerAt(agent(), other, authenticator, 'https://evil.example')).status).toBe(401)
    const here = agent()
    await answerAt(here, other, authenticator)
    const patchSettings = (origin: string) =>
      here.sendJson('PATCH', `${other}/api/settings`, { body: {}, options: { headers: { origin } } })
    expect((await patchSettings(APP_URL)).json()).toMatchObject({ code: 'cross_site_request' })
    expect((await patchSettings(other)).status).toBe(200)
    // An unknown host is treated as the issuer.
    const foreign = { body: {}, options: { headers: { origin: other } } }
    const response = await agent().sendJson('PATCH', 'https://evil.example/api/settings', foreign)
    expect(response.json()).toMatchObject({ code: 'cross_site_request' })
  })

  test('the protocol endpoints stay at the issuer', async () => {
    const { running, agent } = await start()
    await using _ = running
    const request = '/authorize?client_id=x&response_type=code'
    for (const path of [request, '/interaction/x', '/api/oidc/end-session?state=1']) {
      const { status, location } = await agent().get(other + path)
      expect([status, location]).toEqual([307, APP_URL + path])
    }
    expect((await agent().get(`${other}/.well-known/openid-configuration`)).json()).toMatchObject({ issuer: APP_URL })
  })

  test('an ordinary instance has one origin', async () => {
    await using running = await startApp()
    const agent = running.agent()
    await setUpAdministrator(agent, running.url)
    expect((await agent.get(`${running.url}/.well-known/webauthn`)).json()).toEqual({ origins: [running.url] })
    expect((await registerPasskey(agent, running.url)).answer.status).toBe(200)
  })
})

test.each(['http://pocket.example', 'https://10.0.0.1', 'https://a.example/path', 'a.example'])(
  'APP_ORIGINS rejects %s',
  async (APP_ORIGINS) => {
    await expect(startApp({ APP_ORIGINS })).rejects.toThrow('APP_ORIGINS')
  },
)
