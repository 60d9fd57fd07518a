import { copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { signInWithPasskey } from '../api/instance.ts'
import { databaseOf, prepareSqlite, setUpAdministrator } from '../http/app.ts'
import { type Instance, startInstance } from './instance.ts'

const hour = 3_600_000
const day = 24 * hour
const preload = fileURLToPath(new URL('file-clock.ts', import.meta.url))

/** Two processes of one instance, with a clock that the test controls. */
async function startTwoProcesses(kind: 'SQLite' | 'PostgreSQL') {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pocket-clocks-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const database = join(folder, 'pocket-id.db')
  if (kind === 'SQLite') await copyFile(await prepareSqlite(), database)
  const clockFile = join(folder, 'clock')
  let now = Date.now()
  const clock = { now: () => now }
  const setClock = async (instant: number) => {
    now = instant
    // Replaces the file atomically, so that no process reads half of it.
    await writeFile(`${clockFile}.new`, String(now))
    await rename(`${clockFile}.new`, clockFile)
  }
  await setClock(now)
  const env = {
    DB_CONNECTION_STRING: database,
    ...(await databaseOf(kind, stack)),
    DISABLE_RATE_LIMITING: 'false',
    TRUST_PROXY: 'true',
    CLOCK_FILE: clockFile,
    NODE_OPTIONS: `--import=${preload}`,
  }
  const first = stack.use(await startInstance(kind, env))
  const second = stack.use(await startInstance(kind, { ...env, APP_URL: first.url }))
  const started = stack.move()
  return {
    processes: [first, second] as const,
    setClock,
    clock,
    /** A browser at this IP address, whose requests reach one of the processes. */
    browser: (ipAddress: string, { url }: Instance = first) =>
      new UserAgent({ clock, resolve: { [first.url]: url }, headers: { 'x-forwarded-for': ipAddress } }),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

describe.each(['SQLite', 'PostgreSQL'] as const)('%s', (kind) => {
  test('after clock jumps, users sign in and guesses stay limited, in two processes and after restarts', async () => {
    await using running = await startTwoProcesses(kind)
    const { processes, browser, clock, setClock } = running
    const [{ url }] = processes
    const authenticator = new SoftwareAuthenticator()
    await setUpAdministrator(browser('192.0.2.1'), url, authenticator)

    const signIn = async (process: Instance) => {
      const agent = browser('192.0.2.2', process)
      const { status } = await signInWithPasskey(agent, url, authenticator)
      return [status, (await agent.get(`${url}/settings/account`)).status]
    }
    const sendGuesses = async () => {
      const statuses: number[] = []
      for (let tries = 0; tries < 6; tries++)
        for (const process of processes) {
          const guess = browser('192.0.2.3', process).postJson(`${url}/api/one-time-access-token/ABCDEF`, {})
          statuses.push((await guess).status)
        }
      return [statuses.filter((status) => status === 401).length, statuses.filter((status) => status === 429).length]
    }
    const expectService = async (when: string) => {
      for (const process of processes) expect([when, await signIn(process)]).toEqual([when, [200, 200]])
      expect([when, await sendGuesses()]).toEqual([when, [5, 7]])
    }

    await expectService('before')
    const start = clock.now()
    for (const jump of [hour, -hour, 3 * day, -3 * day, 1500 * day]) {
      await setClock(clock.now() + jump)
      await expectService(`${jump} ms`)
    }
    for (const instant of [start, start + hour, start + 3 * day, start - 3 * day, start + 1500 * day, start - hour]) {
      await setClock(instant)
      await Promise.all(processes.map((process) => process.restartAfterKill()))
      await expectService(`restart at ${instant - start} ms`)
    }
  }, 300_000)
})
