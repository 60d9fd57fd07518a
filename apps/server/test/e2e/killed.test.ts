import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { SoftwareAuthenticator, UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { freePort, longTestTimeout, type RunningProcess, startProcess } from '@pocket/test-support'
import { databaseOf, startedSqlite } from '../http/app.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const preload = fileURLToPath(new URL('kill-at-statement.ts', import.meta.url))
const redirectUri = 'https://nas.example:5001'
const back = (url: string) => url.startsWith(redirectUri)

/** The program on a database of its own; it can be told to die at a certain statement, at first at the one given. */
async function mortalServer(first = 1, kind: 'SQLite' | 'PostgreSQL' = 'SQLite') {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pocket-killed-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  // As it is after a first start, whose migrations and keys are not what this is about.
  const data = join(folder, 'data')
  await mkdir(data)
  await copyFile(await startedSqlite(), join(data, 'pocket-id.db'))
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
  const flags = ['--conditions=pocket-source', '--disable-warning=ExperimentalWarning']
  const start = (statement: number) =>
    startProcess(process.execPath, [...flags, '--import', preload, main], {
      cwd: folder,
      env: { ...env, KILL_AT: String(statement) },
      readyWhen: /Listening at/,
    })
  let running: RunningProcess = await start(first)
  stack.defer(() => running[Symbol.asyncDispose]())
  const started = stack.move()
  return {
    url,
    /** Runs `act` on the server, which dies at the statement that it was started for, and starts it for the next one. */
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

/** From the authorization request to the code, with a new ceremony and, the first time, consent. */
async function authorize(
  agent: UserAgent,
  url: string,
  { clientId, authenticator }: { clientId: string; authenticator: SoftwareAuthenticator },
) {
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    prompt: 'login',
  })
  const page = await agent.follow(await agent.get(`${url}/authorize?${query}`))
  const { redirectTo } = (await passkeyAnswer(agent, page, authenticator)).json() as { redirectTo: string }
  const next = await agent.follow(await agent.get(redirectTo), { until: back })
  const consent = next.forms().find(({ action }) => action.endsWith('/consent'))
  const done = consent ? await agent.follow(await agent.submit(next, consent), { until: back }) : next
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

test(
  'killed at any write of the set-up, nobody is left locked out',
  async () => {
    for (let statement = 1, died = true; died; statement++) {
      await using server = await mortalServer(statement)
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
      // Somebody is there, so their passkey is as well.
      const signedIn = await passkeyAnswer(agent, await agent.get(`${server.url}/login`), authenticator)
      expect(signedIn.status).toBe(200)
      expect((await agent.get(`${server.url}/settings/account`)).status).toBe(200)
    }
  },
  longTestTimeout,
)

type Tokens = Readonly<Record<string, string>>

/** An administrator of this server, signed in, and an application that they use. */
async function application({ url }: { readonly url: string }) {
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
  const token = async (fields: Readonly<Record<string, string>>) => {
    const body = new URLSearchParams({
      client_id: clientId,
      client_secret: secret,
      redirect_uri: redirectUri,
      ...fields,
    })
    return (await (await fetch(`${url}/api/oidc/token`, { method: 'POST', body })).json()) as Tokens
  }
  const exchange = async () =>
    token({ grant_type: 'authorization_code', code: await authorize(agent, url, { clientId, authenticator }) })
  return { agent, authenticator, token, exchange }
}

test(
  'killed at any write from the passkey to the tokens, what was acknowledged is there and the way can be gone again',
  async () => {
    await using server = await mortalServer()
    const { url } = server
    const { agent, authenticator, token, exchange } = await application(server)
    let { refresh_token = '' } = await exchange()
    let signedOut = 0
    for (let statement = 1, died = true; died; statement++) {
      died = await server.dyingAt(statement, exchange)
      // A session whose new id never reached the browser is over: one tap begins another. Everything else is as it was.
      if ((await agent.get(`${url}/settings/account`)).status !== 200) {
        signedOut++
        expect((await passkeyAnswer(agent, await agent.get(`${url}/login`), authenticator)).status).toBe(200)
      }
      const refreshed = await token({ grant_type: 'refresh_token', refresh_token })
      expect(refreshed).toMatchObject({ refresh_token: expect.any(String) })
      refresh_token = refreshed.refresh_token ?? ''
    }
    // Between the statement that renews the session and the answer stand the entries of the audit log.
    expect(signedOut).toBeLessThanOrEqual(6)
    expect(await exchange()).toMatchObject({ id_token: expect.any(String) })
  },
  longTestTimeout,
)

test.each(['SQLite', 'PostgreSQL'] as const)(
  'killed at any write of a refresh on %s, the application refreshes again and gets one answer',
  async (kind) => {
    await using server = await mortalServer(1, kind)
    const { token, exchange } = await application(server)
    let { refresh_token = '' } = await exchange()
    const refresh = () => token({ grant_type: 'refresh_token', refresh_token })
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
    // Consumption, refresh token, access token and answer.
    expect(statement).toBeGreaterThan(4)
  },
  longTestTimeout,
)
