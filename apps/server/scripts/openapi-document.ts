import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApp } from '../src/app.ts'
import { loadConfig } from '../src/composition/config.ts'
import { createLogger } from '../src/logging/logger.ts'

// Program: prints the `/api/openapi.json` of an instance.

/** Starts an instance with an empty database and returns its `/api/openapi.json`. */
export async function readOpenApiDocument(): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-openapi-'))
  try {
    const port = await freePort()
    const config = loadConfig(
      {
        APP_URL: `http://localhost:${port}`,
        PORT: String(port),
        HOST: '127.0.0.1',
        DB_CONNECTION_STRING: join(folder, 'pocket-id.db'),
        ENCRYPTION_KEY: 'nothing of value is kept with it',
      },
      () => Buffer.alloc(0),
    )
    await using app = await createApp(config, createLogger(config, { write: () => {} }))
    const { url } = await app.listen()
    const response = await fetch(`${url}/api/openapi.json`)
    if (!response.ok) throw new Error(`The server responded with status ${response.status}.`)
    return response.json()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // The cast is safe: a server that listens on a TCP port has one.
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(JSON.stringify(await readOpenApiDocument()))
