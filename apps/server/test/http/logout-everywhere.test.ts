import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { UserAgent } from '@pocket/core/testing'
import { startHttpServer } from '@pocket/test-support'
import {
  authorizationUrl,
  cookieHeader,
  type Instance,
  type Person,
  signInWithPasskey,
  startInstance,
} from '../api/instance.ts'

/** The back channel of an application at a private address, which passes on the subject of each logout. */
async function startApplication() {
  const waiting = new Map<string, () => void>()
  const notified: string[] = []
  const server = await startHttpServer(async (req, res) => {
    const body = Buffer.concat(await req.toArray()).toString()
    const token = new URLSearchParams(body).get('logout_token') ?? ''
    const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }
    res.end()
    notified.push(sub)
    waiting.get(sub)?.()
  })
  return {
    url: `${server.url}/logout`,
    notified,
    /** Resolves once the application was notified that this user signed out. */
    expectNotice: (id: string) => new Promise<void>((resolve) => waiting.set(id, resolve)),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const stack = new AsyncDisposableStack()
const callback = 'https://photos.example/callback'
const verifier = 'a-verifier-that-is-long-enough-for-every-server'
const pkce = {
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
}
let application: Awaited<ReturnType<typeof startApplication>>
let instance: Instance
let authorize: string
let clientId: string

beforeAll(async () => {
  application = stack.use(await startApplication())
  instance = stack.use(await startInstance({ ALLOWED_PRIVATE_HOSTS: '127.0.0.1' }))
  const created = await instance.administrator.postJson(`${instance.url}/api/oidc/clients`, {
    name: 'Photos',
    callbackURLs: [callback],
    isPublic: true,
    skipConsent: true,
    protocol: { backchannelLogoutUri: application.url },
  })
  clientId = String((created.json() as { id: string }).id)
  authorize = authorizationUrl(instance.url, clientId, callback, pkce)
})
afterAll(async () => stack.disposeAsync())

async function submitForm(
  agent: UserAgent,
  page: string,
  action: string,
  extra: Readonly<Record<string, string>> = {},
) {
  const form = (await agent.get(instance.url + page)).form(action)
  const response = await agent.postForm(new URL(form.action, instance.url).href, { ...form.fields, ...extra })
  expect(response.status).toBe(303)
}

const callAsAdministrator = async (method: string, path: string, body?: unknown) => {
  const response = await instance.administrator.sendJson(
    method,
    instance.url + path,
    body === undefined ? {} : { body },
  )
  expect([response.text, response.status < 300]).toEqual([response.text, true])
}

async function firstSession(agent: UserAgent, path: string) {
  const sessions = (await agent.getJson(instance.url + path)).json() as readonly { id: string; clients: unknown[] }[]
  return sessions.find(({ clients }) => clients.length > 0)?.id ?? ''
}

const removals: Readonly<Record<string, (person: Person) => Promise<void>>> = {
  'signs out here': ({ agent }) => submitForm(agent, '/logout', '/logout'),
  'signs out at an application': ({ agent }) =>
    submitForm(agent, `/api/oidc/end-session?client_id=${clientId}`, '/end-session/confirm', { logout: 'yes' }),
  'ends the session on the account page': async ({ agent, authenticator }) => {
    const other = instance.agent()
    await signInWithPasskey(other, instance.url, authenticator)
    await submitForm(other, '/settings/account/security', `/sessions/${await firstSession(agent, '/api/sessions')}/end`)
  },
  'ends all other sessions': async ({ authenticator }) => {
    const other = instance.agent()
    await signInWithPasskey(other, instance.url, authenticator)
    await submitForm(other, '/settings/account/security', '/sessions/end-others')
  },
  'ends it over the REST API': async ({ agent }) => {
    const id = await firstSession(agent, '/api/sessions')
    expect((await agent.sendJson('DELETE', `${instance.url}/api/sessions/${id}`, {})).status).toBeLessThan(300)
  },
  'is signed out by an administrator': async ({ id }) => {
    const session = await firstSession(instance.administrator, `/api/users/${id}/sessions`)
    await callAsAdministrator('DELETE', `/api/users/${id}/sessions/${session}`)
  },
  'is signed out everywhere by an administrator': ({ id }) =>
    callAsAdministrator('DELETE', `/api/users/${id}/sessions`),
  'is signed out by an administrator on their page': async ({ id }) => {
    const session = await firstSession(instance.administrator, `/api/users/${id}/sessions`)
    await submitForm(instance.administrator, `/settings/admin/users/${id}/security`, `/sessions/${session}/end`)
  },
  'is signed out everywhere on their page': ({ id }) =>
    submitForm(instance.administrator, `/settings/admin/users/${id}/security`, '/sessions/end'),
  'is disabled': async ({ id }) => {
    const user = (await instance.administrator.getJson(`${instance.url}/api/users/${id}`)).json() as object
    await callAsAdministrator('PUT', `/api/users/${id}`, { ...user, email: `${id}@example.com`, disabled: true })
  },
  'is deleted': ({ id }) => callAsAdministrator('DELETE', `/api/users/${id}`),
}

test.each(Object.entries(removals))('a user who %s is signed out of the application', async (name, removal) => {
  const person = await instance.person(name.replaceAll(' ', '.').toLowerCase())
  const { location } = await person.agent.get(authorize)
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    redirect_uri: callback,
    code_verifier: verifier,
    code: new URL(location ?? '').searchParams.get('code') ?? '',
  })
  const response = await fetch(`${instance.url}/api/oidc/token`, { method: 'POST', body: form })
  const { access_token: token } = (await response.json()) as { access_token: string }
  const fetchUserInfoStatus = async () => {
    const headers = { authorization: `Bearer ${token}` }
    return (await instance.agent().getJson(`${instance.url}/api/oidc/userinfo`, { headers })).status
  }
  expect(await fetchUserInfoStatus()).toBe(200)
  const notified = application.expectNotice(person.id)
  const cookie = cookieHeader(person.agent)
  const fetchAsAttacker = async (path: string) => instance.agent().getJson(instance.url + path, { headers: { cookie } })
  expect((await fetchAsAttacker('/api/users/me')).status).toBe(200)
  await removal(person)
  await notified
  expect((await person.agent.get(authorize)).location ?? '').not.toContain('code=')
  expect(await fetchUserInfoStatus()).toBe(401)
  // Cookies that were copied before are invalid.
  expect((await fetchAsAttacker('/api/users/me')).status).toBe(401)
  const stolen = await instance.agent().get(authorize, { headers: { cookie } })
  expect(stolen.location ?? '').not.toContain('code=')
})
