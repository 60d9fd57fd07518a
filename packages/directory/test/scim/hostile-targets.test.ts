import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { freePort } from '@pocket/test-support'
import { createAuthority } from '@pocket/test-support/certificates'
import { startHttpsFront } from '@pocket/test-support/https'
import { newUser, type User } from '../../src/index.ts'
import type { ScimReport } from '../../src/internal.ts'
import { defaultLimits } from '../../src/scim/listing.ts'
import { type DirectoryUnderTest, kinds } from '../open-directory.ts'
import { type Provider, providerOf } from './scim-run.ts'

type Handle = (req: IncomingMessage, res: ServerResponse, body: string) => void

let it: DirectoryUnderTest
let provider: Provider
let handle: Handle
let requests: string[]
const server = createServer((req, res) => {
  requests.push(`${req.method} ${req.url}`)
  let body = ''
  req.on('data', (chunk) => {
    body += String(chunk)
  })
  req.on('end', () => handle(req, res, body))
})
let url: string

beforeAll(async () => {
  const [, open] = kinds[0] ?? []
  if (!open) throw new TypeError('There is no database')
  it = await open()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP always has an AddressInfo.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

beforeEach(() => {
  provider = providerOf(it)
  requests = []
})

afterEach(async () => {
  for (const { id } of await it.directory.list()) await it.directory.users.remove(id)
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await it[Symbol.asyncDispose]()
})

const person = (username: string): Promise<User> => it.directory.create(newUser({ username }))
const json = (res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  res.writeHead(status, { 'content-type': 'application/scim+json', ...headers }).end(JSON.stringify(body))
const list = (resources: readonly object[], totalResults: unknown = resources.length) => ({
  Resources: resources,
  totalResults,
})
const run = (options: Partial<Parameters<Provider['run']>[0]> = {}): Promise<ScimReport> =>
  provider.run({ url, ...options })
/** Lists no objects, and passes all other requests to `answer`. */
const empty =
  (answer: Handle): Handle =>
  (req, res, body) =>
    req.method === 'GET' ? json(res, 200, list([])) : answer(req, res, body)

test.each<readonly [string, Handle]>([
  ['its error', (_req, res) => json(res, 400, { detail: 'You are not s3cret-token' })],
  ['a text that is no object', (_req, res) => res.end('s3cret-token is who you are')],
])('redacts a token that the target repeats in %s', async (_where, answer) => {
  handle = answer
  const { stopped } = await run({ token: 's3cret-token' })

  expect(stopped?.detail).toMatch(/You are not \u2026|\u2026 is who you are/)
})

describe('a run ends with a reason if the target', () => {
  test.each<readonly [string, string, Handle]>([
    ['answers nothing', 'timeout', () => undefined],
    ['hangs up', 'cut_off', (req) => req.socket.destroy()],
    [
      'hangs up in the middle',
      'cut_off',
      (_req, res) => {
        res.writeHead(200, { 'content-length': '1000' })
        res.write('{"Resources":[', () => res.destroy())
      },
    ],
    ['sends half an object', 'cut_off', (_req, res) => res.end('{"Resources":[{"id":"1"')],
    [
      'dribbles',
      'timeout',
      (_req, res) => {
        res.writeHead(200)
        res.write('{')
      },
    ],
    ['sends a page', 'not_scim', (_req, res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
    ['sends a list', 'not_scim', (_req, res) => json(res, 200, [1, 2])],
    ['sends an empty answer', 'not_scim', (_req, res) => res.writeHead(204).end()],
    ['sends something else', 'not_scim', (_req, res) => json(res, 200, { users: [] })],
    ['sends without end', 'too_large', (_req, res) => res.end(`{"a":"${'a'.repeat(60_000)}"}`)],
    ['is not there', 'no_scim_here', (_req, res) => res.writeHead(404).end('Not found')],
    ['wants another token', 'unauthorized', (_req, res) => json(res, 401, { detail: 'Who?' })],
    ['does not let us', 'forbidden', (_req, res) => json(res, 403, {})],
    ['leads elsewhere', 'redirected', (_req, res) => res.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()],
    ['is broken', 'server_error', (_req, res) => res.writeHead(500).end('<h1>Oops</h1>')],
    ['has had enough', 'rate_limited', (_req, res) => json(res, 429, {}, { 'retry-after': '3' })],
    ['has had enough for long', 'rate_limited', (_req, res) => json(res, 429, {}, { 'retry-after': '3600' })],
  ])('%s: %s', async (_what, code, answer) => {
    handle = answer
    await person('ada')
    const maxWait = code === 'timeout' ? { timeout: 1500 } : {}
    const report = await run({ fetch: { ...maxWait, maxBytes: 50_000 } })
    expect(report.stopped?.code).toBe(code)
    expect(requests.every((request) => request.startsWith('GET /Users?'))).toBe(true)
    expect(requests.length).toBeLessThanOrEqual(5)
    expect(report.requests).toBe(requests.length)
  })

  test('has an address that is not allowed, or does not use TLS', async () => {
    handle = (_req, res) => json(res, 200, list([]))
    const forbidden = { fetch: { allowedPrivateHosts: [], allowHttp: true } }
    expect((await run(forbidden)).stopped?.code).toBe('not_public')
    expect((await run({ fetch: { allowedPrivateHosts: [] } })).stopped?.code).toBe('scheme')
    expect(requests).toEqual([])
  })

  test('has an untrusted certificate', async () => {
    handle = (_req, res) => json(res, 200, list([]))
    await using front = await startHttpsFront(['127.0.0.1'], url)
    const report = await run({ url: `https://${front.address}` })
    expect(report.stopped?.code).toBe('certificate')
    expect(requests).toEqual([])
  })

  test('has an expired certificate', async () => {
    handle = (_req, res) => json(res, 200, list([]))
    const authority = await createAuthority()
    const trusted = getCACertificates('default')
    setDefaultCACertificates([...trusted, authority.cert])
    try {
      const codes = []
      for (const notAfter of [Date.now() + 60_000, Date.now() - 60_000]) {
        const certificate = await authority.issue({ hosts: ['127.0.0.1'], notAfter })
        await using front = await startHttpsFront([], url, certificate)
        codes.push((await run({ url: `https://${front.address}` })).stopped)
      }
      expect(codes).toEqual([null, expect.objectContaining({ code: 'certificate', detail: 'CERT_HAS_EXPIRED' })])
    } finally {
      setDefaultCACertificates(trusted)
    }
  })

  test('is unreachable', async () => {
    expect((await run({ url: `http://127.0.0.1:${await freePort()}` })).stopped).toMatchObject({
      code: 'unreachable',
      detail: 'ECONNREFUSED',
    })
  })

  test('is aborted by the caller', async () => {
    handle = () => undefined
    expect((await run({ signal: AbortSignal.timeout(50) })).stopped?.code).toBe('took_too_long')
    expect((await run({ signal: AbortSignal.abort() })).stopped?.code).toBe('interrupted')
  })
})

describe('retries of transient failures', () => {
  test.each([
    ['2', [2000]],
    ['a date in an hour', null],
    ['soon', 'backOff'],
    ['-1', 'backOff'],
  ] as const)('wait for Retry-After: %s', async (retryAfter, expected) => {
    let refused = false
    handle = empty((_req, res, body) => {
      if (refused) return json(res, 201, { ...JSON.parse(body), id: 'one' })
      refused = true
      return json(res, 503, {}, { 'retry-after': expected === null ? inAnHour.toUTCString() : retryAfter })
    })
    const before = Date.now()
    const inAnHour = new Date(before + 3_600_000)
    await person('ada')
    const report = await run()
    if (expected === null) {
      expect(report.stopped?.code).toBe('rate_limited')
      // HTTP dates have a resolution of one second.
      expect(report.stopped?.retryAfter).toBeGreaterThan(inAnHour.getTime() - 1000 - Date.now())
      expect(report.stopped?.retryAfter).toBeLessThanOrEqual(inAnHour.getTime() - before)
      return
    }
    expect([report.stopped, report.user.created]).toEqual([null, 1])
    if (expected !== 'backOff') expect(provider.pauses).toEqual(expected)
    else expect(provider.pauses[0]).toBeLessThanOrEqual(500)
  })

  test('back off, and stop after a few attempts', async () => {
    handle = (_req, res) => json(res, 429, {})
    expect((await run()).stopped?.code).toBe('rate_limited')
    expect(provider.pauses.length).toBe(4)
    for (const [index, pause] of provider.pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(250 * 2 ** index)
      expect(pause).toBeLessThanOrEqual(500 * 2 ** index)
    }
  })

  test('recognize an object whose creation succeeded without a response', async () => {
    const there: object[] = []
    handle = (req, res, body) => {
      if (req.method === 'GET') return json(res, 200, list(req.url?.includes('filter=') ? there : []))
      if (there.length > 0) return json(res, 409, { detail: 'taken' })
      there.push({ ...JSON.parse(body), id: 'one' })
      return req.socket.destroy()
    }
    const ada = await person('ada')
    const report = await run()
    expect([report.stopped, report.problemCount, report.user.created]).toEqual([null, 0, 1])
    expect(await provider.records.list(provider.id)).toEqual([
      expect.objectContaining({ localId: ada.id, remoteId: 'one', state: 'created' }),
    ])
  })
})

test.each([404, 501])('provisions only users to a target without groups (%i)', async (status) => {
  handle = (req, res, body) => {
    if (req.url?.startsWith('/Groups')) return json(res, status, {})
    return req.method === 'GET' ? json(res, 200, list([])) : json(res, 201, { ...JSON.parse(body), id: 'one' })
  }
  await person('ada')
  const report = await run()
  expect([report.stopped, report.withoutGroups, report.user.created]).toEqual([null, true, 1])
})

describe('a failure of one object', () => {
  test.each<readonly [string, string, Handle]>([
    ['taken by what cannot be seen', 'conflict', (_req, res) => json(res, 409, { detail: 'e-mail is taken' })],
    ['refused', 'refused', (_req, res) => json(res, 400, { scimType: 'invalidValue', detail: 'No\nway' })],
    ['without an id', 'id_missing', (_req, res) => json(res, 201, {})],
    ['without an answer', 'id_missing', (_req, res) => res.writeHead(204).end()],
    ['answered by a page', 'not_scim', (_req, res) => res.writeHead(201).end('<p>Done</p>')],
  ])('does not stop the others: %s: %s', async (_what, code, answer) => {
    handle = empty((req, res, body) => {
      if (JSON.parse(body).userName === 'bad') return answer(req, res, body)
      return json(res, 201, { ...JSON.parse(body), id: JSON.parse(body).userName })
    })
    for (const name of ['ada', 'bad', 'zoe']) await person(name)
    const report = await run()
    expect(report.problems).toEqual([expect.objectContaining({ code, name: 'bad' })])
    expect([report.stopped, report.user.created, report.user.failed]).toEqual([null, 2, 1])
    if (code === 'refused') expect(report.problems[0]?.detail).toBe('400 invalidValue No way')
    expect(requests.filter((request) => request === 'POST /Users').length).toBe(3)
  })

  test('ends the run after several in a row', async () => {
    handle = empty((_req, res) => res.writeHead(500).end())
    for (let number = 0; number < 20; number++) await person(`user${number}`)
    const report = await run()
    expect(report.stopped?.code).toBe('server_error')
    expect(report.requests).toBeLessThan(40)
  })

  test('reports a remote ID that the target assigns twice', async () => {
    handle = empty((_req, res, body) => json(res, 201, { ...JSON.parse(body), id: 'always the same' }))
    await person('ada')
    await person('bob')
    const report = await run()
    expect([report.user.created, report.problems.map(({ code }) => code)]).toEqual([1, ['id_reused']])
    expect((await provider.records.list(provider.id)).length).toBe(1)
  })

  test('reports two objects with our ID and updates one', async () => {
    const ada = await person('ada')
    const same = { externalId: ada.id, userName: 'ada', displayName: ada.displayName, active: true }
    handle = (req, res) =>
      json(res, 200, list(req.url?.startsWith('/Users') ? ['1', '2'].map((id) => ({ ...same, id })) : []))
    const report = await run()
    expect(report.problems).toEqual([expect.objectContaining({ code: 'duplicate', localId: ada.id })])
  })
})

describe('a listing', () => {
  const all = Array.from({ length: 25 }, (_, index) => ({ id: String(index), userName: `their${index}` }))
  const sliced = (resources: readonly object[], req: IncomingMessage, most: number) => {
    const query = new URL(req.url ?? '', url).searchParams
    const start = Number(query.get('startIndex')) - 1
    return resources.slice(start, start + Math.min(most, Number(query.get('count'))))
  }
  const users =
    (answer: (req: IncomingMessage) => object): Handle =>
    (req, res) =>
      json(res, 200, req.url?.startsWith('/Users') ? answer(req) : list([]))

  test.each<readonly [string, number, (req: IncomingMessage) => object]>([
    ['in pages smaller than asked for', 3, (req) => list(sliced(all, req, 10), 25)],
    ['all at once, whatever was asked for', 1, () => list(all)],
    ['all at once and without a number', 2, () => list(all, null)],
    ['with a number that is too high', 4, (req) => list(sliced(all, req, 10), 1000)],
    ['with a number that is too low', 4, (req) => list(sliced(all, req, 10), 1)],
    ['with a number that is none', 4, (req) => list(sliced(all, req, 10), 'many')],
  ])('is read completely: %s', async (_what, pages, answer) => {
    handle = users(answer)
    for (const name of ['their0', 'their24']) await person(name)
    const report = await run()
    expect([report.stopped, report.user.found]).toEqual([null, 2])
    expect(requests.filter((request) => request.startsWith('GET /Users')).length).toBe(pages)
  })

  test('is aborted if it never ends', async () => {
    let next = 0
    handle = users(() => list([{ id: `a${next++}` }, { id: `b${next++}` }], 1_000_000))
    const report = await run({ limits: { ...defaultLimits, maxResources: 50 } })
    expect(report.stopped?.code).toBe('endless_listing')
    handle = users(() => list([{ id: `c${next++}` }], 1_000_000))
    expect((await run({ limits: { ...defaultLimits, maxPages: 7 } })).stopped?.code).toBe('endless_listing')
    expect(requests.length).toBeLessThan(40)
  })

  test('is aborted if the total size exceeds the limit', async () => {
    let next = 0
    handle = users(() => list([{ id: `a${next++}`, note: 'a'.repeat(1000) }], 1_000_000))
    const report = await run({ limits: { ...defaultLimits, maxCharacters: 20_000 } })
    expect(report.stopped?.code).toBe('too_large')
    expect(requests.length).toBeLessThan(30)
  })

  test('uses smaller pages if a page is too large', async () => {
    const large = all.map((each) => ({ ...each, note: 'a'.repeat(1000) }))
    handle = users((req) => list(sliced(large, req, 1000), 25))
    const limits = { ...defaultLimits, pageSize: 400 }
    const report = await run({ limits, fetch: { maxBytes: 20_000 } })
    // Even the smallest page exceeds the limit.
    expect([report.stopped?.code, requests.length]).toEqual(['too_large', 3])
  })

  test('is read completely if a smaller page fits', async () => {
    const large = all.map((each) => ({ ...each, note: 'a'.repeat(1000) }))
    handle = users((req) => list(sliced(large, req, req.url?.includes('count=50') ? 10 : 25), 25))
    await person('their24')
    const report = await run({ fetch: { maxBytes: 20_000 }, limits: { ...defaultLimits, pageSize: 200 } })
    expect([report.stopped, report.user.found, requests.length]).toEqual([null, 1, 5])
  })

  test('skips items that are not resources', async () => {
    const odd = [
      null,
      5,
      'text',
      {},
      { id: '' },
      { id: {} },
      { id: 'a\0b' },
      { id: '\ud800' },
      { id: '..' },
      { id: '.' },
      { id: 7, userName: 'ada', emails: 'x' },
    ]
    handle = users(() => list(odd as object[]))
    await person('ada')
    const report = await run()
    expect([report.stopped, report.user.found]).toEqual([null, 1])
    expect((await provider.records.listFound(provider.id, 5)).items).toEqual([
      expect.objectContaining({ remoteId: '7' }),
    ])
  })

  test('creates no duplicates of objects that are missing from it', async () => {
    const ada = await person('ada')
    let kept: object = {}
    handle = (req, res, body) => {
      if (req.method === 'POST') kept = { ...JSON.parse(body), id: 'one' }
      return req.url === '/Users/one' || req.method === 'POST' ? json(res, 200, kept) : json(res, 200, list([], 7))
    }
    await run()
    requests = []
    const report = await run()
    expect([report.user.created, report.user.unchanged]).toEqual([0, 1])
    expect(requests).toContain('GET /Users/one')
    expect((await provider.records.list(provider.id)).map(({ localId }) => localId)).toEqual([ada.id])
  })

  test('is compared with the values that the target normalized', async () => {
    let kept: { userName: string } | undefined
    handle = (req, res, body) => {
      if (req.method === 'POST' || req.method === 'PUT')
        kept = { ...JSON.parse(body), id: 'one', userName: JSON.parse(body).userName.toUpperCase() }
      if (req.method !== 'GET') return json(res, 201, kept)
      return req.url?.startsWith('/Users') ? json(res, 200, list(kept ? [kept] : [])) : json(res, 200, list([]))
    }
    const ada = await person('ada')
    await run()
    expect((await run()).user).toMatchObject({ unchanged: 1, updated: 0 })
    await it.directory.users.update(ada.id, { lastName: 'New' })
    expect((await run()).user.updated).toBe(1)
    expect((await run()).user.unchanged).toBe(1)
  })

  test('reports a deactivated user who stays active in every run', async () => {
    const ada = await person('ada')
    let kept: object | undefined
    handle = (req, res, body) => {
      if (req.method === 'POST') kept = { ...JSON.parse(body), id: 'one' }
      if (req.method !== 'GET') return json(res, 200, kept)
      return req.url?.startsWith('/Users') ? json(res, 200, list(kept ? [kept] : [])) : json(res, 200, list([]))
    }
    await run()
    await it.directory.setDisabled(ada.id, true)
    await run()
    expect((await run()).problems).toEqual([expect.objectContaining({ code: 'still_active', name: 'ada' })])
    await it.directory.users.remove(ada.id)
    await run()
    expect((await run()).problems).toEqual([expect.objectContaining({ code: 'still_active', name: 'ada' })])
  })
})
