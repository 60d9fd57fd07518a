import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@pocket/test-support'

const apiKey = 'the API key of the upgrade check'
/** Milliseconds. */
const startLimit = 120_000

/**
 * On each database: starts an instance with an earlier release, upgrades it to the built source, returns to the backup before
 * the upgrade, and upgrades it again. Each step must find the users that the steps before it created.
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
    await using postgres = await startPostgres()
    const problems: string[] = []
    for (const [database, url] of [
      ['SQLite', undefined],
      ['PostgreSQL', postgres.url],
    ] as const) {
      const folder = join(work, database)
      mkdirSync(folder)
      const variables = url === undefined ? {} : { DB_CONNECTION_STRING: url }
      const instances = {
        before: releasedInstance(old, folder, variables),
        after: releasedInstance(root, folder, variables),
      }
      const isMigrated = countMigrations(root) > countMigrations(old)
      const found = await checkDatabase(instances, { folder, isMigrated })
      problems.push(...found.map((problem) => `${database}: ${problem}`))
    }
    return problems
  } catch (error) {
    return [`the upgrade from ${previous} failed: ${error instanceof Error ? error.message : String(error)}`]
  } finally {
    spawnSync('git', ['worktree', 'remove', '--force', old], { cwd: root })
    rmSync(work, { recursive: true, force: true })
  }
}

export type Request = (path: string, init?: RequestInit) => Promise<Response>

/** A release that runs in a folder, with its data. */
export interface ReleasedInstance {
  /** Runs a command to completion. */
  command(...words: readonly string[]): { readonly status: number | null; readonly output: string }
  /** Starts the release, calls `act`, and stops the release. */
  run<Result>(act: (request: Request) => Promise<Result>): Promise<Result>
}

interface Instances {
  readonly before: ReleasedInstance
  readonly after: ReleasedInstance
}

interface UpgradeContext {
  readonly folder: string
  /** Whether the upgrade runs migrations, so that it makes a backup. */
  readonly isMigrated: boolean
}

/** Upgrades from `before` to `after`, goes back, and upgrades again. Returns the problems. */
export async function checkDatabase(
  { before, after }: Instances,
  { folder, isMigrated }: UpgradeContext,
): Promise<readonly string[]> {
  const problems: string[] = []
  const expectUsers = (step: string, found: readonly string[], expected: readonly string[]) => {
    if (found.join() !== expected.join())
      problems.push(`${step}, the users are ${found.join()}, not ${expected.join()}`)
  }
  await before.run((request) => createUser(request, 'ada'))
  const upgraded = await after.run(async (request) => {
    await createUser(request, 'grace')
    return userNames(request)
  })
  expectUsers('after the upgrade', upgraded, ['ada', 'grace'])
  if (existsSync(join(folder, 'data/backups')) !== isMigrated)
    problems.push(isMigrated ? 'the upgrade made no backup' : 'the upgrade made a backup without a migration')
  else if (isMigrated) {
    const { status, output } = before.command('rollback', '--yes')
    if (status !== 0) return [...problems, `the rollback failed: ${output}`]
  }
  const kept = isMigrated ? ['ada'] : ['ada', 'grace']
  expectUsers('back at the previous release', await before.run(userNames), kept)
  expectUsers('after the second upgrade', await after.run(userNames), kept)
  return problems
}

function countMigrations(source: string): number {
  return globSync('{apps,packages}/*/src/{database,typeorm}/migrations/*.ts', { cwd: source }).length
}

function releasedInstance(
  source: string,
  folder: string,
  variables: Readonly<Record<string, string>>,
): ReleasedInstance {
  const main = join(source, 'apps/server/dist/main.js')
  const args = ['--disable-warning=ExperimentalWarning', main]
  const own = { STATIC_API_KEY: apiKey, APP_URL: 'http://localhost:1411', LOG_LEVEL: 'warn' }
  const env = { ...process.env, ...own, ...variables }
  return {
    command(...words) {
      const options = { cwd: folder, env, encoding: 'utf8' } as const
      const { status, stdout, stderr } = spawnSync(process.execPath, [...args, ...words], options)
      return { status, output: `${stdout}${stderr}`.trim() }
    },
    async run(act) {
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
        await waitUntilReady(server, request)
        return await act(request)
      } finally {
        const exit = server.exitCode === null ? once(server, 'exit') : undefined
        server.kill('SIGTERM')
        await exit
      }
    },
  }
}

async function waitUntilReady(server: ChildProcess, request: Request): Promise<void> {
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
  return data.map(({ username }: { readonly username: string }) => username).sort()
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new TypeError('A listening server has an address.')
  return address.port
}
