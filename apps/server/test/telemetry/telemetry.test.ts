import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { diagnostics } from '@pocket/core/internal'
import { freePort } from '@pocket/test-support'
import type { TelemetryOptions } from '../../src/config/telemetry.ts'
import { createLogger } from '../../src/logging/logger.ts'
import { startTelemetry } from '../../src/telemetry/start.ts'
import { type Instance, startInstance } from '../api/instance.ts'
import { scrape, sumOf, telemetryOff } from './scrape.ts'

const start = (options: Partial<TelemetryOptions>, trustProxy = () => true) =>
  startTelemetry({
    options: { ...telemetryOff, ...options },
    version: '1.2.3',
    processes: 1,
    trustProxy,
    logger: createLogger({ logLevel: 'error', logJson: true }, { write() {} }),
  })

const requestToken = async ({ app, url }: Instance, secret?: string) => {
  const { id } = await app.pocket.clients.create({ name: 'App', redirectUris: ['https://app.example/callback'] })
  const { plain } = await app.pocket.clients.addSecret(id)
  await fetch(`${url}/api/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret ?? plain}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  return id
}

test('serves metrics of requests, sign-ins, tokens and statements without personal data', async () => {
  const port = await freePort()
  await using telemetry = await start({ metrics: 'prometheus', prometheus: { host: 'localhost', port } })
  await using instance = await startInstance()
  telemetry.measureWith(() => instance.app.measure())
  const { administrator, url } = instance
  const { id, agent } = await instance.person('grace')
  await administrator.getJson(`${url}/api/users/${id}`)
  await agent.get(`${url}/lc/SECRET`)
  await agent.get(`${url}/no/such/page`)
  await agent.postJson(`${url}/api/one-time-access-token/unknown-code`, {})
  const clientId = await requestToken(instance)
  await requestToken(instance, 'wrong')

  const metrics = await scrape(port)
  const requests = 'http_server_request_duration_seconds_count'
  const ok = 'http_response_status_code="200"'
  expect(sumOf(metrics, requests, 'http_request_method="GET"', 'http_route="/api/users/:id"', ok)).toBe(1)
  expect(sumOf(metrics, requests, 'http_route="/lc/:code"')).toBe(1)
  expect(sumOf(metrics, requests, 'http_route="other"', 'http_response_status_code="404"')).toBe(1)
  expect(sumOf(metrics, 'pocket_sign_ins_total', 'outcome="success"', 'method="setup"')).toBe(1)
  expect(sumOf(metrics, 'pocket_sign_ins_total', 'outcome="success"', 'method="code"')).toBe(1)
  expect(sumOf(metrics, 'pocket_sign_ins_total', 'outcome="failure"', 'method="code"')).toBe(1)
  const tokens = ['pocket_token_requests_total', 'grant_type="client_credentials"'] as const
  expect(sumOf(metrics, ...tokens, `client="${clientId}"`, 'outcome="success"')).toBe(1)
  expect(sumOf(metrics, ...tokens, 'outcome="failure"', 'error_type="invalid_client"')).toBe(1)
  expect(sumOf(metrics, 'db_client_operation_duration_seconds_count', 'db_operation_name="SELECT"')).toBeGreaterThan(0)
  expect(sumOf(metrics, 'pocket_ceremony_duration_seconds_count', 'ceremony="registration"')).toBe(2)
  expect(sumOf(metrics, 'pocket_cache_reads_total', 'result="hit"')).toBeGreaterThan(0)
  expect(sumOf(metrics, 'pocket_build_info', 'version="1.2.3"')).toBe(1)
  expect([...metrics.keys()].join('\n')).not.toMatch(new RegExp(`grace|ada@|Lovelace|SECRET|${id}|127\\.0\\.0\\.1`))
})

test('keeps the number of series bounded with a thousand clients and a thousand hosts', async () => {
  const port = await freePort()
  await using _telemetry = await start({ metrics: 'prometheus', prometheus: { host: 'localhost', port } })
  for (let number = 0; number < 1000; number += 1) {
    diagnostics.tokenRequests.publish({ grantType: `g${number}`, clientId: `client-${number}`, errorCode: undefined })
    const request = { origin: `https://host-${number}.example`, method: 'GET' }
    for (const event of ['create', 'error']) channel(`undici:request:${event}`).publish({ request })
  }
  const metrics = await scrape(port)
  const hosts = [...metrics].filter(([name]) => name.startsWith('http_client_request_duration_seconds_count'))
  expect(hosts).toHaveLength(51)
  const series = [...metrics].filter(([name]) => name.startsWith('pocket_token_requests_total'))
  expect(series).toHaveLength(101)
  expect(sumOf(new Map(series), 'pocket_token_requests_total')).toBe(1000)
  expect(sumOf(new Map(series), 'pocket_token_requests_total', 'client="other"')).toBe(900)
})

