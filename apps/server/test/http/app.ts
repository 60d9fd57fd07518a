import { existsSync, readFileSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { changeIssuer } from '@pocket/core'
import { ConfigurationError } from '@pocket/core/errors'
import { SoftwareAuthenticator, UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { typeormStores } from '@pocket/core/typeorm'
import { createRunFolderOnce, createTestDatabase, freePort, shareBetweenTests } from '@pocket/test-support'
import { type App, createApp } from '../../src/app.ts'
import { type Config, loadConfig } from '../../src/composition/config.ts'
import { tables } from '../../src/composition/server-tables.ts'
import { withConnection } from '../../src/database/connect.ts'
import { createLogger, type Logger } from '../../src/logging/logger.ts'

const databaseFile = 'pocket-id.db'
const encryptionKey = 'a key for tests that is long enough'

export interface RunningApp extends AsyncDisposable {
  readonly app: App
  /** The issuer. */
  readonly url: string
  /** The URL of the server without the proxy. */
  readonly local: string
  /** A browser; for an https issuer it connects through a reverse proxy on this machine. */
  agent(): UserAgent
  /** Every line of the log. */
  readonly log: string[]
}

/** Starts and stops a server once to migrate its database and create its signing keys, because both are slow. */
async function startOnce(DB_CONNECTION_STRING: string): Promise<void> {
  const config = loadConfig({ APP_URL: 'http://localhost', DB_CONNECTION_STRING, ENCRYPTION_KEY: encryptionKey }, () =>
    Buffer.alloc(0),
  )
  const logger = createLogger(config, { write() {} })
  await (await createApp(config, logger))[Symbol.asyncDispose]()
  // The first start of a copy stores its own.
  await withConnection(config.database, { tables, logger }, (dataSource) =>
    dataSource.query('DELETE FROM pocket_issuer'),
  )
}

/** The path of a database file to copy. */
export async function prepareSqlite(): Promise<string> {
  const folder = await createRunFolderOnce('started-sqlite', (folder) => startOnce(join(folder, databaseFile)))
  return join(folder, databaseFile)
}

/** The URL of a database to copy with `createTestDatabase`. */
export async function preparePostgres(): Promise<string> {
  const folder = await createRunFolderOnce('started-postgres', async (folder) => {
    // The database is dropped with the PostgreSQL of the test run.
    const { url } = await createTestDatabase()
    await startOnce(url)
    await writeFile(join(folder, 'url'), url)
  })
  return readFile(join(folder, 'url'), 'utf8')
}

/** The environment for `startApp` that selects an existing database of this kind. */
export async function databaseOf(
  kind: 'SQLite' | 'PostgreSQL',
  stack: AsyncDisposableStack,
): Promise<Readonly<Record<string, string>>> {
  if (kind === 'SQLite') return {}
  return { DB_CONNECTION_STRING: stack.use(await createTestDatabase(await preparePostgres())).url }
}

/** The server in this process, on an empty SQLite database unless the environment names another. */
export async function startApp(env: Readonly<Record<string, string>> = {}): Promise<RunningApp> {
  const stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pocket-app-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const database = env.DB_CONNECTION_STRING ?? join(folder, databaseFile)
  const isNew = !database.startsWith('postgres') && !existsSync(database)
  if (isNew && env.ENCRYPTION_KEY === undefined) await copyFile(await prepareSqlite(), database)
  const port = await freePort()
  const local = `http://localhost:${port}`
  const config = loadConfig(
    {
      APP_URL: local,
      PORT: String(port),
      HOST: '127.0.0.1',
      DB_CONNECTION_STRING: database,
      ENCRYPTION_KEY: encryptionKey,
      LOG_JSON: 'true',
      // Tests of rate limits enable them.
      DISABLE_RATE_LIMITING: 'true',
      ...env,
    },
    (path) => readFileSync(path),
  )
  const log: string[] = []
  const app = stack.use(await openApp(config, createLogger(config, { write: (line) => void log.push(line) })))
  const { url } = await app.listen().catch(async (error: unknown) => {
    await stack.disposeAsync()
    throw error
  })
  return {
    app,
    url,
    local,
    log,
    agent: () => new UserAgent({ resolve: url === local ? {} : { [url]: `http://127.0.0.1:${port}` } }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** Each start uses another port, so the issuer of an existing database is changed to it. */
export async function openApp(config: Config, logger: Logger, stop?: AbortSignal): Promise<App> {
  try {
    return await createApp(config, logger, stop)
  } catch (error) {
    if (!(error instanceof ConfigurationError && error.fields.some(({ field }) => field === 'APP_URL'))) throw error
    await withConnection(config.database, { tables, logger }, async (dataSource) => {
      await changeIssuer({ issuer: config.appUrl, stores: typeormStores(dataSource) })
    })
    return createApp(config, logger, stop)
  }
}

/** Completes the set-up page as its script does. */
export async function setUpAdministrator(
  agent: UserAgent,
  url: string,
  authenticator = new SoftwareAuthenticator(),
): Promise<UserAgentResponse> {
  const fields = { username: 'ada', firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com' }
  const optionsResponse = await agent.postJson(`${url}/login/setup/options`, fields)
  const { options } = optionsResponse.json() as { options: Parameters<SoftwareAuthenticator['create']>[0] }
  return agent.postJson(`${url}/login/setup`, { response: authenticator.create(options, { origin: url }) })
}

/** The server in this process, shared by the tests of a file, with an administrator who is signed in at `agent`. */
export function shareWithAdministrator(env: Readonly<Record<string, string>> = {}) {
  const running = shareBetweenTests(() => startApp(env))
  const agent = shareBetweenTests(async () => {
    const agent = running.agent()
    await setUpAdministrator(agent, running.url)
    return Object.assign(agent, { async [Symbol.asyncDispose]() {} })
  })
  return { running, agent }
}
