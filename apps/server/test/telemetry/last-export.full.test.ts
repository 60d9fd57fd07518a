import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { freePort } from '@pocket/test-support'
import { startProgram } from '../program.ts'

interface Collector {
  /** Called for each connection that arrives. */
  readonly onConnection: (socket: Socket) => void
  readonly variables?: Readonly<Record<string, string>>
}

/** Serves a request, stops the server, and returns its exit code. */
async function stopAfterRequest({ onConnection, variables }: Collector): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-collector-'))
  const collector = createServer((socket) => onConnection(socket.on('error', () => {}))).listen(0, '127.0.0.1')
  await once(collector, 'listening')
  const port = String(await freePort())
  try {
    await using server = await startProgram([], {
      cwd: folder,
      env: {
        PORT: port,
        APP_URL: `http://localhost:${port}`,
        OTEL_TRACES_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
        // Longer than the test may take.
        OTEL_EXPORTER_OTLP_TIMEOUT: '3600000',
        OTEL_BSP_SCHEDULE_DELAY: '3600000',
        ...variables,
      },
      readyWhen: /Listening on/,
    })
    await fetch(`http://localhost:${port}/healthz`)
    server.kill('SIGINT')
    await once(collector, 'connection')
    return await server.exit
  } finally {
    collector.close()
    await rm(folder, { recursive: true, force: true })
  }
}

test('a collector that does not answer does not keep the process after it has stopped', async () => {
  const onConnection = (socket: Socket) => socket.resume()
  expect(await stopAfterRequest({ onConnection, variables: { OTEL_METRICS_EXPORTER: 'otlp' } })).toBe(0)
})

test('the spans of the last requests arrive before the process ends', async () => {
  let received = ''
  const onConnection = (socket: Socket) =>
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    })
  expect(await stopAfterRequest({ onConnection })).toBe(0)
  expect(received).toContain('GET /healthz')
})
