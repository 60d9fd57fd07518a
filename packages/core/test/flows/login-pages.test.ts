import { afterEach, expect, test } from '@jest/globals'
import type { AuthenticationCeremony, PocketOptions } from '@pocket/core'
import { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { type Host, minute, startHost, viewOf } from './host.ts'

let host: Host

afterEach(async () => host[Symbol.asyncDispose]())

async function start(options: Partial<PocketOptions> = {}, path = '') {
  host = await startHost({ options, path })
  return host
}

const issueLoginCode = async (accountId: string) => (await host.pocket.issueLoginCode({ id: accountId }, minute)).code
const get = (agent: UserAgent, path: string) => agent.get(`${host.issuer}${path}`)
const pathOf = (location: string | null | undefined) => (location ?? '').replace(new URL(host.issuer).origin, '')
const readRedirect = (response: { json(): unknown }) => (response.json() as { redirectTo?: string }).redirectTo

async function signInWithPasskey(agent: UserAgent, authenticator: SoftwareAuthenticator, path: string) {
  const view = viewOf(await get(agent, path), 'sign-in')
  return submit(agent, authenticator, view.ceremony)
}

function submit(agent: UserAgent, authenticator: SoftwareAuthenticator, ceremony: AuthenticationCeremony) {
  const { origin } = new URL(host.issuer)
  return agent.postJson(`${origin}${ceremony.submitTo}`, { response: authenticator.get(ceremony.options, { origin }) })
}

async function addPasskey(agent: UserAgent, path: string) {
  const view = viewOf(await get(agent, path), 'add-passkey')
  const { origin } = new URL(host.issuer)
  const { options } = (await agent.postJson(`${origin}${view.ceremony.optionsFrom}`, {})).json() as {
    options: Parameters<SoftwareAuthenticator['create']>[0]
  }
  const authenticator = new SoftwareAuthenticator()
  const response = authenticator.create(options, { origin })
  return { authenticator, answer: await agent.postJson(`${origin}${view.ceremony.submitTo}`, { response }) }
}

test('signs a user in with a passkey and returns to the page of the site', async () => {
  await start()
  const { authenticator } = await host.person('ada')
  const agent = new UserAgent()
  const response = await signInWithPasskey(agent, authenticator, '/login?redirect=/orders%3Fpage=2')
  expect(readRedirect(response)).toBe('/orders?page=2')
  expect(pathOf((await get(agent, '/login?redirect=/orders')).location)).toBe('/orders')
})

test.each([
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example',
  '/..//evil.example',
  'javascript:alert(1)',
  '',
])('does not return to %s', async (target) => {
  await start()
  const { authenticator } = await host.person('ada')
  const response = await signInWithPasskey(
    new UserAgent(),
    authenticator,
    `/login?redirect=${encodeURIComponent(target)}`,
  )
  expect(readRedirect(response)).toBe('/')
})

test('offers a passkey after a login code, and signs in with it the next time', async () => {
  await start({}, '/auth')
  const ada = { id: 'ada', userName: 'ada' }
  host.accounts.set('ada', { ...ada, displayName: 'Ada', groups: [], customClaims: [], disabled: false } as never)
  const agent = new UserAgent()
  const page = viewOf(await get(agent, '/login/code?redirect=/orders'), 'login-code')
  const { origin } = new URL(host.issuer)
  const accepted = await agent.postForm(`${origin}${page.submitTo}`, { code: await issueLoginCode('ada') })
  expect(pathOf(accepted.location)).toBe('/auth/login/passkey?redirect=%2Forders')
  const { authenticator, answer } = await addPasskey(agent, '/login/passkey?redirect=/orders')
  expect(readRedirect(answer)).toBe('/orders')
  expect(readRedirect(await signInWithPasskey(new UserAgent(), authenticator, '/login?redirect=/orders'))).toBe(
    '/orders',
  )
})

test('shows the code page again after a wrong code', async () => {
  await start()
  const response = await new UserAgent().postForm(`${host.issuer}/login/code?redirect=/orders`, { code: 'wrong' })
  expect(response.status).toBe(400)
  expect(viewOf(response)).toMatchObject({ view: 'login-code', problem: 'code_invalid' })
})

test('requires a recent passkey before a passkey session gets another passkey', async () => {
  await start()
  const { authenticator } = await host.person('ada')
  const agent = new UserAgent()
  await signInWithPasskey(agent, authenticator, '/login')
  host.clock.pass(5 * minute)
  expect((await agent.postJson(`${host.issuer}/login/passkey/options`, {})).json()).toMatchObject({
    code: 'reauthentication_required',
  })
  const view = viewOf(await get(agent, '/login/passkey?redirect=/account'), 'sign-in')
  expect(view.reason).toBe('again')
  const confirmed = await submit(agent, authenticator, view.ceremony)
  expect(readRedirect(confirmed)).toBe('/login/passkey?redirect=%2Faccount')
  expect(readRedirect((await addPasskey(agent, '/login/passkey?redirect=/account')).answer)).toBe('/account')
})

test('does not add a passkey without a session, or for a page of another site', async () => {
  await start()
  const agent = new UserAgent()
  expect(pathOf((await get(agent, '/login/passkey?redirect=/account')).location)).toBe('/login?redirect=%2Faccount')
  expect((await agent.postJson(`${host.issuer}/login/passkey/options`, {})).status).toBe(401)
  const crossSite = await fetch(`${host.issuer}/login/code`, {
    method: 'POST',
    headers: { 'sec-fetch-site': 'cross-site' },
    body: new URLSearchParams({ code: 'x' }),
  })
  expect(crossSite.status).toBe(403)
})

test('leaves the path to a host that has its own pages', async () => {
  await start({ pages: { otherMethodsUrl: '/login' } })
  expect((await get(new UserAgent(), '/login')).status).toBe(404)
})
