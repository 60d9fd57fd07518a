import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const apiKey = 'the API key of the upgrade check'
/** Milliseconds. */
const startLimit = 120_000

/**
 * Starts an instance with an earlier release, upgrades it to the built source, and goes back. A user that was created before each
 * step must still be there.
 *
 * @param previous - a tag or commit
 * @returns the problems
 */
export async function checkUpgrade(root: string, previous: string): Promise<readonly string[]> {
  const work = mkdtempSync(join(tmpdir(), 'pocket-upgrade-'))
  const old = join(work, 'previous')
  try {
    execFileSync('git', ['worktree', 'add', '--detach', old, previous], { cwd: root, stdio: 'ignore' })
    execFileSync('pnpm', ['install', '--frozen-lockfile', '--prefer-offline'], { cwd: old, stdio: 'ignore' })
    execFileSync('pnpm', ['run', 'build'], { cwd: old, stdio: 'ignore' })
    const before = instanceOf(old, work)
    const after = instanceOf(root, work)
    await before.run((request) => createUser(request, 'ada'))
    const upgraded = await after.run(async (request) => {
      const names = await userNames(request)
      await createUser(request, 'grace')
      return names
    })
    if (!upgraded.includes('ada')) return [`after the upgrade from ${previous}, a user is missing`]
    const back = before.command('rollback', '--yes')
    // Migrations that only add need no way back: the earlier release starts on the same database.
    const returned = await before.run(userNames)
    return returned.includes('ada') ? [] : [`back at ${previous}, a user is missing (${back})`]
  } catch (error) {
    return [`the upgrade from ${previous} failed: ${error instanceof Error ? error.message : String(error)}`]
  } finally {
    spawnSync('git', ['worktree', 'remove', '--force', old], { cwd: root })
    rmSync(work, { recursive: true, force: true })
  }
}

type Request = (path: string, init?: RequestInit) => Promise<Response>

/** A release that runs in `folder`, with its data. */
function instanceOf(source: string, folder: string) {
  const main = join(source, 'apps/server/dist/main.js')
  const args = ['--disable-warning=ExperimentalWarning', main]
  const env = { ...process.env, STATIC_API_KEY: apiKey, APP_URL: 'http://localhost:1411', LOG_LEVEL: 'warn' }
  return {
    command(...words: readonly string[]): string {
      const { stdout, stderr } = spawnSync(process.execPath, [...args, ...words], {
        cwd: folder,
        env,
        encoding: 'utf8',
      })
      return `${stdout}${stderr}`.trim()
    },
    /** Starts the release, calls `act`, and stops the release. */
    async run<Result>(act: (request: Request) => Promise<Result>): Promise<Result> {
      const port = await freePort()
      const server = spawn(process.execPath, args, {
        cwd: folder,
        env: { ...env, HOST: '127.0.0.1', PORT: String(port) },
      })
      const request: Request = (path, init = {}) =>
        fetch(`http://127.0.0.1:${port}${path}`, {
          ...init,
          headers: { 'X-API-Key': apiKey, 'Content-Type': 'application/json' },
        })
      try {
        await ready(server, request)
        return await act(request)
      } finally {
        const exit = server.exitCode === null ? once(server, 'exit') : undefined
        server.kill('SIGTERM')
        await exit
      }
    },
  }
}

async function ready(server: ChildProcess, request: Request): Promise<void> {
  let output = ''
  for (const stream of [server.stdout, server.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = `${output}${text}`.slice(-2000)
    })
  const end = Date.now() + startLimit
  while (Date.now() < end && server.exitCode === null) {
    // A server that does not listen yet refuses the connection.
    const response = await request('/readyz').catch(() => undefined)
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`the server does not become ready: ${output}`)
}

async function createUser(request: Request, username: string): Promise<void> {
  const body = JSON.stringify({ username, firstName: username, lastName: 'Example', email: `${username}@example.com` })
  const response = await request('/api/users', { method: 'POST', body })
  if (response.status !== 201)
    throw new Error(`a user could not be created: ${response.status} ${await response.text()}`)
}

async function userNames(request: Request): Promise<readonly string[]> {
  const response = await request('/api/users')
  const { data } = Object(await response.json())
  return data.map(({ username }: { readonly username: string }) => username)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new TypeError('A listening server has an address.')
  return address.port
}
