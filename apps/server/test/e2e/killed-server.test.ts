import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { SoftwareAuthenticator, UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { freePort, type RunningProcess } from '@pocket/test-support'
import { authorizationUrl } from '../api/instance.ts'
import { databaseOf, prepareSqlite } from '../http/app.ts'
import { startProgram } from '../program.ts'

const preload = fileURLToPath(new URL('kill-at-statement.ts', import.meta.url))
const redirectUri = 'https://nas.example:5001'
const isRedirectUri = (url: string) => url.startsWith(redirectUri)

/** A server process with its own database; it exits at a given statement, which can be changed later. */
async function startKillableServer(first = 1, kind: 'SQLite' | 'PostgreSQL' = 'SQLite') {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pocket-killed-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  // The state after a first start, because its migrations and keys are not under test.
  const data = join(folder, 'data')
  await mkdir(data)
  await copyFile(await prepareSqlite(), join(data, 'pocket-id.db'))
  const port = String(await freePort())
  const url = `http://localhost:${port}`
  const env = {
    APP_URL: url,
    PORT: port,
    HOST: '127.0.0.1',
    ENCRYPTION_KEY: 'a key for tests that is long enough',
    DISABLE_RATE_LIMITING: 'true',
    ...(await databaseOf(kind, stack)),
  }
  const start = (statement: number) =>
    startProgram([], {
      cwd: folder,
      env: { ...env, KILL_AT: String(statement), NODE_OPTIONS: `--import=${preload}` },
      readyWhen: /Listening on/,
    })
  let running: RunningProcess = await start(first)
  stack.defer(() => running[Symbol.asyncDispose]())
  const started = stack.move()
  return {
    url,
    /** Runs `act` on the server, which exits at its configured statement, and starts it for the next one. */
    async dyingAt(statement: number, act: () => Promise<unknown>): Promise<boolean> {
      running.kill('SIGUSR2')
      await running.waitForOutput(/^armed$/m)
      const exit = running.exit.then(() => true)
      const died = await Promise.race([
        exit,
        act().then(
          () => false,
          () => exit,
        ),
      ])
      running.kill('SIGKILL')
      await running.exit
      running = await start(statement + 1)
      return died
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

interface SignInPage {
  readonly options: Parameters<SoftwareAuthenticator['get']>[0]
  readonly submitTo: string
}

function passkeyAnswer(agent: UserAgent, page: UserAgentResponse, authenticator: SoftwareAuthenticator) {
  const { options, submitTo } = page.dataJson('ceremony') as SignInPage
  const response = authenticator.get(options, { origin: new URL(page.url).origin })
  return agent.postJson(new URL(submitTo, page.url).href, { response })
}

/** Runs from the authorization request to the code, with a new ceremony and, the first time, consent. */
async function authorize(
  agent: UserAgent,
  url: string,
  { clientId, authenticator }: { clientId: string; authenticator: SoftwareAuthenticator },
) {
  const to = authorizationUrl(url, clientId, redirectUri, { prompt: 'login' })
  const page = await agent.follow(await agent.get(to))
  const { redirectTo } = (await passkeyAnswer(agent, page, authenticator)).json() as { redirectTo: string }
  const next = await agent.follow(await agent.get(redirectTo), { until: isRedirectUri })
  const consent = next.forms().find(({ action }) => action.endsWith('/consent'))
  const done = consent ? await agent.follow(await agent.submit(next, consent), { until: isRedirectUri }) : next
  return new URL(done.location ?? '').searchParams.get('code') ?? ''
}

async function setUp(agent: UserAgent, url: string, authenticator: SoftwareAuthenticator): Promise<number> {
  const fields = { username: 'ada', email: 'ada@example.com' }
  const { options } = (await agent.postJson(`${url}/login/setup/options`, fields)).json() as {
    options: Parameters<SoftwareAuthenticator['create']>[0]
  }
  const response = authenticator.create(options, { origin: url })
  return (await agent.postJson(`${url}/login/setup`, { response })).status
}

test('a crash at any write of the set-up locks no user out', async () => {
  for (let statement = 1, died = true; died; statement++) {
    await using server = await startKillableServer(statement)
    const authenticator = new SoftwareAuthenticator()
    let answered = 0
    died = await server.dyingAt(statement, async () => {
      answered = await setUp(new UserAgent(), server.url, authenticator)
    })
    expect([0, 200]).toContain(answered)
    const agent = new UserAgent()
    const open = (await agent.get(`${server.url}/login/setup`)).status === 200
    if (open) {
      expect(answered).toBe(0)
      expect(await setUp(agent, server.url, new SoftwareAuthenticator())).toBe(200)
      continue
    }
    // If the user exists, so does their passkey.
    const signedIn = await passkeyAnswer(agent, await agent.get(`${server.url}/login`), authenticator)
    expect(signedIn.status).toBe(200)
    expect((await agent.get(`${server.url}/settings/account`)).status).toBe(200)
  }
})

type Tokens = Readonly<Record<string, string>>

/** An administrator of this server with a session, and an application that they use. */
async function createApplication({ url }: { readonly url: string }) {
  const authenticator = new SoftwareAuthenticator()
  const agent = new UserAgent()
  await setUp(agent, url, authenticator)
  const created = await agent.follow(
    await agent.postForm(`${url}/settings/admin/oidc-clients/new`, {
      name: 'NAS',
      redirectUris: redirectUri,
      template: 'synology-dsm',
      access: 'everybody',
    }),
  )
  const clientId = new URL(created.url).pathname.split('/').at(-1) ?? ''
  const secret = /pk_[\w-]{43}/.exec(created.text)?.[0] ?? ''
  const requestToken = async (fields: Readonly<Record<string, string>>) => {
    const body = new URLSearchParams({
      client_id: clientId,
      client_secret: secret,
      redirect_uri: redirectUri,
      ...fields,
    })
    return (await (await fetch(`${url}/api/oidc/token`, { method: 'POST', body })).json()) as Tokens
  }
  const exchange = async () =>
    requestToken({ grant_type: 'authorization_code', code: await authorize(agent, url, { clientId, authenticator }) })
  return { agent, authenticator, requestToken, exchange }
}

test('a crash at any write from the passkey to the tokens loses nothing acknowledged, and the flow can be repeated', async () => {
  await using server = await startKillableServer()
  const { url } = server
  const { agent, authenticator, requestToken, exchange } = await createApplication(server)
  let { refresh_token = '' } = await exchange()
  let signedOut = 0
  for (let statement = 1, died = true; died; statement++) {
    died = await server.dyingAt(statement, exchange)
    // A session whose new ID never reached the browser is lost: one tap starts another. Everything else is unchanged.
    if ((await agent.get(`${url}/settings/account`)).status !== 200) {
      signedOut++
      expect((await passkeyAnswer(agent, await agent.get(`${url}/login`), authenticator)).status).toBe(200)
    }
    const refreshed = await requestToken({ grant_type: 'refresh_token', refresh_token })
    expect(refreshed).toMatchObject({ refresh_token: expect.any(String) })
    refresh_token = refreshed.refresh_token ?? ''
  }
  // The audit log entries are written between the session renewal and the response.
  expect(signedOut).toBeLessThanOrEqual(6)
  expect(await exchange()).toMatchObject({ id_token: expect.any(String) })
})

test.each(['SQLite', 'PostgreSQL'] as const)(
  'after a crash at any write of a refresh on %s, the application refreshes again and gets one response',
  async (kind) => {
    await using server = await startKillableServer(1, kind)
    const { requestToken, exchange } = await createApplication(server)
    let { refresh_token = '' } = await exchange()
    const refresh = () => requestToken({ grant_type: 'refresh_token', refresh_token })
    let statement = 0
    for (let died = true; died; ) {
      let answered: Tokens | undefined
      died = await server.dyingAt(++statement, async () => {
        answered = await refresh()
      })
      const again = await refresh()
      expect(again).toMatchObject({ refresh_token: expect.any(String), id_token: expect.any(String) })
      const { refresh_token: next = '' } = again
      expect(next).not.toBe(refresh_token)
      if (answered) expect(answered.refresh_token).toBe(next)
      refresh_token = next
    }
    // Consumption, refresh token, access token and response; on PostgreSQL the first three are one statement.
    expect(statement).toBeGreaterThan(kind === 'PostgreSQL' ? 2 : 4)
  },
)
