import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { NewClientInput } from '@pocket/core'
import type { UserAgent } from '@pocket/core/testing'
import { type RunningApp, setUpAdministrator, startApp } from './app.ts'

let running: RunningApp
let agent: UserAgent

beforeAll(async () => {
  running = await startApp()
  agent = running.agent()
  await setUpAdministrator(agent, running.url)
})
afterAll(async () => running[Symbol.asyncDispose]())

const made = (input: Partial<NewClientInput> = {}) =>
  running.app.pocket.clients.create({ name: 'Wiki', redirectUris: ['https://wiki.example/cb'], ...input })
const run = (id: string) => agent.postForm(`${running.url}/settings/admin/oidc-clients/${id}/test`, {})
const outcomes = (text: string) =>
  [...text.matchAll(/<li><div class="item still">.*?<span class="chip [^"]*">([^<]+)</gs)].map(([, outcome]) => outcome)

test.each<[string, Partial<NewClientInput>]>([
  ['confidential', {}],
  ['public', { isPublic: true }],
  ['strict', { pkceRequired: true, requiresReauthentication: true, protocol: { idTokenSignedResponseAlg: 'ES256' } }],
  ['mapped', { protocol: { jwtAccessTokens: true, userinfoSignedResponseAlg: 'PS256', subjectType: 'pairwise' } }],
  ['pushing', { requiresPushedAuthorizationRequests: true }],
  ['pushing public', { isPublic: true, requiresPushedAuthorizationRequests: true }],
  ['key-bound', { protocol: { dpopBoundAccessTokens: true } }],
  ['of an app', { redirectUris: ['https://*.wiki.example/cb', 'app.wiki:///cb'] }],
])('a %s client works from end to end, and nothing of the test is left', async (_, input) => {
  const client = await made(input)
  const page = await run(client.id)
  expect(page.status).toBe(200)
  expect(outcomes(page.text)).toEqual(Array.from({ length: 7 }, () => 'works'))
  expect(page.text).toContain('&#34;preferred_username&#34;: &#34;ada&#34;')
  expect(page.text).toContain('Everything works from here.')
  const after = await running.app.pocket.clients.find(client.id)
  expect(after?.secrets).toEqual([])
  const log = running.log.join('')
  expect(log).toContain('"audit":"client_tested"')
  expect(log).not.toContain('client_secret_added')
  const consents = await agent.getJson(`${running.url}/api/oidc/users/me/authorized-clients`)
  expect(consents.text).not.toContain(client.id)
})

test.each<[string, Partial<NewClientInput>, readonly string[], string]>([
  ['has no address', { redirectUris: [] }, ['works', 'failed'], 'No callback URL without a * is registered.'],
  ['lets nobody in', { isGroupRestricted: true }, ['works', 'works', 'works', 'failed'], 'none of the groups'],
  [
    'signs by a key of its own',
    { protocol: { tokenEndpointAuthMethod: 'private_key_jwt', jwksUri: 'https://wiki.example/keys' } },
    ['works', 'works', 'works', 'works', 'not tried'],
    'Only the application has the key',
  ],
  [
    'signs its requests',
    { protocol: { requireSignedRequestObject: true, jwksUri: 'https://wiki.example/keys' } },
    ['works', 'works', 'not tried', 'works', 'works', 'works', 'works'],
    'Only the application has the key',
  ],
  [
    'follows FAPI 2.0',
    { protocol: { fapi: true, jwksUri: 'https://wiki.example/keys' } },
    ['works', 'works', 'not tried', 'works', 'not tried'],
    'Only the application has the key',
  ],
])('a client that %s is told so', async (_, input, begin, sentence) => {
  const page = await run((await made(input)).id)
  const rest = Array.from({ length: 7 - begin.length }, () => 'not tried')
  expect(outcomes(page.text)).toEqual([...begin, ...rest])
  expect(page.text).toContain(sentence)
})

test('a client whose secret signs works from end to end, by the secret that its application has', async () => {
  const { clients } = running.app.pocket
  const client = await made({
    requiresPushedAuthorizationRequests: true,
    protocol: { tokenEndpointAuthMethod: 'client_secret_jwt' },
  })
  const works = Array.from({ length: 7 }, () => 'works')
  expect(outcomes((await run(client.id)).text)).toEqual(works)
  expect((await clients.find(client.id))?.secrets).toEqual([])
  // Were it another one, it would be the newest, which alone counts, and there would be no room for it.
  for (let added = 0; added < 20; added++) await clients.addSecret(client.id)
  expect(outcomes((await run(client.id)).text)).toEqual(works)
  expect((await clients.find(client.id))?.secrets).toHaveLength(20)
})

test('the tokens of a test have ended when its result is there', async () => {
  const client = await made({ isPublic: true })
  await run(client.id)
  const [attempt] = await running.app.pocket.connectionLog.list(client.id)
  expect(attempt).toMatchObject({ endpoint: 'token', succeeded: true })
  await expect(running.app.pocket.tryClient('nobody', 'nobody')).rejects.toMatchObject({ code: 'client_not_found' })
})

test('only an administrator runs it, by a form of this server', async () => {
  const { id } = await made()
  const path = `${running.url}/settings/admin/oidc-clients/${id}/test`
  expect((await running.agent().postJson(path, {})).status).toBe(401)
  expect((await agent.postForm(path, {}, { from: 'https://evil.example/' })).status).toBe(403)
  expect((await agent.get(path)).location).toBe(path.replace('/test', ''))
})
