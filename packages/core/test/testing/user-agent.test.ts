import { createServer, type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'

interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
}

interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** The responses of the server by path; any other path gets an empty 200. */
let replies: Record<string, Reply>
let seen: ReceivedRequest[]
let base: string
let closeServer: () => Promise<unknown>
let now: number

const publicOrigin = 'https://id.example.com'

beforeEach(async () => {
  replies = {}
  seen = []
  now = Date.parse('2026-01-01T00:00:00Z')
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    seen.push({ method, path: url, headers, body: await text(request) })
    const { status = 200, headers: sent = {}, body = '' } = replies[url] ?? {}
    for (const [name, value] of Object.entries(sent)) response.setHeader(name, value)
    response.writeHead(status).end(body)
  })
  await new Promise<void>((onListening) => server.listen(0, '127.0.0.1', onListening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  base = `http://127.0.0.1:${address.port}`
  closeServer = () => new Promise((onClosed) => server.close(onClosed))
})

afterEach(async () => {
  await closeServer()
})

/** Maps `https://id.example.com`, `http://id.example.com` and others to the server, which also has its own URL. */
function createAgent(): UserAgent {
  const hosts = [
    publicOrigin,
    'http://id.example.com',
    'https://example.com',
    'https://other.example',
    'https://id.example.com:8443',
  ]
  return new UserAgent({ resolve: Object.fromEntries(hosts.map((host) => [host, base])), clock: { now: () => now } })
}

function lastRequest(): ReceivedRequest {
  const request = seen.at(-1)
  if (request === undefined) throw new Error('No request has arrived')
  return request
}

describe('cookies', () => {
  async function receiveCookie(setCookie: string | readonly string[], url = `${publicOrigin}/set`): Promise<UserAgent> {
    const userAgent = createAgent()
    replies[new URL(url).pathname] = { headers: { 'set-cookie': setCookie } }
    await userAgent.get(url)
    return userAgent
  }

  test('can be inspected, and session cookies end with the browser', async () => {
    const userAgent = await receiveCookie(['a=1; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=60', 'b=1; Path=/'])
    const a = { name: 'a', value: '1', domain: 'id.example.com', hostOnly: true, path: '/' }
    expect(userAgent.cookies()).toEqual([
      { ...a, secure: true, httpOnly: true, sameSite: 'lax', expiresAt: now + 60_000 },
      { ...a, name: 'b', secure: false, httpOnly: false, sameSite: null, expiresAt: null },
    ])
    userAgent.restart()
    expect(userAgent.cookies()).toMatchObject([{ name: 'a' }])
    userAgent.clearCookies()
    expect(userAgent.cookies()).toEqual([])
  })
})

describe('requests', () => {
  test('send the fetch metadata of a browser', async () => {
    const userAgent = createAgent()
    await userAgent.get(publicOrigin)
    expect(lastRequest().headers).toMatchObject({
      'sec-fetch-site': 'none',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    })
    expect(lastRequest().headers).not.toHaveProperty('origin')
    await userAgent.postJson(`${publicOrigin}/api`, { a: [1] })
    expect(lastRequest()).toMatchObject({
      body: '{"a":[1]}',
      headers: {
        'sec-fetch-site': 'same-origin',
        'sec-fetch-mode': 'cors',
        origin: publicOrigin,
        'content-type': 'application/json',
      },
    })
    await userAgent.postForm(`${publicOrigin}/form`, { a: '1 &' }, { from: 'https://other.example/page' })
    expect(lastRequest()).toMatchObject({
      body: 'a=1+%26',
      headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', origin: 'https://other.example' },
    })
    await userAgent.get(publicOrigin, { from: 'https://id.example.com:8443' })
    expect(lastRequest().headers).toMatchObject({ 'sec-fetch-site': 'same-site' })
    await userAgent.get('http://id.example.com/')
    expect(lastRequest().headers).not.toHaveProperty('sec-fetch-site')
  })

  test('send the headers of the caller in place of the defaults', async () => {
    const userAgent = new UserAgent({ headers: { 'Accept-Language': 'de' } })
    await userAgent.sendJson('DELETE', base, { options: { headers: { Origin: 'https://evil.example' } } })
    expect(lastRequest()).toMatchObject({
      method: 'DELETE',
      headers: { 'accept-language': 'de', origin: 'https://evil.example' },
    })
  })

  test('with fetch use the same route, without cookies', async () => {
    replies['/api'] = { status: 201, headers: { 'set-cookie': 'a=1', 'x-a': 'b' }, body: '{"ok":true}' }
    const userAgent = createAgent()
    const response = await userAgent.fetch(`${publicOrigin}/api`, {
      method: 'POST',
      body: new URLSearchParams({ a: '1' }),
    })
    expect(response.status).toBe(201)
    expect(response.headers.get('x-a')).toBe('b')
    expect(await response.json()).toEqual({ ok: true })
    expect(lastRequest()).toMatchObject({
      body: 'a=1',
      headers: { host: 'id.example.com', 'content-type': expect.stringMatching(/urlencoded/) },
    })
    expect(userAgent.cookies()).toEqual([])
  })
})

