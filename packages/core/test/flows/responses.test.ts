import { beforeAll, describe, expect, test } from '@jest/globals'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { decide, shareHost, signIn, visit } from './host.ts'
import { authorizationUrl, type Parameters, redirectUri } from './login.ts'

const hostile = '"><script>alert(1)</script>\r\nSet-Cookie: a=b\u2028&x=1#y%00%0d\'+é'
const signedOutAt = 'https://app.example/bye?tenant=a'
const host = shareHost()
const agent = new UserAgent()
let client: { id: string; secret: string }
let other: { id: string; secret: string }

beforeAll(async () => {
  const createClient = async (name: string) => {
    const { client, secret } = await host.client({
      name,
      redirectUris: [redirectUri],
      postLogoutRedirectUris: [signedOutAt, 'app.example:/bye'],
      skipConsent: true,
      protocol: { implicitIdToken: name === 'first' },
    })
    return { id: client.id, secret }
  }
  client = await createClient('first')
  other = await createClient('second')
  const { authenticator } = await host.person('ada')
  const page = await visit(agent, authorizationUrl(host, client.id))
  const signed = await signIn(agent, page, authenticator)
  if (signed.location === null) await decide(agent, signed)
})

const sendRequest = async (extra: Parameters, id = client.id) =>
  visit(agent, authorizationUrl(host, id, { state: 's', ...extra }))

/** Where the response parameters arrived, and the parameters. */
function readResponse(page: UserAgentResponse): {
  at: 'query' | 'fragment' | 'form' | 'page'
  answer: URLSearchParams
} {
  const url = URL.parse(page.location ?? '')
  if (url && url.hash !== '') return { at: 'fragment', answer: new URLSearchParams(url.hash.slice(1)) }
  if (url) return { at: 'query', answer: url.searchParams }
  if (!page.text.includes(`action="${redirectUri}"`)) return { at: 'page', answer: new URLSearchParams() }
  return { at: 'form', answer: new URLSearchParams(page.form(redirectUri).fields) }
}

describe('response mode', () => {
  test.each<[Parameters, string, string | undefined]>([
    [{}, 'query', undefined],
    [{ response_mode: 'fragment' }, 'fragment', undefined],
    [{ response_mode: 'form_post' }, 'form', undefined],
    [{ response_mode: 'form_post', prompt: 'login none' }, 'form', 'invalid_request'],
    [{ response_mode: 'nonsense' }, 'query', 'unsupported_response_mode'],
    [{ response_mode: 'QUERY' }, 'query', 'unsupported_response_mode'],
    [{ response_mode: 'web_message' }, 'query', 'unsupported_response_mode'],
    [{ response_mode: 'query fragment' }, 'query', 'unsupported_response_mode'],
    [{ response_mode: '__proto__' }, 'query', 'unsupported_response_mode'],
    // A token in a query would appear in the logs of every server on the way.
    [{ response_type: 'id_token', nonce: 'n', response_mode: 'query' }, 'query', 'invalid_request'],
    [{ response_type: 'id_token', response_mode: 'fragment' }, 'fragment', 'invalid_request'],
    [{ response_type: 'token' }, 'fragment', 'unsupported_response_type'],
    [{ response_type: 'code token' }, 'fragment', 'unsupported_response_type'],
    [{ response_type: 'none' }, 'query', 'unsupported_response_type'],
  ])('%j returns the response in the %s, with the error %s', async (extra, at, error) => {
    const { at: seen, answer } = readResponse(await sendRequest(extra))
    expect([seen, answer.get('error') ?? undefined]).toEqual([at, error])
    expect(answer.get('state')).toBe('s')
    expect(answer.get('iss')).toBe(host.issuer)
    for (const name of ['code', 'id_token']) if (error !== undefined) expect(answer.has(name)).toBe(false)
  })

  test('returns an ID token to clients that are allowed to receive it, and never in a query', async () => {
    const implicit = { response_type: 'id_token', nonce: 'n' }
    const own = readResponse(await sendRequest(implicit))
    expect([own.at, own.answer.has('id_token')]).toEqual(['fragment', true])
    const others = readResponse(await sendRequest(implicit, other.id))
    expect([others.at, others.answer.get('error')]).toEqual(['fragment', 'invalid_request'])
    const { at, answer } = readResponse(await sendRequest({ ...implicit, response_mode: 'query.jwt' }))
    const [, payload = ''] = (answer.get('response') ?? '').split('.')
    expect([at, JSON.parse(Buffer.from(payload, 'base64url').toString())]).toEqual([
      'query',
      expect.objectContaining({ error: 'invalid_request', state: 's' }),
    ])
  })

  test.each(['query', 'fragment', 'form_post'])(
    '%s returns a malicious state unchanged, without extra parameters',
    async (mode) => {
      for (const more of [{}, { prompt: 'none', max_age: '0' }]) {
        const page = await sendRequest({ response_mode: mode, state: hostile, ...more })
        const { answer } = readResponse(page)
        expect(answer.get('state')).toBe(hostile)
        expect([...answer.keys()].sort()).toEqual(
          [more.prompt ? ['error', 'error_description'] : ['code'], 'iss', 'state'].flat().sort(),
        )
        expect(page.text).not.toContain('<script>alert')
        expect(page.headers.get('set-cookie') ?? '').not.toContain('a=b')
      }
    },
  )
})

describe('sign-out', () => {
  const endSession = async (extra: Parameters) => {
    const browser = new UserAgent()
    const query = new URLSearchParams({ client_id: client.id, ...extra })
    const page = await browser.follow(await browser.get(`${host.issuer}/api/oidc/end-session?${query}`), {
      until: (url) => !url.startsWith(host.issuer),
    })
    // Without a session there is no prompt: the page redirects immediately.
    if (page.location !== null || !page.text.includes('/end-session/confirm')) return page
    const { action, fields } = page.form('/end-session/confirm')
    const confirmed = await browser.postForm(action, fields)
    return browser.follow(confirmed, { until: (url) => !url.startsWith(host.issuer) })
  }

  test.each([signedOutAt, 'app.example:/bye'])('redirects to %s with any state', async (to) => {
    const { location } = await endSession({ post_logout_redirect_uri: to, state: hostile })
    const url = new URL(location ?? '')
    expect(location?.startsWith(to)).toBe(true)
    expect(url.searchParams.get('state')).toBe(hostile)
    expect([...url.searchParams.keys()]).toEqual(to.includes('?') ? ['tenant', 'state'] : ['state'])
    expect([url.hash, location?.match(/[\r\n]/)]).toEqual(['', null])
  })
})
