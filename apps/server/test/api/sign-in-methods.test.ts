import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { startCalledInstance } from './calls.ts'
import { authorizationUrl, reauthenticate, registerPasskey } from './instance.ts'
import { freshName } from './people.ts'

const callback = 'https://app.example/callback'
const verifier = 'a-verifier-that-is-long-enough-for-every-server'
const instance = shareBetweenTests(() =>
  startCalledInstance('SQLite', {
    EMAIL_ONE_TIME_ACCESS_AS_ADMIN_ENABLED: 'true',
    ALLOW_USER_SIGNUPS: 'open',
  }),
)
let clientId: string

beforeAll(async () => {
  const body = { name: 'App', callbackURLs: [callback], isPublic: true, skipConsent: true }
  clientId = String((await instance.call('POST /api/oidc/clients', { body })).json.id)
})

/** Signs a user in on another device, where the administrator uses a passkey. */
async function signInByDevice(): Promise<UserAgent> {
  const agent = instance.agent()
  const requested = await instance.call('POST /api/device-login/requests', { agent })
  const { id, userCode } = requested.json
  const { url, administrator, administratorAuthenticator } = instance
  await reauthenticate(administrator, url, administratorAuthenticator)
  const body = { code: userCode, decision: 'approve' }
  expect((await instance.call('POST /api/device-login/verification/decision', { body })).status).toBe(204)
  expect((await agent.postJson(`${url}/api/device-login/requests/${id}/exchange`, {})).status).toBe(200)
  return agent
}

async function signInByCode(): Promise<UserAgent> {
  const { id, agent } = await instance.personWithoutPasskey(freshName())
  await instance.app.directory.users.update(id, {}, { administrator: true })
  return agent
}

async function signInBySignUp(): Promise<UserAgent> {
  const agent = instance.agent()
  const username = freshName()
  const response = await agent.postJson(`${instance.url}/api/signup`, { username, email: `${username}@example.com` })
  const { id } = response.json() as { id: string }
  await instance.app.directory.users.update(id, {}, { administrator: true })
  return agent
}

/** The authentication claims that a client receives for the current session. */
async function fetchReportedMethods(agent: UserAgent) {
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const pkce = { code_challenge_method: 'S256', code_challenge: challenge }
  const back = await agent.follow(await agent.get(authorizationUrl(instance.url, clientId, callback, pkce)), {
    until: (url) => url.startsWith(callback),
  })
  const code = new URL(back.location ?? '').searchParams.get('code') ?? ''
  const response = await agent.postForm(`${instance.url}/api/oidc/token`, {
    grant_type: 'authorization_code',
    client_id: clientId,
    redirect_uri: callback,
    code_verifier: verifier,
    code,
  })
  const { id_token: token = '' } = response.json() as { id_token?: string }
  const { amr, acr } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  return { amr, acr }
}

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString()

/** Actions that sign a user in or are sensitive; the access table tests all of them with other sessions. */
const acts = [
  ['POST /api/api-keys', { name: 'Script', expiresAt: tomorrow() }],
  ['POST /api/device-login/verification/decision', { code: 'P2345678', decision: 'approve' }],
  ['PATCH /api/settings', { auditLogRetentionDays: 31 }],
  ['DELETE /api/users/me', undefined],
] as const
/** Sensitive actions that do not sign a user in. */
const onlySensitive: ReadonlySet<string> = new Set(['PATCH /api/settings', 'DELETE /api/users/me'])

describe.each([
  ['a login code', signInByCode, false],
  ['a sign-up by the API', signInBySignUp, false],
  ['another device', signInByDevice, true],
])('a session that began with %s', (_way, begin, canReauthenticate) => {
  test('reports its method to clients, and cannot sign in another device before it has a passkey', async () => {
    const agent = await begin()
    expect(await fetchReportedMethods(agent)).toEqual({ amr: ['otp'], acr: '0' })
    const refusals: unknown[] = []
    for (const [call, body] of acts) {
      const [method = '', path = ''] = call.split(' ')
      const response = await agent.sendJson(method, instance.url + path, body === undefined ? {} : { body })
      const { code } = response.json() as { code: string }
      refusals.push([call, response.status, code])
    }
    // If a passkey is sufficient, its owner is asked for it instead.
    const sensitive = canReauthenticate ? [401, 'reauthentication_required'] : [403, 'passkey_required']
    expect(refusals).toEqual(
      acts.map(([call]) => [call, ...(onlySensitive.has(call) ? sensitive : [403, 'passkey_required'])]),
    )
    if (canReauthenticate) {
      // An approved device can add a passkey after the approver used one.
      const { status, text } = await agent.getJson(`${instance.url}/api/webauthn/register/start`)
      expect([status, text]).toEqual([401, expect.stringContaining('reauthentication_required')])
      expect((await reauthenticate(agent, instance.url, instance.administratorAuthenticator)).status).toBe(204)
    }
    expect((await registerPasskey(agent, instance.url)).answer.status).toBe(200)
    expect(await fetchReportedMethods(agent)).toEqual(
      canReauthenticate ? { amr: ['phr'], acr: 'phr' } : { amr: ['otp', 'pop'], acr: '1' },
    )
    const body = { name: 'Script', expiresAt: tomorrow() }
    expect((await instance.call('POST /api/api-keys', { body, agent })).status).toBe(201)
  })

  test('is not sufficient for a client that requires a passkey check', async () => {
    const agent = await begin()
    const body = { name: 'Careful', callbackURLs: [callback], skipConsent: true, requiresReauthentication: true }
    const careful = String((await instance.call('POST /api/oidc/clients', { body })).json.id)
    const to = authorizationUrl(instance.url, careful, callback, { prompt: 'none' })
    const authorizeWith = (by: UserAgent) => by.get(to)
    expect((await authorizeWith(agent)).location).toContain('error=login_required')
    const { agent: other } = await instance.person(freshName())
    expect((await authorizeWith(other)).location).toContain('error=login_required')
  })
})

test('a session that began with a passkey reports its method to clients', async () => {
  expect(await fetchReportedMethods(instance.administrator)).toEqual({ amr: ['phr'], acr: 'phr' })
})
