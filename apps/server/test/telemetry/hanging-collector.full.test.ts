import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { freePort, startProcess } from '@pocket/test-support'
import { mainProgram, sourceFlags } from '../program.ts'

test('a collector that does not answer does not keep the process after it has stopped', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-collector-'))
  const collector = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1')
  await once(collector, 'listening')
  const port = String(await freePort())
  try {
    await using server = await startProcess(process.execPath, [...sourceFlags, mainProgram], {
      cwd: folder,
      env: {
        PORT: port,
        APP_URL: `http://localhost:${port}`,
        OTEL_METRICS_EXPORTER: 'otlp',
        OTEL_TRACES_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
        // Longer than the test may take.
        OTEL_EXPORTER_OTLP_TIMEOUT: '3600000',
      },
      readyWhen: /Listening on/,
    })
    await fetch(`http://localhost:${port}/healthz`)
    server.kill('SIGINT')
    await once(collector, 'connection')
    expect(await server.exit).toBe(0)
  } finally {
    collector.close()
    await rm(folder, { recursive: true, force: true })
  }
})
