import { expect, test } from '@jest/globals'
import type { AuditEvent, BeforeHookInputs, BeforeHooks, RequestOrigin } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { decide, signIn, startHost, viewOf } from './host.ts'
import { login, relyingParty } from './login.ts'
import { openRegistration, sendJson } from './requests.ts'

const callback = { redirect_uri: 'https://app.example/callback', scope: 'openid profile' }

test('a hook before a consent receives the requested access, and can reject it', async () => {
  const requests: BeforeHookInputs['allowClient'][] = []
  let result: ReturnType<NonNullable<BeforeHooks['allowClient']>> = { refuse: 'Not this client.' }
  const allowClient: BeforeHooks['allowClient'] = (question) => {
    requests.push(question)
    return result
  }
  await using host = await startHost({ options: { hooks: { before: { allowClient } } } })
  const { configuration, client } = await relyingParty(host)
  const { account, authenticator } = await host.person('ada')
  const agent = new UserAgent()
  const url = oidc.buildAuthorizationUrl(configuration, callback)
  const page = await signIn(agent, await agent.follow(await agent.get(url.href)), authenticator)
  const refused = await decide(agent, page)
  expect([refused.status, viewOf(refused)]).toMatchObject([403, { view: 'error', code: 'forbidden' }])
  expect(requests).toMatchObject([{ account: { id: account.id }, clientId: client.id, scopes: ['openid', 'profile'] }])
  expect(host.events.at(-1)).toMatchObject({ event: 'request_refused', code: 'forbidden', reason: 'Not this client.' })
  expect(await host.stores.consents.find(account.id, client.id)).toBeUndefined()
  result = undefined
  expect((await decide(agent, page)).location).toMatch(/code=/)
})

test('a hook before a client registration receives the metadata, and can reject it', async () => {
  const registerClient: BeforeHooks['registerClient'] = ({ metadata }) =>
    String(metadata.client_name).startsWith('Bad') ? { refuse: 'No such names.' } : undefined
  await using host = await startHost({
    options: { hooks: { before: { registerClient } }, protocol: { clientRegistration: openRegistration } },
  })
  const register = (client_name: string) =>
    sendJson('POST', `${host.issuer}/api/oidc/register`, {
      client_name,
      redirect_uris: ['https://app.example/callback'],
    })
  const refused = await register('Bad')
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { error: 'invalid_client_metadata', error_description: 'No such names.' },
  ])
  expect((await host.stores.clients.list()).length).toBe(0)
  expect((await register('Good')).status).toBe(201)
})

test('a hook after each event receives the audit event, delays no request and fails no request', async () => {
  const events: (readonly [AuditEvent, RequestOrigin])[] = []
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  await using host = await startHost({
    options: {
      hooks: {
        async after(event, origin) {
          await released
          events.push([event, origin])
          if (event.event === 'signed_in') throw new Error('nobody minds')
        },
      },
    },
  })
  const { configuration } = await relyingParty(host, { client: { skipConsent: true } })
  expect((await login(host, configuration)).page.location).toMatch(/code=/)
  expect(events).toEqual([])
  const disposed = host.pocket[Symbol.asyncDispose]()
  expect(await Promise.race([disposed.then(() => 'over'), fetch(host.issuer).then(() => 'waits')])).toBe('waits')
  release()
  await disposed
  expect(events.map(([event]) => event)).toEqual(host.events)
  expect(events[0]).toMatchObject([{ event: 'signed_in' }, { requestId: expect.any(String), ipAddress: '127.0.0.1' }])
  expect(host.errors).toMatchObject([{ message: 'nobody minds' }])
})

test('a hook before a sign-in receives accounts that a page of the host has just created', async () => {
  const methods: string[] = []
  const before: BeforeHooks = {
    signIn({ method }) {
      methods.push(method)
      return { refuse: 'Not yet.' }
    },
  }
  await using host = await startHost({
    options: { hooks: { before } },
    mount: (pocket) => async (req, res) => {
      const accountId = req.url?.slice(1) ?? ''
      await pocket.signIn.asNewAccount(req, res, { accountId, method: 'api' }).catch((error) => res.write(error.code))
      res.end()
    },
  })
  const { account } = await host.person('ada')
  const response = await fetch(`${host.issuer}/${account.id}`)
  expect([await response.text(), response.headers.getSetCookie(), methods]).toEqual(['sign_in_refused', [], ['api']])
  expect(host.events).toMatchObject([{ event: 'sign_in_failed', code: 'sign_in_refused', accountId: account.id }])
})
