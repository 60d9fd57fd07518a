import assert from 'node:assert/strict'
import { type SoftwareAuthenticator, UserAgent } from '../../src/testing/index.ts'

/** A running server, ours or the baseline. */
export interface BenchmarkSubject {
  readonly url: string
  readonly clientId: string
  readonly secret: string
  readonly authenticators: readonly SoftwareAuthenticator[]
  readonly paths: Readonly<Record<'authorize' | 'token' | 'userInfo' | 'introspection' | 'jwks' | 'siteCheck', string>>
  /** Signs in at a protected site; returns the headers of its checks. */
  readonly enterSite?: (agent: UserAgent) => Promise<Readonly<Record<string, string>>>
  /** Options of the passkey ceremony and the URL for its response, from a sign-in page. */
  readonly readPage: (page: { readonly text: string; readonly url: string }) => {
    readonly options: Parameters<SoftwareAuthenticator['get']>[0]
    readonly submitTo: string
  }
  readonly wrapResponse: (response: object) => object
}

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

/** The operations of one user; each uses the results of the earlier ones. */
export interface BenchmarkUser {
  readonly login: () => Promise<void>
  readonly signOn: () => Promise<void>
  readonly refresh: () => Promise<void>
  readonly userInfo: () => Promise<void>
  readonly introspection: () => Promise<void>
  readonly clientCredentials: () => Promise<void>
  readonly discovery: () => Promise<void>
  readonly jwks: () => Promise<void>
  /** A request of a proxy about a protected site; the baseline serves UserInfo instead. */
  readonly siteCheck: () => Promise<void>
}

export type Operation = keyof BenchmarkUser

export const operations: readonly Operation[] = [
  ...(['login', 'signOn', 'refresh', 'userInfo', 'introspection'] as const),
  ...(['clientCredentials', 'discovery', 'jwks', 'siteCheck'] as const),
]

/** Runs of an operation per login, so that a round of each lasts long enough to measure. */
export const weights: Readonly<Record<Operation, number>> = {
  ...{
    login: 1,
    signOn: 4,
    refresh: 4,
    userInfo: 10,
    introspection: 10,
    clientCredentials: 4,
    discovery: 20,
    jwks: 20,
    siteCheck: 10,
  },
}

const redirectUri = 'https://app.example/callback'
const verifier = 'a-verifier-of-more-than-forty-three-characters'
const challenge = 'AKaopYQ563pi9GQf83eEMKvsNOZCHLRRNarAWfXnrnQ'
const isApplicationUrl = (url: string) => url.startsWith(redirectUri)

export function createPerson(subject: BenchmarkSubject, authenticator: SoftwareAuthenticator): BenchmarkUser {
  const { url, clientId, secret, paths, readPage, wrapResponse, enterSite } = subject
  const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`
  let agent = new UserAgent()
  let siteHeaders: Readonly<Record<string, string>> | undefined
  let tokens: Tokens = { access_token: '', refresh_token: '' }

  const authorize = async () => {
    const parameters = new URLSearchParams({
      ...{ client_id: clientId, redirect_uri: redirectUri, response_type: 'code' },
      ...{ scope: 'openid profile email groups', state: 'state', nonce: 'nonce' },
      ...{ code_challenge: challenge, code_challenge_method: 'S256' },
    })
    return agent.follow(await agent.get(`${url}${paths.authorize}?${parameters}`), { until: isApplicationUrl })
  }
  const post = async (path: string, fields: Readonly<Record<string, string>>): Promise<unknown> => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(fields),
    })
    assert.equal(response.status, 200)
    return response.json()
  }
  const get = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(url + path, { headers })
    assert.equal(response.status, 200)
    await response.arrayBuffer()
  }
  const userInfo = () => get(paths.userInfo, { authorization: `Bearer ${tokens.access_token}` })

  return {
    async login() {
      agent = new UserAgent()
      siteHeaders = undefined
      const page = await authorize()
      const { options, submitTo } = readPage({ text: page.text, url: page.url })
      const response = authenticator.get(options, { origin: url })
      const result = await agent.postJson(new URL(submitTo, url).href, wrapResponse(response))
      const { redirectTo } = result.json() as { readonly redirectTo: string }
      const end = await agent.follow(await agent.get(new URL(redirectTo, url).href), { until: isApplicationUrl })
      const code = new URL(end.location ?? '').searchParams.get('code') ?? ''
      const fields = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }
      tokens = (await post(paths.token, fields)) as Tokens
      await userInfo()
    },
    async signOn() {
      assert.match((await authorize()).location ?? '', /code=/)
    },
    async refresh() {
      tokens = (await post(paths.token, {
        grant_type: 'refresh_token',
        refresh_token: tokens.refresh_token,
      })) as Tokens
    },
    userInfo,
    async introspection() {
      const result = await post(paths.introspection, { token: tokens.access_token })
      assert.equal((result as { readonly active: boolean }).active, true)
    },
    clientCredentials: async () => void (await post(paths.token, { grant_type: 'client_credentials' })),
    discovery: () => get('/.well-known/openid-configuration'),
    jwks: () => get(paths.jwks),
    async siteCheck() {
      if (!enterSite) return userInfo()
      siteHeaders ??= await enterSite(agent)
      await get(paths.siteCheck, siteHeaders)
    },
  }
}
