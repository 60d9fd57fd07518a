import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, freePort, type RunningProcess } from '@pocket/test-support'
import { startProgram } from '../program.ts'

export type Storage = 'SQLite' | 'PostgreSQL'

export interface Instance extends AsyncDisposable {
  readonly url: string
  readonly output: () => string
  readonly pid: () => number
  /** Kills the process like a power failure, and restarts it on the same data. */
  restartAfterKill(): Promise<void>
  /** Starts a second server process with the same settings and database. Resolves to its URL without a proxy. */
  startReplica(): Promise<string>
  /** Runs another command of the program at the same time, and returns its output. */
  command(...args: readonly string[]): Promise<string>
}

export const staticApiKey = 'a static API key for tests'

/** Creates a group. A server runs as one process until something is stored, and then starts the others. */
export async function createGroup(url: string): Promise<void> {
  const response = await fetch(`${url}/api/user-groups`, {
    method: 'POST',
    headers: { 'X-API-Key': staticApiKey, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'staff', friendlyName: 'Staff' }),
  })
  if (!response.ok) throw new Error(await response.text())
}

/** The real program in a separate process, on an empty database. */
export async function startInstance(
  storage: Storage,
  env: Readonly<Record<string, string>> = {},
  preload: readonly string[] = [],
): Promise<Instance> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pocket-e2e-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const port = await freePort()
  const url = `http://localhost:${port}`
  const database =
    storage === 'PostgreSQL' ? stack.use(await createTestDatabase()).url : join(folder, 'data', 'pocket-id.db')
  const settings = {
    PATH: process.env.PATH ?? '',
    APP_URL: url,
    PORT: String(port),
    HOST: '127.0.0.1',
    DB_CONNECTION_STRING: database,
    ENCRYPTION_KEY: 'a key for tests that is long enough',
    DISABLE_RATE_LIMITING: 'true',
    ...env,
  }
  const start = (own: Readonly<Record<string, string>> = {}) =>
    startProgram(
      [],
      { cwd: folder, env: { ...settings, ...own }, readyWhen: /listening|Open http|http:\/\/localhost/ },
      preload,
    )

  let running: RunningProcess = await start()
  stack.defer(() => running[Symbol.asyncDispose]())
  const started = stack.move()
  return {
    url,
    output: () => running.output(),
    pid: () => running.pid,
    async restartAfterKill() {
      running.kill('SIGKILL')
      await running.exit
      running = await start()
    },
    async startReplica() {
      const replicaPort = await freePort()
      started.use(await start({ PORT: String(replicaPort) }))
      return `http://127.0.0.1:${replicaPort}`
    },
    async command(...args) {
      await using child = await startProgram(args, { cwd: folder, env: settings })
      await child.exit
      return child.output()
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}
