import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { freePort, startProcess } from '@pocket/test-support'
import Database from 'better-sqlite3'
import { acquireInstanceLock } from '../../src/database/instance-lock.ts'
import { pocketIdRows, pocketIdSchema } from '../database/pocket-id.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { programArgs, startProgram } from '../program.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pocket-main-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

function startPocketId(args: readonly string[], env: Readonly<Record<string, string>>, readyWhen?: RegExp) {
  return startProgram(args, {
    cwd: folder,
    env,
    ...(readyWhen === undefined ? {} : { readyWhen }),
  })
}

test('the program starts, reports healthy, issues no code without a session, and stops on SIGTERM', async () => {
  const port = String(await freePort())
  const env = { PORT: port, APP_URL: `http://localhost:${port}` }
  await using server = await startPocketId([], env, /Listening on/)
  await using health = await startPocketId(['healthcheck'], env)
  expect(await health.exit).toBe(0)
  await using token = await startPocketId(['one-time-access-token', 'nobody'], env)
  expect({ exit: await token.exit, output: token.output() }).toEqual({
    exit: 1,
    output: expect.stringContaining('nobody'),
  })
  server.kill('SIGTERM')
  expect(await server.exit).toBe(0)
  expect(server.output()).toContain('Stopped')
  await using after = await startPocketId(['healthcheck'], env)
  expect(await after.exit).toBe(1)
})

test('a command that takes the lock by force stops the server, which does not start again while the command runs', async () => {
  const port = String(await freePort())
  const env = { PORT: port, APP_URL: `http://localhost:${port}` }
  await using server = await startPocketId([], env, /Listening on/)
  const database = { kind: 'sqlite', path: join(folder, 'data', 'pocket-id.db') } as const
  const { logger } = recordingLogger()
  await using _lock = await acquireInstanceLock(database, { mode: 'exclusive', force: true, logger })
  expect(await server.exit).toBe(1)
  expect(server.output()).toContain('--forcefully-acquire-lock')
  await using next = await startPocketId([], env)
  expect(await next.exit).toBe(1)
  expect(next.output()).toContain('pocket-id.db is locked: an import, a migration or a key rotation is running')
})

/** Resolves once the server responds, because it may be unable to log. */
async function waitForAnswer(port: string, ended: Promise<unknown>): Promise<number> {
  let isOver = false
  void ended.then(() => {
    isOver = true
  })
  while (!isOver) {
    const result = await fetch(`http://127.0.0.1:${port}/login`).catch(() => undefined)
    if (result) return result.status
    await setTimeout(20)
  }
  throw new Error('It has ended.')
}

test('a full disk under the log and standard error does not end the server', async () => {
  const port = String(await freePort())
  const env = { PORT: port, APP_URL: `http://localhost:${port}` }
  const shell = ['-c', 'exec "$@" > /dev/full 2> /dev/full', 'sh', process.execPath]
  await using server = await startProcess('/bin/sh', [...shell, ...programArgs], { cwd: folder, env })
  for (let tries = 0; tries < 3; tries++) expect(await waitForAnswer(port, server.exit)).toBe(200)
  server.kill('SIGINT')
  expect(await server.exit).toBe(0)
})

test('keeps running after the readers of standard output and standard error have closed', async () => {
  const port = String(await freePort())
  const env = { PATH: process.env.PATH, PORT: port, APP_URL: `http://localhost:${port}` }
  const warningScript = 'setInterval(() => process.stderr.write("a warning\\n"), 20).unref()'
  const preload = `--import=data:text/javascript,${encodeURIComponent(warningScript)}`
  const server = spawn(process.execPath, [preload, ...programArgs], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(server, 'exit')
  try {
    for (const output of [server.stdout, server.stderr]) output.destroy()
    for (let tries = 0; tries < 3; tries++) expect(await waitForAnswer(port, ended)).toBe(200)
    server.kill('SIGINT')
    expect(await ended).toEqual([0, null])
  } finally {
    server.kill('SIGKILL')
  }
})

test('a command that cannot print its result fails', async () => {
  const shell = ['-c', 'exec "$@" > /dev/full', 'sh', process.execPath]
  await using command = await startProcess('/bin/sh', [...shell, ...programArgs, 'version'])
  expect(await command.exit).toBe(1)
})

test('exits on SIGTERM while it waits for an unreachable database', async () => {
  const env = {
    DB_CONNECTION_STRING: `postgres://nobody@127.0.0.1:${await freePort()}/x`,
    ENCRYPTION_KEY: 'a key of sixteen bytes',
  }
  await using server = await startPocketId([], env, /Waiting for PostgreSQL/)
  server.kill('SIGTERM')
  expect(await server.exit).toBe(0)
})

test('exits with 1 for an invalid environment, reports all errors, and writes nothing', async () => {
  await using server = await startPocketId([], { PORT: 'x', TRUST_PROXY: 'y', ENCRYPTION_KEY: 'z' })
  expect(await server.exit).toBe(1)
  for (const name of ['PORT', 'TRUST_PROXY', 'ENCRYPTION_KEY']) expect(server.output()).toContain(`${name}: `)
  expect(await readdir(folder)).toEqual([])
})

test('exits with 1 and an explanation for a Pocket ID database', async () => {
  const path = join(folder, 'pocket-id.db')
  const database = new Database(path)
  for (const statement of [...pocketIdSchema, ...pocketIdRows]) database.exec(statement)
  database.close()
  await using server = await startPocketId([], { DB_CONNECTION_STRING: path, ENCRYPTION_KEY: 'a key of sixteen bytes' })
  expect(await server.exit).toBe(1)
  expect(server.output()).toMatch(/belongs to Pocket ID/)
  expect(await readdir(folder)).toEqual(['pocket-id.db'])
  await access(path)
})

test('the completion of a shell is offered the commands that begin as the word typed', async () => {
  await using completion = await startPocketId(['complete', '--', 'users', 'd'], {})
  expect(await completion.exit).toBe(0)
  expect(completion.output()).toMatch(/^delete\t.*\ndisable\t/)
  await using script = await startPocketId(['complete', 'bash'], {})
  expect(await script.exit).toBe(0)
  expect(script.output()).toContain('pocket-id complete --')
})
