import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { freePort } from '@pocket/test-support'
import { run } from '../../src/cli/run.ts'
import { loadConfig } from '../../src/composition/config.ts'
import { commandContext } from './command-context.ts'

let stack = new AsyncDisposableStack()

afterEach(async () => {
  await stack.disposeAsync()
  stack = new AsyncDisposableStack()
})

async function serve(listener: RequestListener, where: { readonly port: number } | { readonly path: string }) {
  const server: Server = createServer(listener).listen({ ...where, ...('port' in where ? { host: '127.0.0.1' } : {}) })
  await once(server, 'listening')
  stack.defer(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
}

async function check(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const printed: string[] = []
  const complained: string[] = []
  const context = commandContext({
    readConfig: () => loadConfig(env, () => Buffer.alloc(0)),
    print: (line) => printed.push(line),
    printError: (line) => complained.push(line),
  })
  const code = await run(['healthcheck', ...args], context)
  return { code, printed: printed.join('\n'), complained: complained.join('\n') }
}

const respondWith =
  (status: number, path = '/healthz'): RequestListener =>
  (req, res) => {
    res.writeHead(req.url === path ? status : 404).end()
  }

describe('healthcheck', () => {
  test('exits with 0 if the server at PORT responds with 204', async () => {
    const port = await freePort()
    await serve(respondWith(204), { port })
    expect(await check([], { PORT: String(port) })).toEqual({ code: 0, printed: '', complained: '' })
    const verbose = await check(['-v'], { PORT: String(port) })
    expect(verbose).toEqual({ code: 0, printed: `localhost:${port} is healthy.`, complained: '' })
  })

  test('exits with 1 if it responds with 503', async () => {
    const port = await freePort()
    await serve(respondWith(503), { port })
    const { code, complained } = await check([], { PORT: String(port) })
    expect(code).toBe(1)
    expect(complained).toContain('status 503')
  })

  test('does not follow a redirect to a healthy server', async () => {
    const port = await freePort()
    await serve((_, res) => res.writeHead(302, { location: '/healthz?again' }).end(), { port })
    expect((await check([], { PORT: String(port) })).code).toBe(1)
  })

  test('exits with 1 if no server listens', async () => {
    const { code, complained } = await check([], { PORT: String(await freePort()) })
    expect(code).toBe(1)
    expect(complained).toMatch(/ECONNREFUSED/)
  })

  test('exits with 1 if the response is truncated', async () => {
    const port = await freePort()
    await serve((req) => req.socket.destroy(), { port })
    expect((await check([], { PORT: String(port) })).code).toBe(1)
  })

  test('checks another server with --endpoint, below its path', async () => {
    const port = await freePort()
    await serve(respondWith(204, '/below/healthz'), { port })
    expect((await check(['--endpoint', `http://127.0.0.1:${port}/below/`])).code).toBe(0)
    expect((await check(['-e', `http://127.0.0.1:${port}`])).code).toBe(1)
  })

  test('uses the Unix socket if the server listens on one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pocket-health-'))
    stack.defer(() => rm(folder, { recursive: true }))
    const path = join(folder, 'pocket.sock')
    await serve(respondWith(204), { path })
    expect((await check([], { UNIX_SOCKET: path })).code).toBe(0)
    expect((await check(['--unix-socket', path])).code).toBe(0)
  })

  test.each([['--endpoint', 'ftp://x'], ['--endpoint'], ['--bogus'], ['extra']])('rejects %s %s', async (...args) => {
    const { code, complained } = await check(args)
    expect(code).toBe(2)
    expect(complained).not.toBe('')
  })
})
