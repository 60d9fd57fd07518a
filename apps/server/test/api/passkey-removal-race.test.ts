import { describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, type UserAgent } from '@pocket/core/testing'
import { databaseOf, startApp } from '../http/app.ts'
import { kinds, startCalledInstance } from './calls.ts'
import { authorizationUrl, passkeyAnswer } from './instance.ts'
import { freshName } from './people.ts'

/** `lock-order.test.ts` tests the known lock orders; these requests race at random to find others. */
const rounds = 5
const callback = 'https://app.example/callback'
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

type Json = Readonly<Record<string, string>>

describe.each(kinds)('servers on one %s', (kind) => {
  test('leave no session of a removed passkey during concurrent requests', async () => {
    await using stack = new AsyncDisposableStack()
    const database = await databaseOf(kind, stack)
    const first = stack.use(await startCalledInstance(kind, database))
    // Two connections of one process to one SQLite file would block each other.
    const second = kind === 'SQLite' ? first : stack.use(await startApp({ ...database, APP_URL: first.url }))
    const { url } = first
    const body = { name: 'App', callbackURLs: [callback], skipConsent: true }
    const clientId = String((await first.call('POST /api/oidc/clients', { body })).json.id)
    const { json } = await first.call('POST /api/oidc/clients/{id}/secret', { params: { id: clientId } })
    const credentials = { client_id: clientId, client_secret: String(json.secret) }
    const requestToken = async (agent: UserAgent, fields: Json, path = '/api/oidc/token') =>
      agent.postForm(url + path, { ...credentials, ...fields })
    const refreshTokenOf = (result: { json(): unknown }) =>
      (result.json() as { refresh_token?: string }).refresh_token ?? ''
    const post = (agent: UserAgent, path: string, content: object = {}) => agent.postJson(url + path, content)
    const signIn = async (agent: UserAgent, authenticator: SoftwareAuthenticator) =>
      post(agent, '/api/webauthn/login/finish', await passkeyAnswer(agent, url, authenticator))
    for (let round = 0; round < rounds; round += 1) {
      const { id, authenticator } = await first.person(freshName())
      const [stolen] = await first.app.pocket.passkeys.list(id)
      const attacker = second.agent()
      expect((await signIn(attacker, authenticator)).status).toBe(200)
      const { location } = await attacker.get(authorizationUrl(url, clientId, callback))
      const code = new URL(location ?? '').searchParams.get('code') ?? ''
      const response = await requestToken(attacker, { grant_type: 'authorization_code', redirect_uri: callback, code })
      const refresh = (refresh_token: string) => requestToken(attacker, { grant_type: 'refresh_token', refresh_token })
      const optionsResponse = await attacker.getJson(`${url}/api/webauthn/register/start`)
      const planted = new SoftwareAuthenticator().create(optionsResponse.json() as never, { origin: url })
      const device = second.agent()
      const request = (await post(device, '/api/device-login/requests')).json() as { id: string; userCode: string }
      await post(attacker, '/api/webauthn/reauthenticate')
      const verification = (
        await requestToken(device, { scope: 'openid' }, '/api/oidc/device/authorize')
      ).json() as Json
      const another = second.agent()
      const result = await passkeyAnswer(another, url, authenticator)
      const remove = () =>
        first.call('DELETE /api/users/{id}/webauthn-credentials/{credentialId}', {
          params: { id, credentialId: stolen?.id ?? '' },
        })
      const [removed, registered, signedIn, approved, verified, rotated] = await Promise.all([
        remove(),
        post(attacker, '/api/webauthn/register/finish', planted),
        post(another, '/api/webauthn/login/finish', result),
        post(attacker, '/api/device-login/verification/decision', { code: request.userCode, decision: 'approve' }),
        post(attacker, `/api/oidc/device/verify?code=${verification.user_code}`),
        refresh(refreshTokenOf(response)),
      ])
      for (const { status } of [registered, signedIn, approved, verified, rotated]) expect(status).toBeLessThan(500)
      expect(removed.status).toBe(204)
      expect((await refresh(refreshTokenOf(rotated.status === 200 ? rotated : response))).status).toBe(400)
      // A request that is not approved would wait for 25 seconds.
      const exchange = `${url}/api/device-login/requests/${request.id}/exchange`
      const prefer = { options: { headers: { prefer: 'wait=0' } } }
      expect((await device.sendJson('POST', exchange, { body: {}, ...prefer })).status).not.toBe(200)
      const deviceFields = { grant_type: deviceGrant, device_code: verification.device_code ?? '' }
      expect((await requestToken(device, deviceFields)).status).toBe(400)
      for (const agent of [attacker, another, device])
        expect((await agent.getJson(`${url}/api/users/me`)).status).toBe(401)
      expect((await first.call('GET /api/users/{id}/sessions', { params: { id } })).json).toEqual([])
      // A passkey registered before the removal is listed with it.
      const left = await first.app.pocket.passkeys.list(id)
      expect(left.length).toBe(registered.status === 200 ? 1 : 0)
      const listed = (await first.call('GET /api/users/{id}/passkey-removals', { params: { id } })).json
      expect(listed).toMatchObject(
        left.map((passkey) => ({ made: expect.arrayContaining([expect.objectContaining({ id: passkey.id })]) })),
      )
    }
  })
})
