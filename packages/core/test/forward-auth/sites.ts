import type { RequestListener } from 'node:http'
import type { Client, ClientProtocolInput, NewClientInput, Pocket, PocketOptions, PocketStores } from '@pocket/core'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import Koa from 'koa'
import type { AccessRule } from '../../src/clients/protected-site.ts'
import type { AuthzEndpoint } from '../../src/forward-auth/proxy-request.ts'
import { type Host, signIn, startHost } from '../flows/host.ts'
import { type ReceivedRequest, startProxy, type TestProxy } from './proxy.ts'

export const wiki = 'https://wiki.example.org'
export const files = 'https://files.example.net'

export function rule(changes: Partial<AccessRule> = {}): AccessRule {
  return { host: null, path: '/*', methods: [], allow: 'users', groups: [], maxPasskeyAgeMinutes: null, ...changes }
}

function mountKoa(pocket: Pocket) {
  return new Koa().use(pocket.forwardAuth()).use(pocket.koa()).callback()
}

export interface SiteFixture extends AsyncDisposable {
  readonly host: Host
  readonly proxy: TestProxy
  /** Creates a client that is a protected site. */
  site(protocol: ClientProtocolInput, input?: Partial<NewClientInput>): Promise<Client>
  browser(headers?: Readonly<Record<string, string>>): UserAgent
}

export async function startSites(
  stores: PocketStores,
  {
    endpoint = 'forward-auth',
    options = {},
    mount = mountKoa,
  }: {
    readonly endpoint?: AuthzEndpoint
    readonly options?: Partial<PocketOptions>
    readonly mount?: (pocket: Pocket) => RequestListener
  } = {},
): Promise<SiteFixture> {
  const host = await startHost({ mount, stores, options: { trustProxy: () => true, ...options } })
  const proxy = await startProxy(host.issuer, endpoint)
  return {
    host,
    proxy,
    site: async (protocol, input = {}) =>
      host.pocket.clients.create({ name: 'Wiki', redirectUris: [], protocol, ...input }),
    browser: (headers = {}) =>
      new UserAgent({ resolve: { [wiki]: proxy.origin, [files]: proxy.origin }, headers, clock: host.clock }),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]()
      await host[Symbol.asyncDispose]()
    },
  }
}

type Person = Awaited<ReturnType<Host['person']>>

/** Opens a page and signs in with a passkey where the provider asks for it. */
export async function visit(agent: UserAgent, url: string, { authenticator }: Person): Promise<UserAgentResponse> {
  const page = await agent.follow(await agent.get(url))
  if (!page.text.includes('"view":"sign-in"')) return page
  return signIn(agent, page, authenticator, () => false)
}

/** The request that the application received. */
export function readReceived(response: UserAgentResponse): ReceivedRequest {
  if (response.status !== 200) throw new Error(`The request was refused: ${response.status} ${response.text}`)
  return response.json() as ReceivedRequest
}
