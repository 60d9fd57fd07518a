import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { startHttpServer } from '@pocket/test-support'
import { createLatestVersion } from '../../src/version/latest-version.ts'
import { isNewer, serverVersion } from '../../src/version/version.ts'
import { startInstance } from './instance.ts'

test('returns the API version as the current one, next to our own version', async () => {
  await using instance = await startInstance()
  const { agent } = await instance.person('bob')
  const { version }: { readonly version: string } = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  const response = await agent.getJson(`${instance.url}/api/version/current`)
  expect([response.status, response.json()]).toEqual([200, { currentVersion: '2.14.0', pocketVersion: version }])
})

test('makes the latest version public, and starts without it', async () => {
  await using instance = await startInstance()
  const response = await instance.agent().getJson(`${instance.url}/api/version/latest`)
  expect([response.status, response.json()]).toEqual([200, { latestVersion: '' }])
  expect(response.headers.get('cache-control')).toBe('public, max-age=300, stale-while-revalidate=900')
})

/** A release server with configurable responses. */
async function startReleaseServer(answer: () => { readonly status?: number; readonly body: string }) {
  let requestCount = 0
  const server = await startHttpServer((_, response) => {
    requestCount += 1
    const { status = 200, body } = answer()
    response.writeHead(status).end(body)
  })
  return {
    url: `${server.url}/latest`,
    requestCount: () => requestCount,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

test('reads the latest version from the URL of the environment', async () => {
  await using server = await startReleaseServer(() => ({ body: '{"tag_name":"v3.1.4","other":{}}' }))
  await using instance = await startInstance({ VERSION_CHECK_URL: server.url })
  const sendRequest = async () => (await instance.agent().getJson(`${instance.url}/api/version/latest`)).json()
  expect(await Promise.all([sendRequest(), sendRequest(), sendRequest()])).toEqual(
    Array(3).fill({ latestVersion: '3.1.4' }),
  )
  expect(server.requestCount()).toBe(1)
})

test('sends no request if the check is disabled', async () => {
  await using server = await startReleaseServer(() => ({ body: '{"version":"3.1.4"}' }))
  await using instance = await startInstance({ VERSION_CHECK_URL: server.url, VERSION_CHECK_DISABLED: 'true' })
  const response = await instance.agent().getJson(`${instance.url}/api/version/latest`)
  expect([response.json(), server.requestCount()]).toEqual([{ latestVersion: '' }, 0])
})

test('keeps the known version after a failed request, and retries only after a while', async () => {
  let body = '{"version":"1.2.3"}'
  let status = 200
  let now = 0
  const errors: unknown[] = []
  await using server = await startReleaseServer(() => ({ status, body }))
  const clock = { now: () => now }
  const version = createLatestVersion({ url: server.url, clock, onError: (error) => errors.push(error) })
  const findLatest = () => version.find()
  expect(version.lastKnown()).toBe('')
  expect(await findLatest()).toBe('1.2.3')
  for (const wrong of ['not JSON', '{"version":"<b>"}', 'null', `"${'x'.repeat(1_100_000)}"`]) {
    body = wrong
    now += 15 * 60_000
    expect([wrong.slice(0, 20), await findLatest(), await findLatest()]).toEqual([wrong.slice(0, 20), '1.2.3', '1.2.3'])
  }
  status = 500
  now += 15 * 60_000
  expect(await findLatest()).toBe('1.2.3')
  expect([errors.length, server.requestCount()]).toEqual([5, 6])
  body = '{"version":"2.0.0"}'
  status = 200
  now += 15 * 60_000 - 1
  expect(await findLatest()).toBe('1.2.3')
  now += 1
  expect(await findLatest()).toBe('2.0.0')
})

test.each([
  ['1.0.1', '1.0.0', true],
  ['1.10.0', '1.9.9', true],
  ['2.0.0', '1.99.99', true],
  ['1.0.0', '1.0.0-rc.1', true],
  ['1.0.0', '1.0.0', false],
  ['1.0.0-rc.1', '1.0.0', false],
  ['1.9.0', '1.10.0', false],
  ['', '1.0.0', false],
])('compares whether “%s” comes after %s: %s', (version, than, expected) => {
  expect(isNewer(version, than)).toBe(expected)
})

test('shows a newer version on the overview without waiting for the response', async () => {
  let answer: (text: string) => void = () => {}
  const answered = new Promise<string>((resolve) => {
    answer = resolve
  })
  await using server = await startHttpServer((_, response) => void answered.then((body) => response.end(body)))
  await using instance = await startInstance({ VERSION_CHECK_URL: `${server.url}/` })
  const fetchOverview = async () => (await instance.administrator.get(`${instance.url}/settings/admin`)).text
  expect(await fetchOverview()).not.toContain('is out')
  answer('{"version":"99.0.0"}')
  await instance.administrator.getJson(`${instance.url}/api/version/latest`)
  const page = await fetchOverview()
  expect(page).toContain('Version 99.0.0 is available')
  expect(page).toContain(serverVersion())
})
