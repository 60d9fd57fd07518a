import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from '@jest/globals'
import { startProcess } from '@pocket/test-support'

const node = process.execPath

test('rejects with the output if the process exits or times out before it is ready', async () => {
  const options = { readyWhen: /never/, readyTimeout: 500 }
  const failing = ['-e', "console.error('no disk'); process.exit(2)"]
  await expect(startProcess(node, failing, { readyWhen: /never/ })).rejects.toThrow(
    /ended with exit code 2 before[\s\S]*no disk/,
  )
  await expect(startProcess(node, ['-e', 'setInterval(() => {}, 1000)'], options)).rejects.toThrow(/in 500 ms/)
  await expect(startProcess('/no/such/program', [])).rejects.toThrow('ENOENT')
})

/** A program that connects to the port and runs until it is killed: the closed connection shows its exit. */
function connectScript(port: number): string {
  return `require('node:net').connect(${port}, '127.0.0.1'); setInterval(() => {}, 1000)`
}

test('ends the process and its child processes on disposal', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server.address())
  const child = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(connectScript(port))}])`
  const running = await startProcess(node, ['-e', `${child}; setInterval(() => {}, 1000)`])
  const [connection] = await once(server, 'connection')
  const closed = once(connection.resume(), 'close')

  await running[Symbol.asyncDispose]()

  expect(await running.exit).toBe(143)
  await closed
  server.close()
})

test('ends a process when the test run is killed', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const source = new URL('../src/process.ts', import.meta.url).href
  const script = connectScript(portOf(server.address()))
  const run = `import { startProcess } from ${JSON.stringify(source)}
    await startProcess(process.execPath, ['-e', ${JSON.stringify(script)}])
    setInterval(() => {}, 1000)`
  await using testRun = await startProcess(node, ['--input-type=module', '-e', run])
  const [connection] = await once(server, 'connection')
  const closed = once(connection.resume(), 'close')

  testRun.kill('SIGKILL')

  await closed
  server.close()
})

test('does not keep the test run alive for a running process, and ends the process with it', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const source = new URL('../src/process.ts', import.meta.url).href
  const script = `console.log('started'); ${connectScript(portOf(server.address()))}`
  const run = `import { startProcess } from ${JSON.stringify(source)}
    await startProcess(process.execPath, ['-e', ${JSON.stringify(script)}], { readyWhen: /started/ })`
  await using testRun = await startProcess(node, ['--input-type=module', '-e', run])

  expect(await testRun.exit).toBe(0)
  server.close()
})

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('The TCP server has no port')
  return address.port
}
