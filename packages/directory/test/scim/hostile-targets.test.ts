import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { freePort, shareBetweenTests, startHttpServer } from '@pocket/test-support'
import { startHttpsProxy } from '@pocket/test-support/https'
import { newUser, type User } from '../../src/index.ts'
import type { ScimReport } from '../../src/internal.ts'
import { defaultLimits } from '../../src/scim/listing.ts'
import { openOnSqlite } from '../open-directory.ts'
import { createProvider, type Provider } from './scim-run.ts'

type Handler = (req: IncomingMessage, res: ServerResponse, body: string) => void

const env = shareBetweenTests(openOnSqlite)
let provider: Provider
let handler: Handler
let requests: string[]
const server = shareBetweenTests(() =>
  startHttpServer((req, res) => {
    requests.push(`${req.method} ${req.url}`)
    let body = ''
    req.on('data', (chunk) => {
      body += String(chunk)
    })
    req.on('end', () => handler(req, res, body))
  }),
)

beforeEach(() => {
  provider = createProvider(env)
  requests = []
})

afterEach(async () => {
  for (const { id } of await env.directory.list()) await env.directory.users.remove(id)
})

const createUser = (username: string): Promise<User> => env.directory.create(newUser({ username }))
const sendJson = (res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  res.writeHead(status, { 'content-type': 'application/scim+json', ...headers }).end(JSON.stringify(body))
const listResponse = (resources: readonly object[], totalResults: unknown = resources.length) => ({
  Resources: resources,
  totalResults,
})
const run = (options: Partial<Parameters<Provider['run']>[0]> = {}): Promise<ScimReport> =>
  provider.run({ url: server.url, ...options })
/** Lists no objects, and passes all other requests to `answer`. */
const respondAfterEmptyList =
  (respond: Handler): Handler =>
  (req, res, body) =>
    req.method === 'GET' ? sendJson(res, 200, listResponse([])) : respond(req, res, body)

test.each<readonly [string, Handler]>([
  ['an error response', (_req, res) => sendJson(res, 400, { detail: 'You are not s3cret-token' })],
  ['a response that is not JSON', (_req, res) => res.end('s3cret-token is who you are')],
])('redacts a token that the target repeats in %s', async (_location, respond) => {
  handler = respond
  const { stopped } = await run({ token: 's3cret-token' })

  expect(stopped?.detail).toMatch(/You are not \u2026|\u2026 is who you are/)
})

describe('a run ends with a reason if the target', () => {
  test.each<readonly [string, string, Handler]>([
    ['does not respond', 'timeout', () => undefined],
    ['closes the connection', 'cut_off', (req) => req.socket.destroy()],
    ['sends a truncated object', 'cut_off', (_req, res) => res.end('{"Resources":[{"id":"1"')],
    ['sends HTML', 'not_scim', (_req, res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
    ['sends an empty response', 'not_scim', (_req, res) => res.writeHead(204).end()],
    ['sends too much data', 'too_large', (_req, res) => res.end(`{"a":"${'a'.repeat(60_000)}"}`)],
    ['responds with 404', 'no_scim_here', (_req, res) => res.writeHead(404).end('Not found')],
    ['rejects the token', 'unauthorized', (_req, res) => sendJson(res, 401, { detail: 'Who?' })],
    ['denies access', 'forbidden', (_req, res) => sendJson(res, 403, {})],
    ['redirects', 'redirected', (_req, res) => res.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()],
    ['responds with 500', 'server_error', (_req, res) => res.writeHead(500).end('<h1>Oops</h1>')],
    ['limits the rate', 'rate_limited', (_req, res) => sendJson(res, 429, {}, { 'retry-after': '3' })],
  ])('%s: %s', async (_title, code, respond) => {
    handler = respond
    await createUser('ada')
    const timeoutOptions = code === 'timeout' ? { timeout: 1500 } : {}
    const report = await run({ fetch: { ...timeoutOptions, maxBytes: 50_000 } })
    expect(report.stopped?.code).toBe(code)
    expect(requests.every((request) => request.startsWith('GET /Users?'))).toBe(true)
    expect(requests.length).toBeLessThanOrEqual(5)
    expect(report.requests).toBe(requests.length)
  })

  test('has a URL that is not allowed or does not use TLS', async () => {
    handler = (_req, res) => sendJson(res, 200, listResponse([]))
    const privateHost = { fetch: { allowedPrivateHosts: [], allowHttp: true } }
    expect((await run(privateHost)).stopped?.code).toBe('not_public')
    expect((await run({ fetch: { allowedPrivateHosts: [] } })).stopped?.code).toBe('scheme')
    expect(requests).toEqual([])
  })

  test('has an untrusted certificate', async () => {
    handler = (_req, res) => sendJson(res, 200, listResponse([]))
    await using httpsProxy = await startHttpsProxy(['127.0.0.1'], server.url)
    const report = await run({ url: `https://${httpsProxy.address}` })
    expect(report.stopped?.code).toBe('certificate')
    expect(requests).toEqual([])
  })

  test('is unreachable', async () => {
    expect((await run({ url: `http://127.0.0.1:${await freePort()}` })).stopped).toMatchObject({
      code: 'unreachable',
      detail: 'ECONNREFUSED',
    })
  })

  test('is aborted by the caller', async () => {
    handler = () => undefined
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
    let wasRejected = false
    handler = respondAfterEmptyList((_req, res, body) => {
      if (wasRejected) return sendJson(res, 201, { ...JSON.parse(body), id: 'one' })
      wasRejected = true
      return sendJson(res, 503, {}, { 'retry-after': expected === null ? inAnHour.toUTCString() : retryAfter })
    })
    const startTime = Date.now()
    const inAnHour = new Date(startTime + 3_600_000)
    await createUser('ada')
    const report = await run()
    if (expected === null) {
      expect(report.stopped?.code).toBe('rate_limited')
      // HTTP dates have a resolution of one second.
      expect(report.stopped?.retryAfter).toBeGreaterThan(inAnHour.getTime() - 1000 - Date.now())
      expect(report.stopped?.retryAfter).toBeLessThanOrEqual(inAnHour.getTime() - startTime)
      return
    }
    expect([report.stopped, report.user.created]).toEqual([null, 1])
    if (expected !== 'backOff') expect(provider.pauses).toEqual(expected)
    else expect(provider.pauses[0]).toBeLessThanOrEqual(500)
  })

  test('back off, and stop after a few attempts', async () => {
    handler = (_req, res) => sendJson(res, 429, {})
    expect((await run()).stopped?.code).toBe('rate_limited')
    expect(provider.pauses.length).toBe(4)
    for (const [index, pause] of provider.pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(250 * 2 ** index)
      expect(pause).toBeLessThanOrEqual(500 * 2 ** index)
    }
  })

  test('recognize an object whose creation succeeded without a response', async () => {
    const createdObjects: object[] = []
    handler = (req, res, body) => {
      if (req.method === 'GET')
        return sendJson(res, 200, listResponse(req.url?.includes('filter=') ? createdObjects : []))
      if (createdObjects.length > 0) return sendJson(res, 409, { detail: 'taken' })
      createdObjects.push({ ...JSON.parse(body), id: 'one' })
      return req.socket.destroy()
    }
    const ada = await createUser('ada')
    const report = await run()
    expect([report.stopped, report.problemCount, report.user.created]).toEqual([null, 0, 1])
    expect(await provider.records.list(provider.id)).toEqual([
      expect.objectContaining({ localId: ada.id, remoteId: 'one', state: 'created' }),
    ])
  })
})

test.each([404, 501])('provisions only users to a target without groups (%i)', async (status) => {
  handler = (req, res, body) => {
    if (req.url?.startsWith('/Groups')) return sendJson(res, status, {})
    return req.method === 'GET'
      ? sendJson(res, 200, listResponse([]))
      : sendJson(res, 201, { ...JSON.parse(body), id: 'one' })
  }
  await createUser('ada')
  const report = await run()
  expect([report.stopped, report.withoutGroups, report.user.created]).toEqual([null, true, 1])
})

describe('a failure of one object', () => {
  test.each<readonly [string, string, Handler]>([
    ['conflict with an unlisted object', 'conflict', (_req, res) => sendJson(res, 409, { detail: 'e-mail is taken' })],
    ['rejected value', 'refused', (_req, res) => sendJson(res, 400, { scimType: 'invalidValue', detail: 'No\nway' })],
    ['response without an ID', 'id_missing', (_req, res) => sendJson(res, 201, {})],
    ['HTML response', 'not_scim', (_req, res) => res.writeHead(201).end('<p>Done</p>')],
  ])('does not stop the others: %s: %s', async (_title, code, respond) => {
    handler = respondAfterEmptyList((req, res, body) => {
      if (JSON.parse(body).userName === 'bad') return respond(req, res, body)
      return sendJson(res, 201, { ...JSON.parse(body), id: JSON.parse(body).userName })
    })
    for (const name of ['ada', 'bad', 'zoe']) await createUser(name)
    const report = await run()
    expect(report.problems).toEqual([expect.objectContaining({ code, name: 'bad' })])
    expect([report.stopped, report.user.created, report.user.failed]).toEqual([null, 2, 1])
    if (code === 'refused') expect(report.problems[0]?.detail).toBe('400 invalidValue No way')
    expect(requests.filter((request) => request === 'POST /Users').length).toBe(3)
  })

  test.each([400, 404])('reports a conflict of a target that cannot filter (%i)', async (status) => {
    handler = (req, res) => {
      if (req.method === 'POST') return sendJson(res, 409, {})
      return req.url?.includes('filter=') ? sendJson(res, status, {}) : sendJson(res, 200, listResponse([]))
    }
    await createUser('ada')
    expect((await run()).problems).toEqual([expect.objectContaining({ code: 'conflict', name: 'ada' })])
  })

  test('ends the run after several in a row', async () => {
    handler = respondAfterEmptyList((_req, res) => res.writeHead(500).end())
    for (let number = 0; number < 20; number++) await createUser(`user${number}`)
    const report = await run()
    expect(report.stopped?.code).toBe('server_error')
    expect(report.requests).toBeLessThan(40)
  })

  test('reports a remote ID that the target assigns twice', async () => {
    handler = respondAfterEmptyList((_req, res, body) => sendJson(res, 201, { ...JSON.parse(body), id: 'constant' }))
    await createUser('ada')
    await createUser('bob')
    const report = await run()
    expect([report.user.created, report.problems.map(({ code }) => code)]).toEqual([1, ['id_reused']])
    expect((await provider.records.list(provider.id)).length).toBe(1)
  })

  test('reports two objects with our ID and updates one', async () => {
    const ada = await createUser('ada')
    const attributes = { externalId: ada.id, userName: 'ada', displayName: ada.displayName, active: true }
    handler = (req, res) =>
      sendJson(
        res,
        200,
        listResponse(req.url?.startsWith('/Users') ? ['1', '2'].map((id) => ({ ...attributes, id })) : []),
      )
    const report = await run()
    expect(report.problems).toEqual([expect.objectContaining({ code: 'duplicate', localId: ada.id })])
  })
})

describe('a listing', () => {
  const userResources = Array.from({ length: 25 }, (_, index) => ({ id: String(index), userName: `their${index}` }))
  const slicePage = (resources: readonly object[], req: IncomingMessage, maxCount: number) => {
    const query = new URL(req.url ?? '', server.url).searchParams
    const start = Number(query.get('startIndex')) - 1
    return resources.slice(start, start + Math.min(maxCount, Number(query.get('count'))))
  }
  const respondWithUsers =
    (respond: (req: IncomingMessage) => object): Handler =>
    (req, res) =>
      sendJson(res, 200, req.url?.startsWith('/Users') ? respond(req) : listResponse([]))

  test.each<readonly [string, number, (req: IncomingMessage) => object]>([
    ['pages smaller than requested', 3, (req) => listResponse(slicePage(userResources, req, 10), 25)],
    ['all resources in one page', 1, () => listResponse(userResources)],
    ['one page without a total', 2, () => listResponse(userResources, null)],
    ['a total that is too high', 4, (req) => listResponse(slicePage(userResources, req, 10), 1000)],
  ])('is read completely: %s', async (_title, pages, respond) => {
    handler = respondWithUsers(respond)
    for (const name of ['their0', 'their24']) await createUser(name)
    const report = await run()
    expect([report.stopped, report.user.found]).toEqual([null, 2])
    expect(requests.filter((request) => request.startsWith('GET /Users')).length).toBe(pages)
  })

  test('is aborted if it never ends', async () => {
    let nextId = 0
    handler = respondWithUsers(() => listResponse([{ id: `a${nextId++}` }, { id: `b${nextId++}` }], 1_000_000))
    const report = await run({ limits: { ...defaultLimits, maxResources: 50 } })
    expect(report.stopped?.code).toBe('endless_listing')
    handler = respondWithUsers(() => listResponse([{ id: `c${nextId++}` }], 1_000_000))
    expect((await run({ limits: { ...defaultLimits, maxPages: 7 } })).stopped?.code).toBe('endless_listing')
    expect(requests.length).toBeLessThan(40)
  })

  test('is aborted if the total size exceeds the limit', async () => {
    let nextId = 0
    handler = respondWithUsers(() => listResponse([{ id: `a${nextId++}`, note: 'a'.repeat(1000) }], 1_000_000))
    const report = await run({ limits: { ...defaultLimits, maxCharacters: 20_000 } })
    expect(report.stopped?.code).toBe('too_large')
    expect(requests.length).toBeLessThan(30)
  })

  test('uses smaller pages if a page is too large', async () => {
    const largeResources = userResources.map((resource) => ({ ...resource, note: 'a'.repeat(1000) }))
    handler = respondWithUsers((req) => listResponse(slicePage(largeResources, req, 1000), 25))
    const limits = { ...defaultLimits, pageSize: 400 }
    const report = await run({ limits, fetch: { maxBytes: 20_000 } })
    // Even the smallest page exceeds the limit.
    expect([report.stopped?.code, requests.length]).toEqual(['too_large', 3])
  })

  test('is read completely if a smaller page fits', async () => {
    const largeResources = userResources.map((resource) => ({ ...resource, note: 'a'.repeat(1000) }))
    handler = respondWithUsers((req) =>
      listResponse(slicePage(largeResources, req, req.url?.includes('count=50') ? 10 : 25), 25),
    )
    await createUser('their24')
    const report = await run({ fetch: { maxBytes: 20_000 }, limits: { ...defaultLimits, pageSize: 200 } })
    expect([report.stopped, report.user.found, requests.length]).toEqual([null, 1, 5])
  })

  test('skips items that are not resources', async () => {
    const invalidResources = [
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
    handler = respondWithUsers(() => listResponse(invalidResources as object[]))
    await createUser('ada')
    const report = await run()
    expect([report.stopped, report.user.found]).toEqual([null, 1])
    expect((await provider.records.listFound(provider.id, 5)).items).toEqual([
      expect.objectContaining({ remoteId: '7' }),
    ])
  })

  test('creates no duplicates of objects that are missing from it', async () => {
    const ada = await createUser('ada')
    let storedObject: object = {}
    handler = (req, res, body) => {
      if (req.method === 'POST') storedObject = { ...JSON.parse(body), id: 'one' }
      return req.url === '/Users/one' || req.method === 'POST'
        ? sendJson(res, 200, storedObject)
        : sendJson(res, 200, listResponse([], 7))
    }
    await run()
    requests = []
    const report = await run()
    expect([report.user.created, report.user.unchanged]).toEqual([0, 1])
    expect(requests).toContain('GET /Users/one')
    expect((await provider.records.list(provider.id)).map(({ localId }) => localId)).toEqual([ada.id])
  })

  test('is compared with the values that the target normalized', async () => {
    let storedObject: { userName: string } | undefined
    handler = (req, res, body) => {
      if (req.method === 'POST' || req.method === 'PUT')
        storedObject = { ...JSON.parse(body), id: 'one', userName: JSON.parse(body).userName.toUpperCase() }
      if (req.method !== 'GET') return sendJson(res, 201, storedObject)
      return req.url?.startsWith('/Users')
        ? sendJson(res, 200, listResponse(storedObject ? [storedObject] : []))
        : sendJson(res, 200, listResponse([]))
    }
    const ada = await createUser('ada')
    await run()
    expect((await run()).user).toMatchObject({ unchanged: 1, updated: 0 })
    await env.directory.users.update(ada.id, { lastName: 'New' })
    expect((await run()).user.updated).toBe(1)
    expect((await run()).user.unchanged).toBe(1)
  })

  test('reports a deactivated user who stays active in every run', async () => {
    const ada = await createUser('ada')
    let storedObject: object | undefined
    handler = (req, res, body) => {
      if (req.method === 'POST') storedObject = { ...JSON.parse(body), id: 'one' }
      if (req.method !== 'GET') return sendJson(res, 200, storedObject)
      return req.url?.startsWith('/Users')
        ? sendJson(res, 200, listResponse(storedObject ? [storedObject] : []))
        : sendJson(res, 200, listResponse([]))
    }
    await run()
    await env.directory.setDisabled(ada.id, true)
    await run()
    expect((await run()).problems).toEqual([expect.objectContaining({ code: 'still_active', name: 'ada' })])
    await env.directory.users.remove(ada.id)
    await run()
    expect((await run()).problems).toEqual([expect.objectContaining({ code: 'still_active', name: 'ada' })])
  })
})
