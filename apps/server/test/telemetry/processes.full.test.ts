import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { eventually, freePort } from '@pocket/test-support'
import { createGroup, startInstance, staticApiKey } from '../e2e/instance.ts'
import { scrape, sumOf } from './scrape.ts'

const requests = ['http_server_request_duration_seconds_count', 'http_route="/login"'] as const

test('sums the processes of one machine, including those that have ended', async () => {
  const port = await freePort()
  const settings = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: String(port) }
  await using instance = await startInstance('PostgreSQL', {
    WEB_CONCURRENCY: '2',
    STATIC_API_KEY: staticApiKey,
    ...settings,
  })
  await createGroup(instance.url)
  await eventually(() => expect(instance.output()).toMatch(/runs in 2 processes/))
  const sendRequests = async (times: number) => {
    for (let time = 0; time < times; time += 1)
      await (await fetch(`${instance.url}/login`, { headers: { connection: 'close' } })).text()
  }
  await sendRequests(20)
  const metrics = await scrape(port)
  expect(sumOf(metrics, ...requests)).toBe(20)
  expect(sumOf(metrics, 'pocket_build_info')).toBe(1)
  expect(sumOf(metrics, 'db_client_connection_count')).toBeGreaterThan(0)

  const children = await readFile(`/proc/${instance.pid()}/task/${instance.pid()}/children`, 'utf8')
  const [killed, stopped] = children.split(' ').map(Number)
  process.kill(killed ?? 0, 'SIGKILL')
  await eventually(() => expect(instance.output()).toContain('another one replaces it'))
  expect(sumOf(await scrape(port), ...requests)).toBe(20)
  // One that is stopped reports what it has counted since the last collection.
  await sendRequests(5)
  process.kill(stopped ?? 0, 'SIGTERM')
  await eventually(() => expect(instance.output().match(/another one replaces it/g)).toHaveLength(2))
  expect(sumOf(await scrape(port), ...requests)).toBe(25)
  // Each scrape must remove its listeners.
  for (let times = 0; times < 11; times += 1) await scrape(port)
  expect(instance.output()).not.toContain('MaxListenersExceededWarning')
})

test('loads the libraries of telemetry only if it is on', async () => {
  const report = fileURLToPath(new URL('report-telemetry-modules.ts', import.meta.url))
  const preload = [`--import=${report}`]
  await using off = await startInstance('SQLite', {}, preload)
  expect((await fetch(`${off.url}/login`)).status).toBe(200)
  expect(off.output()).not.toContain('loaded @opentelemetry')
  const port = String(await freePort())
  const settings = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: port }
  await using on = await startInstance('SQLite', settings, preload)
  expect(on.output()).toContain('loaded @opentelemetry')
})
