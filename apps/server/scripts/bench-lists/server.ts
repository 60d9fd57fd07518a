import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, type OutgoingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { databaseOf } from '@pocket/core/internal/sql'
import { UserAgent } from '@pocket/core/testing'
import { freePort, startPostgres } from '@pocket/test-support'
import { pino } from 'pino'
import { createApp } from '../../src/app.ts'
import { loadConfig } from '../../src/composition/config.ts'
import { openDatabase } from '../../src/composition/open-database.ts'
import { administrator, apiKey, fillDatabase } from './data.ts'

interface BenchOptions {
  /** The number of users. */
  readonly count: number
  readonly postgres: boolean
  /** The URL of an empty PostgreSQL database. */
  readonly url?: string | undefined
}

interface Bench extends AsyncDisposable {
  /** The REST API response for an administrator's API key. */
  get(path: string): Promise<string>
  /** A page for the browser session of this administrator. */
  page(path: string): Promise<string>
}

/** The server in this process with a filled database, and a connection to it. */
export async function startBench({ count, postgres, url }: BenchOptions): Promise<Bench> {
  const stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pocket-bench-'))
  stack.defer(() => rm(folder, { recursive: true }))
  const port = await freePort()
  const config = loadConfig(
    {
      APP_URL: `http://localhost:${port}`,
      HOST: '127.0.0.1',
      PORT: String(port),
      DB_CONNECTION_STRING: (postgres ? stack.use(await startPostgres()).url : url) ?? join(folder, 'pocket-id.db'),
      ENCRYPTION_KEY: 'a key for benchmarks only',
      DISABLE_RATE_LIMITING: 'true',
    },
    () => Buffer.alloc(0),
  )
  const logger = pino({ level: 'silent' })
  {
    await using connection = await openDatabase(config, logger)
    await fillDatabase(databaseOf(connection.dataSource), count)
    // A running instance gets this automatically within a minute.
    if (databaseOf(connection.dataSource).kind === 'postgres') await connection.dataSource.query('VACUUM ANALYZE')
  }
  const app = stack.use(await createApp(config, logger))
  const { url: origin } = await app.listen()
  const agent = stack.adopt(new Agent({ keepAlive: true, maxSockets: 1 }), (httpAgent) => httpAgent.destroy())
  const get = async (path: string, headers: OutgoingHttpHeaders) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const outgoing = request({ port, host: '127.0.0.1', path, agent, headers }, (response) => {
      const responseText = text(response)
      if (response.statusCode === 200) responseText.then(resolve, reject)
      else
        responseText.then(
          (body) => reject(new Error(`${path} was answered with ${response.statusCode}: ${body}`)),
          reject,
        )
    })
    outgoing.on('error', reject).end()
    return promise
  }
  const browser = new UserAgent()
  const { code } = await app.pocket.issueLoginCode({ id: administrator }, 60_000)
  await browser.postForm(`${origin}/lc`, { code })
  const cookie = browser.cookies().map(({ name, value }) => `${name}=${value}`)
  return {
    get: (path) => get(path, { 'X-API-Key': apiKey }),
    page: (path) => get(path, { cookie: cookie.join('; ') }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
