import { beforeAll, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { UnavailableError } from '../../src/errors.ts'
import { memoryStores } from '../../src/memory/index.ts'
import { answerCeremony, openBrowser, startHost, viewOf } from './host.ts'
import { authorizationUrl, redirectUri } from './login.ts'
import { sendForm } from './requests.ts'

let isDown = false
const host = shareBetweenTests(() => startHost({ stores: failDuringOutage(memoryStores()) }))
let client: { readonly id: string; readonly secret: string }

/** Stores that fail while `isAway` is set. */
function failDuringOutage<T extends object>(store: T): T {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member === 'object' && member !== null) return failDuringOutage(member)
      if (typeof member !== 'function') return member
      return (...input: unknown[]) =>
        isDown ? Promise.reject(new UnavailableError('The database is unreachable.')) : member.apply(target, input)
    },
  })
}

beforeAll(async () => {
  const created = await host.client({ redirectUris: [redirectUri] })
  client = { id: created.client.id, secret: created.secret }
})

async function runWhileDown<T>(work: () => Promise<T>): Promise<T> {
  isDown = true
  try {
    return await work()
  } finally {
    isDown = false
  }
}

const authorizeUrl = () => authorizationUrl(host, client.id, { ui_locales: 'de' })

const post = (endpoint: string, fields: Readonly<Record<string, string>>) =>
  sendForm(host, endpoint, { client_id: client.id, client_secret: client.secret, ...fields })

test.each([
  ['token', { grant_type: 'client_credentials' }],
  ['token', { grant_type: 'refresh_token', refresh_token: 'x' }],
  ['introspect', { token: 'x' }],
  ['revoke', { token: 'x' }],
  ['par', { response_type: 'code', redirect_uri: redirectUri, scope: 'openid' }],
  ['device/authorize', { scope: 'openid' }],
])('asks a client to retry while the stores are unavailable: %s %j', async (endpoint, fields) => {
  const response = await runWhileDown(() => post(endpoint, fields))
  expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([
    503,
    '5',
    { error: 'temporarily_unavailable', error_description: expect.any(String) },
  ])
  expect((await post(endpoint, fields)).status).not.toBe(503)
})

test('shows a page that retries automatically after a redirect from an application', async () => {
  const agent = new UserAgent()
  const page = await runWhileDown(() => agent.get(authorizeUrl()))
  expect([page.status, page.headers.get('retry-after'), page.headers.get('refresh')]).toEqual([503, '5', '5'])
  expect(viewOf(page)).toMatchObject({
    view: 'error',
    code: 'database_unavailable',
    retriesItself: true,
    languages: ['de'],
  })
  expect((await agent.get(authorizeUrl())).status).toBe(303)
})

test('an interaction continues after the outage', async () => {
  const { authenticator } = await host.person('ada')
  const { agent, page } = await openBrowser(authorizeUrl())
  const unavailable = await runWhileDown(() => agent.get(page.url))
  expect([unavailable.status, unavailable.headers.get('refresh'), viewOf(unavailable)]).toEqual([
    503,
    '5',
    expect.objectContaining({ code: 'database_unavailable', retriesItself: true }),
  ])
  const refused = await runWhileDown(() => agent.postJson(`${page.url}/login`, { response: {} }))
  expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('refresh')]).toEqual([503, '5', null])
  expect((await answerCeremony(agent, page, authenticator)).status).toBe(200)
})
