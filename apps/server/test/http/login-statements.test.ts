import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { type Instance, startInstance } from '../api/instance.ts'
import { recordStatements } from '../sent-statements.ts'
import { stopClocks } from '../stopped-time.ts'
import { databaseOf } from './app.ts'

const redirectUri = 'https://app.example/callback'
const verifier = 'a-verifier-of-more-than-forty-three-characters'
const challenge = 'AKaopYQ563pi9GQf83eEMKvsNOZCHLRRNarAWfXnrnQ'

/** Lower them with each improvement. A login: authorization, page, assertion, resumption, code exchange and UserInfo. */
const bounds = { login: 40, signOn: 10, refresh: 10, userInfo: 4 }

const atApplication = (url: string) => url.startsWith(redirectUri)

const statements = recordStatements()

const stack = new AsyncDisposableStack()
let instance: Instance
let authenticator: SoftwareAuthenticator
let application: { readonly id: string; readonly authorization: string }

beforeAll(async () => {
  const database = await databaseOf('PostgreSQL', stack)
  instance = stack.use(await startInstance({ ...database, DISABLE_RATE_LIMITING: 'false' }))
  const { id } = await instance.app.pocket.clients.create({ name: 'App', redirectUris: [redirectUri] })
  const { plain } = await instance.app.pocket.clients.addSecret(id)
  application = { id, authorization: `Basic ${Buffer.from(`${id}:${plain}`).toString('base64')}` }
  authenticator = (await instance.person('grace')).authenticator
})
afterAll(() => stack.disposeAsync())

/** Starts an authorization, up to the sign-in page or the redirect URI. */
const authorize = async (agent: UserAgent) => {
  const parameters = {
    ...{
      client_id: application.id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid profile email groups',
    },
    ...{ state: 'state', nonce: 'nonce', code_challenge: challenge, code_challenge_method: 'S256' },
  }
  const start = await agent.get(`${instance.url}/authorize?${new URLSearchParams(parameters)}`)
  return agent.follow(start, { until: atApplication })
}

const signIn = async (agent: UserAgent) => {
  const page = await authorize(agent)
  const attribute = /data-ceremony="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&#34;', '"') ?? ''
  const { options, submitTo } = JSON.parse(attribute.replaceAll('&amp;', '&'))
  const response = authenticator.get(options, { origin: instance.url })
  const answer = await agent.postJson(new URL(submitTo, instance.url).href, { response })
  const { redirectTo } = answer.json() as { readonly redirectTo: string }
  return agent.follow(await agent.get(new URL(redirectTo, instance.url).href), { until: atApplication })
}

const token = async (fields: Readonly<Record<string, string>>) => {
  const answer = await fetch(`${instance.url}/api/oidc/token`, {
    method: 'POST',
    headers: { authorization: application.authorization },
    body: new URLSearchParams(fields),
  })
  expect(answer.status).toBe(200)
  return (await answer.json()) as { readonly access_token: string; readonly refresh_token: string }
}

const exchange = (location: string | null) =>
  token({
    grant_type: 'authorization_code',
    code: new URL(location ?? '').searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: verifier,
  })

const userInfo = async (accessToken: string) => {
  const headers = { authorization: `Bearer ${accessToken}` }
  expect((await fetch(`${instance.url}/api/oidc/userinfo`, { headers })).status).toBe(200)
}

/** The statements that `work` sends, in order, without BEGIN and COMMIT: kind and table. */
async function statementsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const sent = await statements.during(async () => {
    await work()
    // The log of connection attempts is written after the response; reading it is the last statement.
    await instance.app.pocket.connectionLog.latest([])
  })
  return sent
    .slice(0, -1)
    .map(({ sql }) => `${/\w+/.exec(sql)?.[0]?.toUpperCase()} ${/pocket_\w+/.exec(sql)?.[0] ?? sql}`)
}

/** The smallest of several rounds, because jobs and reloads send statements of their own. */
function smallest(rounds: readonly (readonly string[])[]): readonly string[] {
  return rounds.reduce((least, round) => (round.length < least.length ? round : least))
}

test('a login, a sign-on, a refresh and a UserInfo request send a bounded number of statements', async () => {
  // Otherwise caches expire during a request on a slow machine.
  using _time = stopClocks()
  const first = instance.agent()
  const consentPage = await signIn(first)
  const [form] = consentPage.forms()
  if (form) await first.follow(await first.submit(consentPage, form), { until: atApplication })
  const rounds = { login: [], signOn: [], refresh: [], userInfo: [] } as Record<string, (readonly string[])[]>
  for (let round = 0; round < 3; round += 1) {
    const agent = instance.agent()
    let tokens = { access_token: '', refresh_token: '' }
    const measured = {
      login: async () => {
        tokens = await exchange((await signIn(agent)).location)
        await userInfo(tokens.access_token)
      },
      signOn: async () => expect((await authorize(agent)).location).toContain('code='),
      refresh: async () => {
        tokens = await token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
      },
      userInfo: () => userInfo(tokens.access_token),
    }
    for (const [name, work] of Object.entries(measured)) rounds[name]?.push(await statementsOf(work))
  }
  const fewest: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
    Object.entries(rounds).map(([name, each]) => [name, smallest(each)]),
  )
  if (process.env.SHOW_STATEMENTS !== undefined) process.stdout.write(`${JSON.stringify(fewest, null, 1)}\n`)
  for (const [name, bound] of Object.entries(bounds)) {
    const sent = fewest[name] ?? []
    // With the list, because a number alone does not tell which statement is new.
    expect({ name, sent: sent.length > bound ? sent : [] }).toEqual({ name, sent: [] })
  }
})
