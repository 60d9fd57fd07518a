import { expect, test } from '@jest/globals'
import type { RenderPage } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { shareHost, startHost, viewOf } from './host.ts'
import { authorizationUrl, redirectUri } from './login.ts'
import { openRegistration, sendJson } from './requests.ts'

const metadata = {
  redirect_uris: [redirectUri],
  client_name: 'An application',
  client_uri: 'https://app.example',
  logo_uri: 'https://app.example/logo.png',
  policy_uri: 'https://app.example/policy?a=1&b=2',
  tos_uri: 'http://app.example/tos',
}

const host = shareHost({ options: { protocol: { clientRegistration: openRegistration } } })

async function registerClient() {
  const response = await sendJson('POST', `${host.issuer}/api/oidc/register`, metadata)
  const body = (await response.json()) as Readonly<Record<string, unknown>>
  const id = String(body.client_id)
  const change = async (changes: object) => {
    const content = { ...metadata, client_id: id, ...changes }
    const token = String(body.registration_access_token)
    expect((await sendJson('PUT', String(body.registration_client_uri), content, token)).status).toBe(200)
  }
  return { id, change }
}

const readOrigin = async (clientId: string) => {
  const agent = new UserAgent()
  const view = viewOf(await agent.follow(await agent.get(authorizationUrl(host, clientId))))
  return 'client' in view ? view.client : null
}

const markClient = async (id: string) => {
  const client = await host.pocket.clients.find(id)
  if (client) await host.pocket.clients.update(id, { ...client, protocol: { isKnown: true } })
}

test('shows the links and the host of a self-registered client, and its logo only after it is verified', async () => {
  const { id } = await registerClient()
  const links = { policyUri: metadata.policy_uri, tosUri: metadata.tos_uri }
  const unknown = { kind: 'registration', host: 'app.example', isKnown: false, ...links }
  expect(await readOrigin(id)).toMatchObject({ origin: unknown })
  await markClient(id)
  expect(await readOrigin(id)).toMatchObject({ origin: { ...unknown, isKnown: true } })
})

test.each([
  ['its name', { client_name: 'Your bank' }],
  ['its logo', { logo_uri: 'https://evil.example/logo.png' }],
  ['its redirect URIs', { redirect_uris: [redirectUri, 'https://evil.example/callback'] }],
])('is no longer verified after it changes %s', async (_what, changes) => {
  const { id, change } = await registerClient()
  await markClient(id)
  await change({ id_token_signed_response_alg: 'ES256' })
  expect(await host.pocket.clients.find(id)).toMatchObject({ protocol: { isKnown: true } })
  await change(changes)
  expect(await host.pocket.clients.find(id)).toMatchObject({ protocol: { isKnown: false } })
})

test('cannot verify itself', async () => {
  const { id, change } = await registerClient()
  await change({ isKnown: true, protocol: { isKnown: true } })
  expect(await host.pocket.clients.find(id)).toMatchObject({ protocol: { isKnown: false } })
})

test.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'https://user:secret@app.example/',
  'app.example:/policy',
  '//x',
  7,
])('hides a stored link to %s', async (address) => {
  const { id } = await registerClient()
  const stored = await host.stores.clients.find(id)
  if (!stored) throw new Error('The client no longer exists.')
  await host.stores.clients.update({ ...stored, registration: { ...stored.registration, policy_uri: address } })
  expect(await readOrigin(id)).toMatchObject({ origin: { policyUri: null, tosUri: metadata.tos_uri } })
})

test('links from the default pages without giving the target access to the page', async () => {
  const render: RenderPage = (view, _req, standard) => standard.page(view)
  await using plain = await startHost({
    stores: host.stores,
    options: { protocol: { clientRegistration: openRegistration }, pages: { render } },
  })
  const { id } = await registerClient()
  const agent = new UserAgent()
  const { text } = await agent.follow(await agent.get(authorizationUrl(plain, id)))
  expect(text).toMatch(
    /<a href="https:\/\/app\.example\/policy\?a=1&#38;b=2" target="_blank" rel="noopener noreferrer">/,
  )
  expect(text).toContain('It says that it’s from app.example. Nobody here has checked that.')
})