describe('redirects', () => {
  test('keep method and body after 307', async () => {
    replies['/start'] = { status: 307, headers: { location: '/next' } }
    const userAgent = createAgent()
    await userAgent.follow(await userAgent.postForm(`${publicOrigin}/start`, { a: '1' }))
    expect(lastRequest()).toMatchObject({
      method: 'POST',
      path: '/next',
      body: 'a=1',
      headers: { origin: publicOrigin },
    })
  })

  test('that end at another URL throw an error with the page text', async () => {
    replies['/start'] = { status: 303, headers: { location: '/next' } }
    replies['/next'] = { status: 400, body: 'The request has expired' }
    const userAgent = createAgent()
    const never = userAgent.followTo(await userAgent.get(`${publicOrigin}/start`), () => false)
    await expect(never).rejects.toThrow(/400 at .*start -> .*next.*The request has expired/)
  })

  test('are limited to twenty', async () => {
    for (let hop = 1; hop <= 21; hop += 1) replies[`/${hop}`] = { status: 303, headers: { location: `/${hop + 1}` } }
    const userAgent = createAgent()
    expect(await userAgent.follow(await userAgent.get(`${publicOrigin}/2`))).toMatchObject({
      url: `${publicOrigin}/22`,
    })
    await expect(userAgent.follow(await userAgent.get(`${publicOrigin}/1`))).rejects.toThrow('More than 20 redirects')
  })

  test('stay cross-site after the first cross-site hop, and then send no origin', async () => {
    replies['/start'] = { status: 303, headers: { location: `${publicOrigin}/back` } }
    replies['/moved'] = { status: 307, headers: { location: 'https://id.example.com:8443/end' } }
    const userAgent = createAgent()
    await userAgent.follow(await userAgent.get('https://other.example/start', { from: publicOrigin }))
    expect(lastRequest()).toMatchObject({ path: '/back', headers: { 'sec-fetch-site': 'cross-site' } })
    await userAgent.follow(await userAgent.postForm(`${publicOrigin}/moved`, {}, { from: 'https://other.example' }))
    expect(lastRequest()).toMatchObject({ path: '/end', headers: { origin: 'null' } })
  })
})

describe('pages', () => {
  const html = `<!doctype html>
    <!-- <form action="/commented"></form> <p data-first="comment"> -->
    <main class="x" data-first='{"a": "&lt;&#39;&#x41;&amp;"}' data-second="two">
    <script>var data = "not this"</script>
    <script type="application/json">{"first": true}</script>
    <script id="options" type="application/json">{"challenge": "abc"}</script>
    <form method="post" action="/consent?x=1&amp;y=2">
      <input type="hidden" name="token" value="a&quot;b"><input name="name"><input type="checkbox" name="on" checked>
      <input type="checkbox" name="off"><input type="submit" name="go" value="input">
      <button name="decision" value="allow">Allow</button><button>Plain</button>
    </form>
    <form action="/search"><input name="q" value=""></form>`

  async function fetchPage() {
    replies['/page'] = { body: html }
    return createAgent().get(`${publicOrigin}/page`)
  }

  test('expose their data attributes and scripts', async () => {
    const response = await fetchPage()
    expect(response.data('second')).toBe('two')
    expect(response.dataJson('first')).toEqual({ a: "<'A&" })
    expect(response.scriptJson()).toEqual({ first: true })
    expect(response.scriptJson('options')).toEqual({ challenge: 'abc' })
    expect(() => response.data('third')).toThrow(/page \(200\): There is no attribute data-third/)
    expect(() => response.dataJson('second')).toThrow('not JSON')
    expect(() => response.scriptJson('none')).toThrow('"none"')
    expect(() => response.json()).toThrow('The body is not JSON')
  })
})
