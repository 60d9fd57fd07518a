import { mkdtemp, rm, stat } from 'node:fs/promises'
import { Agent, get, type IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { freePort } from '@pocket/test-support'
import { startApp } from './app.ts'

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'pocket-socket-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

test('a Unix socket has the configured permissions, and replaces the socket of a killed process', async () => {
  await using folder = await temporaryFolder()
  const socket = join(folder.path, 'pocket.sock')
  // A listener that is dropped without a close leaves its socket, as a killed process does.
  const { execPath } = process
  const { spawnSync } = await import('node:child_process')
  spawnSync(execPath, [
    '-e',
    `require('net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`,
  ])
  expect((await stat(socket)).isSocket()).toBe(true)
  await using _running = await startApp({ UNIX_SOCKET: socket, UNIX_SOCKET_MODE: '0660' })
  expect((await stat(socket)).mode & 0o777).toBe(0o660)
})

test('idle connections stay open longer than the minute of most reverse proxies', async () => {
  await using running = await startApp()
  const agent = new Agent({ keepAlive: true })
  const result = Promise.withResolvers<IncomingMessage>()
  get(`${running.local}/healthz`, { agent }, result.resolve).on('error', result.reject)
  const { headers } = (await result.promise).resume()
  expect([headers.connection, headers['keep-alive']]).toEqual(['keep-alive', 'timeout=75'])
  agent.destroy()
})

test('a port in use is reported with its error code', async () => {
  const port = await freePort()
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
  try {
    await expect(startApp({ PORT: String(port) })).rejects.toThrow('EADDRINUSE')
  } finally {
    await new Promise((resolve) => other.close(resolve))
  }
})