test('names the variable if the port for Prometheus is in use', async () => {
  const port = await freePort()
  const options: Partial<TelemetryOptions> = { metrics: 'prometheus', prometheus: { host: 'localhost', port } }
  await using _telemetry = await start(options)
  await expect(start(options)).rejects.toThrow('OTEL_EXPORTER_PROMETHEUS_PORT')
})

/** An OpenTelemetry collector. The exporters read its URL from the environment of the process. */
async function startCollector() {
  let received = ''
  const server = createServer(async (request, response) => {
    for await (const chunk of request) received += chunk.toString('latin1')
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    variables: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
    received: () => received,
    async [Symbol.asyncDispose]() {
      delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT
      server.close()
    },
  }
}

test('sends metrics to a collector', async () => {
  await using collector = await startCollector()
  const telemetry = await start({ metrics: 'otlp', variables: collector.variables })
  diagnostics.tokenRequests.publish({ grantType: 'refresh_token', clientId: 'client', errorCode: undefined })
  await telemetry[Symbol.asyncDispose]()
  for (const text of ['pocket.token_requests', 'refresh_token', 'client']) expect(collector.received()).toContain(text)
})

test('sends spans of requests, statements and ceremonies with the request ID and without personal data', async () => {
  await using collector = await startCollector()
  const telemetry = await start({ traces: 'otlp', variables: collector.variables })
  await using instance = await startInstance()
  const { id } = await instance.person('grace')
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const traced = await fetch(`${instance.url}/api/users/${id}`, {
    headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
  })
  const requestId = traced.headers.get('x-request-id') ?? ''
  await telemetry[Symbol.asyncDispose]()
  for (const text of ['GET /api/users/:id', requestId, 'WebAuthn registration', 'SELECT', 'POST /login/setup', '1.2.3'])
    expect(collector.received()).toContain(text)
  expect(collector.received()).toContain(Buffer.from(traceId, 'hex').toString('latin1'))
  expect(collector.received()).not.toMatch(new RegExp(`grace|Lovelace|ada@example.com|${id}`))
  const line = instance.log.find((entry) => entry.includes(requestId) && entry.includes('"request"'))
  expect(JSON.parse(line ?? '{}')).toMatchObject({ requestId, traceId })
})

test('does not continue the trace of a client that is not a trusted proxy', async () => {
  await using collector = await startCollector()
  await using _telemetry = await start({ traces: 'otlp', variables: collector.variables }, () => false)
  await using instance = await startInstance()
  const sent = '0af7651916cd43dd8448eb211c80319c'
  const response = await fetch(`${instance.url}/api/version/current`, {
    headers: { traceparent: `00-${sent}-b7ad6b7169203331-01` },
  })
  const requestId = response.headers.get('x-request-id') ?? ''
  const line = instance.log.find((entry) => entry.includes(requestId) && entry.includes('"request"'))
  const { traceId } = JSON.parse(line ?? '{}')
  expect(traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(traceId).not.toBe(sent)
})

test('sends a span of a request to another server within its own request, without path and token', async () => {
  await using collector = await startCollector()
  await using target = createServer((_, response) => response.writeHead(401).end()).listen(0, '127.0.0.1')
  await once(target, 'listening')
  const endpoint = `http://127.0.0.1:${(target.address() as AddressInfo).port}/hidden-path`
  const telemetry = await start({ traces: 'otlp', variables: collector.variables })
  await using instance = await startInstance({ ALLOWED_PRIVATE_HOSTS: '127.0.0.1' })
  const { administrator, url, app } = instance
  const client = await app.pocket.clients.create({ name: 'App', redirectUris: [] })
  const body = { endpoint, token: 'hidden-token', oidcClientId: client.id }
  const created = await administrator.sendJson('POST', `${url}/api/scim/service-provider`, { body })
  await administrator.sendJson('POST', `${url}/api/scim/service-provider/${Object(created.json()).id}/sync`)
  await telemetry[Symbol.asyncDispose]()
  expect(collector.received()).toMatch(/server\.address.{1,10}127\.0\.0\.1/s)
  expect(collector.received()).not.toMatch(/hidden-/)
})
