import { beforeAll, describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, type UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { sameSitePath } from '../../src/http/same-site-path.ts'
import { type Person, passkeyAnswer, startInstance } from '../api/instance.ts'

/** URLs that some parsers treat as a local path. */
const elsewhere = [
  'https://evil.example',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '\t//evil.example',
  '/\r\n/evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/x/..//evil.example',
  '/%2e//evil.example',
  'javascript:alert(document.domain)//evil.example',
  'data:text/html,evil.example',
  'http:evil.example',
  'https:/evil.example',
  '@evil.example',
  '.evil.example',
  'evil.example',
  ' //evil.example',
  '/\u0000//evil.example',
] as const

const instance = shareBetweenTests(() =>
  startInstance({
    DISABLE_RATE_LIMITING: 'true',
    ALLOW_USER_SIGNUPS: 'open',
    UI_CONFIG_DISABLED: 'true',
  }),
)
let person: Person

beforeAll(async () => {
  person = await instance.person('grace')
})

/** Expects redirects and links to stay at the origin of the server. */
function expectSameOrigin(page: UserAgentResponse): void {
  const { origin } = new URL(instance.url)
  if (page.location !== null) expect(new URL(page.location, instance.url).origin).toBe(origin)
  // A page returns its own URL, which is validated again when it is opened.
  const text = page.text.replace(/name="back" value="\/[^/"][^"]*"/, '')
  const links = [...text.matchAll(/(?:href|action|value|data-\w+)="([^"]*)"/g)].map(([, value = '']) => value)
  const output = [...links.map((link) => link.replaceAll('&#34;', '"').replaceAll('&amp;', '&')), page.location ?? '']
  for (const each of output.flatMap((text) => text.match(/[^"]+/g) ?? [])) {
    const asked = URL.parse(each, instance.url)?.searchParams.get('redirect') ?? ''
    for (const address of [each, asked])
      if (address.includes('evil.example')) expect(new URL(address, instance.url).origin).toBe(origin)
  }
}

const query = (redirect: string) => `?${new URLSearchParams({ redirect })}`

test.each(elsewhere)('rejects %j as a local path', (redirect) => {
  const path = sameSitePath(redirect, '/home')
  expect([path.startsWith('/'), new URL(path, 'https://id.example').origin]).toEqual([true, 'https://id.example'])
})

describe.each(['https://evil.example', '/\\evil.example'])('to %j', (redirect) => {
  test.each(['/login', '/login/ceremony', '/lc/ABCDEF', '/signup', '/login/device'])(
    'an anonymous browser is not redirected by %s',
    async (path) => expectSameOrigin(await instance.agent().get(instance.url + path + query(redirect))),
  )

  test.each(['/login', '/signup', '/signup/add-passkey', '/lc', '/logout', '/device', '/login/setup'])(
    'a browser with a session is not redirected by %s',
    async (path) => expectSameOrigin(await person.agent.get(instance.url + path + query(redirect))),
  )

  test('no sign-in redirects, with a code or a passkey', async () => {
    const { code } = await instance.app.issueLoginCode('grace')
    const answered = await instance.agent().postForm(`${instance.url}/lc`, { code, redirect })
    expect(answered.status).toBe(303)
    expectSameOrigin(answered)
    expectSameOrigin(await instance.agent().postForm(`${instance.url}/lc`, { code: 'wrong', redirect }))
    expectSameOrigin(await instance.agent().postForm(`${instance.url}/preferences`, { theme: 'dark', back: redirect }))
    const agent: UserAgent = instance.agent()
    const response = await passkeyAnswer(agent, instance.url, person.authenticator)
    const signed = await agent.postJson(`${instance.url}/login${query(redirect)}`, { response })
    expect(signed.status).toBe(200)
    const { redirectTo } = signed.json() as { redirectTo: string }
    expect(new URL(redirectTo, instance.url).origin).toBe(new URL(instance.url).origin)
  })
})

test('sign-up and a new passkey keep the return path to an authorization request', async () => {
  const request = '/interaction/abc'
  const signUp = await instance.agent().get(`${instance.url}/signup${query(request)}`)
  expect(signUp.text).toContain(`<a class="btn quiet" href="${request}">`)
  const device = await instance.agent().get(`${instance.url}/signup${query('/device?code=ABC')}`)
  expect(device.text).toContain('<a class="btn quiet" href="/login?redirect=%2Fdevice%3Fcode%3DABC">')

  const { agent } = await instance.personWithoutPasskey('heidi')
  const adding = `${instance.url}/signup/add-passkey`
  const page = await agent.get(adding + query(request))
  expect(page.text).toContain(`<a class="btn quiet" href="${request}">`)
  const { options } = (await agent.postJson(`${adding}/options`, {})).json() as {
    options: Parameters<SoftwareAuthenticator['create']>[0]
  }
  const response = new SoftwareAuthenticator().create(options, { origin: instance.url })
  const added = await agent.postJson(new URL(page.form('/signup/add-passkey').action, page.url).href, { response })
  expect([added.status, added.json()]).toEqual([200, { redirectTo: request }])
})

test.each([
  '/\\evil.example',
  '//evil.example',
  '/..//evil.example',
  '/.//evil.example',
  '/%5cevil.example',
  '/;@evil.example',
])('the path %s redirects to no other site', async (path) => {
  const response = await fetch(instance.url + path, { redirect: 'manual' })
  const location = response.headers.get('location')
  if (location !== null) expect(new URL(location, instance.url).origin).toBe(new URL(instance.url).origin)
  expect(response.status).toBeLessThan(500)
})
