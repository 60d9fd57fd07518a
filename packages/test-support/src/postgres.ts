import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { eventually } from './eventually.ts'
import { startProcess } from './process.ts'

/** A PostgreSQL server that is stopped and deleted on disposal or when this process ends. */
export interface PostgresServer extends AsyncDisposable {
  /** `postgres://…` with the superuser's name and password. */
  readonly url: string
  readonly pid: number
  /** Suspends all its processes: connections stay open without responses. */
  suspend(): void
  /** Resumes its processes. */
  resume(): void
  /** Restarts it on the same port, which ends all connections. Resolves when it accepts connections again. */
  restart(): Promise<void>
}

export interface PostgresServerOptions {
  /** The maximum number of connections. Default: 200. */
  readonly maxConnections?: number
  /** Seconds between the runs of autovacuum in a database. Default: 60, as PostgreSQL has it. */
  readonly autovacuumInterval?: number
}

/** A test's own database, dropped on disposal even if connections are open. */
export interface TestDatabase extends AsyncDisposable {
  /** `postgres://…` with the name and password of its owner, who is the superuser. */
  readonly url: string
}

const urlVariable = 'POCKET_TEST_POSTGRES_URL'
const failureVariable = 'POCKET_TEST_POSTGRES_FAILURE'

/**
 * Starts PostgreSQL 18 with an empty temporary cluster on a free port of 127.0.0.1. If this process runs as root, PostgreSQL
 * runs as `nobody`. It writes without fsync, since its data need not survive a crash of the machine.
 *
 * Tests should use {@link createTestDatabase}, which shares one server for the whole run.
 *
 * @throws Error with the output of PostgreSQL if it cannot run.
 */
export async function startPostgres({
  maxConnections = 200,
  autovacuumInterval = 60,
}: PostgresServerOptions = {}): Promise<PostgresServer> {
  const password = randomBytes(18).toString('base64url')
  const program = fileURLToPath(new URL(`./postgres-server${extname(import.meta.url)}`, import.meta.url))
  const server = await startProcess(process.execPath, [program], {
    env: {
      PGPASSWORD: password,
      MAX_CONNECTIONS: String(maxConnections),
      AUTOVACUUM_INTERVAL: String(autovacuumInterval),
    },
    readyWhen: /^ready (\d+)$/,
  })
  // Each backend leads its own process group.
  const resume = () => {
    for (const pid of descendantPids(server.pid)) sendSignal(pid, 'SIGCONT')
  }
  const url = `postgres://postgres:${password}@127.0.0.1:${server.ready[1]}/postgres`
  const startTime = async () => (await execute(url, 'SELECT pg_postmaster_start_time()::text AS at')).rows[0].at
  return {
    url,
    pid: server.pid,
    suspend() {
      // A signal takes effect later, and until then a process may start another: until all that exist have stopped.
      for (;;) {
        const running = descendantPids(server.pid).filter((pid) => !isStopped(pid))
        if (running.length === 0) return
        for (const pid of running) sendSignal(pid, 'SIGSTOP')
      }
    },
    resume,
    async restart() {
      const before = await startTime()
      process.kill(server.pid, 'SIGUSR2')
      await eventually(async () => {
        if ((await startTime()) === before) throw new Error('PostgreSQL has not restarted yet')
      })
    },
    async [Symbol.asyncDispose]() {
      resume()
      await server[Symbol.asyncDispose]()
    },
  }
}

/**
 * Starts the server of a test run and publishes its URL in the environment, which the workers inherit. If it cannot run,
 * publishes the reason instead, and every {@link createTestDatabase} fails with it. Uses the server in
 * `POCKET_TEST_POSTGRES_URL` if set.
 */
export async function startRunPostgres(): Promise<AsyncDisposable> {
  const noServer = { [Symbol.asyncDispose]: async () => {} }
  if (process.env[urlVariable] !== undefined) return noServer
  try {
    const server = await startPostgres()
    process.env[urlVariable] = server.url
    return server
  } catch (error) {
    process.env[failureVariable] = String(error)
    return noServer
  }
}

/**
 * Creates a uniquely named database on the PostgreSQL of the test run.
 *
 * @param templateUrl - The URL of a database without connections to copy. Default: the new database is empty.
 * @throws Error with the reason if PostgreSQL could not be started.
 */
export async function createTestDatabase(templateUrl?: string): Promise<TestDatabase> {
  const server = postgresServerUrl()
  const name = `pocket_test_${randomBytes(8).toString('hex')}`
  const template = templateUrl === undefined ? 'template0' : new URL(templateUrl).pathname.slice(1)
  await execute(server, `CREATE DATABASE ${name} TEMPLATE ${template}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    async [Symbol.asyncDispose]() {
      await execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
}

function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // A backend may exit between the lookup and the signal. Checked by code, since error realms differ.
    if (!(typeof error === 'object' && error !== null && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Whether the process is stopped by a signal or has ended. */
function isStopped(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may contain spaces.
    return 'TZ'.includes(stat.charAt(stat.lastIndexOf(')') + 2))
  } catch {
    return true
  }
}

function descendantPids(pid: number): readonly number[] {
  const children = readChildren(pid)
  return [...children, ...children.flatMap(descendantPids)]
}

function readChildren(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return text === '' ? [] : text.split(' ').map(Number)
  } catch {
    // The process has just ended.
    return []
  }
}

function postgresServerUrl(): string {
  const url = process.env[urlVariable]
  if (url !== undefined) return url
  const reason = process.env[failureVariable] ?? 'the test run did not start it; see the globalSetup of jest.config.ts'
  throw new Error(`there is no PostgreSQL for this test: ${reason}`)
}

async function execute(server: string, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: server })
  // The query rejects as well.
  client.on('error', () => {})
  await client.connect()
  try {
    return await client.query(statement)
  } finally {
    await client.end()
  }
}
