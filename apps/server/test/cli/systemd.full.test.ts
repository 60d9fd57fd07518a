import { spawnSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { describeUnless, freePort, startProcess } from '@pocket/test-support'
import { programArgs } from '../program.ts'

const program = [process.execPath, ...programArgs]

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'pocket-systemd-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

const activator: string = 'systemd-socket-activate'
const isMissing = spawnSync(activator, ['--version']).status !== 0

describeUnless(isMissing ? `${activator} is not installed` : undefined, describe)('with systemd', () => {
  test('listens on the socket that systemd passes, and tells it when it is ready', async () => {
    await using folder = await temporaryFolder()
    // Node.js cannot receive Unix datagrams, so this command replaces systemd's.
    const notified = join(folder.path, 'notified')
    const command = join(folder.path, 'systemd-notify')
    await writeFile(command, `#!/bin/sh\necho "$NOTIFY_SOCKET" "$@" > "${notified}"\n`)
    await chmod(command, 0o755)
    const port = String(await freePort())
    const env = {
      SYSTEMD_SOCKET: 'true',
      APP_URL: `http://localhost:${port}`,
      NOTIFY_SOCKET: '/run/systemd/notify',
      PATH: `${folder.path}:${process.env.PATH ?? ''}`,
    }
    const passed = Object.keys(env).map((name) => `--setenv=${name}`)
    const args = [`--listen=127.0.0.1:${port}`, ...passed, ...program]
    await using server = await startProcess(activator, args, {
      cwd: folder.path,
      env,
      readyWhen: /Listening on/,
    })
    // The first connection starts the program, which serves it.
    const health = await fetch(`http://127.0.0.1:${port}/healthz`)
    expect(health.status).toBe(204)
    await server.waitForOutput(/Listening on the socket of systemd/)
    expect(await readFile(notified, 'utf8')).toMatch(/^\/run\/systemd\/notify --ready --pid=\d+\n$/)
    server.kill('SIGTERM')
    expect(await server.exit).toBe(0)
  })
})

test('does not start without a socket of systemd', async () => {
  await using folder = await temporaryFolder()
  const [execPath = '', ...args] = program
  await using server = await startProcess(execPath, args, { cwd: folder.path, env: { SYSTEMD_SOCKET: 'true' } })
  expect(await server.exit).toBe(1)
  expect(server.output()).toContain('SYSTEMD_SOCKET is true')
})
