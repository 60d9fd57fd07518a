import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createTestDatabase, freePort } from '@pocket/test-support'
import { createGroup, staticApiKey } from '../e2e/instance.ts'
import { startProgram } from '../program.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pocket-drain-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

interface Answer {
  readonly status: number | undefined
  readonly connection: string | undefined
}

async function request(url: string, agent: Agent | false): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  get(url, { agent }, resolve).on('error', reject)
  const response = await promise
  for await (const _ of response);
  return { status: response.statusCode, connection: response.headers.connection }
}

test.each([
  { kind: 'SQLite', processes: 1 },
  { kind: 'PostgreSQL', processes: 2 },
])(
  'SIGTERM fails no request of kept-alive clients, on $kind with $processes processes',
  async ({ kind, processes }) => {
    const port = String(await freePort())
    const url = `http://localhost:${port}`
    await using database = kind === 'PostgreSQL' ? await createTestDatabase() : undefined
    const storage = database && {
      DB_CONNECTION_STRING: database.url,
      ENCRYPTION_KEY: 'a key for tests that is long enough',
    }
    await using server = await startProgram([], {
      cwd: folder,
      env: { PORT: port, APP_URL: url, WEB_CONCURRENCY: String(processes), STATIC_API_KEY: staticApiKey, ...storage },
      readyWhen: /Listening on/,
    })
    if (processes > 1) {
      await createGroup(url)
      await server.waitForOutput(/runs in 2 processes/)
    }
    const results: Answer[] = []
    /** Uses its connection until the server announces its end, as a proxy does. */
    const requestUntilClosed = async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      for (;;) {
        const result = await request(`${url}/healthz`, agent)
        results.push(result)
        if (result.connection === 'close') return agent.destroy()
      }
    }
    const clients = Array.from({ length: 8 }, requestUntilClosed)
    while (results.length < 32) await Promise.race([...clients, request(`${url}/livez`, false)])
    server.kill('SIGTERM')
    await server.waitForOutput(/Draining connections/)
    const probe = await request(`${url}/readyz`, false)
    await Promise.all(clients)
    expect(results.filter(({ status }) => status !== 204)).toEqual([])
    expect(await server.exit).toBe(0)
    // The other process may have received the signal later.
    if (processes === 1) expect(probe.status).toBe(503)
  },
)

test('SIGINT ends the server without draining, and at once the second time', async () => {
  const port = await freePort()
  await using server = await startProgram([], {
    cwd: folder,
    env: { PORT: String(port), APP_URL: `http://localhost:${port}` },
    readyWhen: /Listening on/,
  })
  // A request without its body, for which the server waits.
  const socket = connect(port, 'localhost').on('error', () => {})
  const headers = ['Host: localhost', 'Content-Type: application/json', 'Content-Length: 10', 'Expect: 100-continue']
  socket.write(`POST /login HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
  await once(socket, 'data')
  server.kill('SIGINT')
  await server.waitForOutput(/Stopping/)
  server.kill('SIGINT')
  expect(await server.exit).toBe(128 + constants.signals.SIGINT)
  expect(server.output()).not.toMatch(/Draining|Stopped/)
})
