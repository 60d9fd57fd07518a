import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { startHttpServer } from '@pocket/test-support'
import { authorizationUrl } from '../api/instance.ts'
import { svg } from '../images/samples.ts'
import { type RunningApp, setUpAdministrator, startApp } from './app.ts'

const stack = new AsyncDisposableStack()
const redirectUri = 'https://app.example/callback'
let running: RunningApp
let administrator: UserAgent
let web: string

beforeAll(async () => {
  const server = await startHttpServer((req, res) => {
    if (req.url === '/logo.svg') res.end(svg)
    else res.writeHead(404).end()
  })
  stack.use(server)
  web = server.url
  running = stack.use(await startApp({ ALLOWED_PRIVATE_HOSTS: '127.0.0.1' }))
  administrator = running.agent()
  await setUpAdministrator(administrator, running.url)
  const body = { dynamicRegistration: 'open' }
  expect((await administrator.sendJson('PATCH', `${running.url}/api/settings`, { body })).status).toBe(200)
})
afterAll(async () => stack.disposeAsync())

/** A client that registered itself. */
async function registerClient(extra: object = {}) {
  const response = await fetch(`${running.url}/api/oidc/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      redirect_uris: [redirectUri],
      client_name: 'Photos',
      client_uri: 'https://app.example',
      logo_uri: `${web}/logo.svg`,
      policy_uri: 'https://app.example/policy',
      tos_uri: 'https://app.example/tos',
      ...extra,
    }),
  })
  const body = (await response.json()) as Readonly<Record<string, string>>
  expect([response.status, body.error_description]).toEqual([201, undefined])
  const rename = (name: string) =>
    fetch(body.registration_client_uri ?? '', {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${body.registration_access_token}` },
      body: JSON.stringify({ client_id: body.client_id, redirect_uris: [redirectUri], client_name: name }),
    })
  return { id: body.client_id ?? '', rename }
}

async function openSignInPage(clientId: string) {
  const agent = new UserAgent()
  return (await agent.follow(await agent.get(authorizationUrl(running.url, clientId, redirectUri)))).text
}

async function setKnown(id: string, isKnown: boolean, version?: string) {
  const pageUrl = `${running.url}/settings/admin/oidc-clients/${id}`
  const page = await administrator.get(pageUrl)
  const [, written = ''] = /name="version" value="([^"]*)"/.exec(page.text) ?? []
  const shown = written.replaceAll('&#34;', '"')
  const fields = { isKnown: String(isKnown), version: version ?? shown }
  return {
    version: shown,
    answer: await administrator.follow(await administrator.postForm(`${pageUrl}/known`, fields)),
  }
}

test('users see the host of a self-registered client, and its logo once it is marked as known', async () => {
  const { id, rename } = await registerClient()
  const before = await openSignInPage(id)
  expect(before).toContain('says that it’s from <strong>app.example</strong>')
  expect(before).toContain('<a href="https://app.example/policy" target="_blank" rel="noopener noreferrer">')
  expect(before).toContain('<a href="https://app.example/tos" target="_blank" rel="noopener noreferrer">')
  expect(before).not.toContain(`/clients/${id}/logo`)
  const { version, answer } = await setKnown(id, true)
  expect(answer.text).toMatch(/<p>Done: <strong>/)
  const known = await openSignInPage(id)
  expect(known).toContain(`/clients/${id}/logo`)
  expect(known).toContain('knows who runs it')
  expect((await rename('Your bank')).status).toBe(200)
  const renamed = await openSignInPage(id)
  expect([renamed.includes(`/clients/${id}/logo`), renamed.includes('No administrator has checked')]).toEqual([
    false,
    true,
  ])
  expect((await setKnown(id, true, version)).answer.status).toBe(412)
  expect(await running.app.pocket.clients.find(id)).toMatchObject({ protocol: { isKnown: false } })
})

test('marks a client as known through the API', async () => {
  const { id } = await registerClient()
  const clientUrl = `${running.url}/api/oidc/clients/${id}`
  const read = await administrator.get(clientUrl)
  const marked = await administrator.sendJson('PUT', clientUrl, {
    body: { ...(read.json() as object), protocol: { isKnown: true } },
  })
  expect([marked.status, marked.json()]).toMatchObject([200, { hasLogo: true, protocol: { isKnown: true } }])
  expect(await openSignInPage(id)).toContain(`/clients/${id}/logo`)
  expect((await setKnown(id, false)).answer.text).toMatch(/<p>Done: <strong>/)
  expect(await openSignInPage(id)).not.toContain(`/clients/${id}/logo`)
})

test('an unreadable logo is reported, and the client is still marked as known', async () => {
  const { id } = await registerClient({ logo_uri: `${web}/nowhere` })
  const { answer } = await setKnown(id, true)
  expect(answer.text).toContain('data-outcome')
  expect(answer.text).toContain('role="alert"')
  expect(await running.app.pocket.clients.find(id)).toMatchObject({ protocol: { isKnown: true } })
})
