import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type Account,
  type AuditEvent,
  type AuthenticationCeremony,
  type Client,
  changeIssuer,
  createPocket,
  MasterKey,
  type NewClientInput,
  type Pocket,
  type PocketOptions,
  type PocketStores,
  type RenderPage,
  type StoredKey,
  type View,
} from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { SoftwareAuthenticator, type UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import type { PublicKeyCredentialCreationOptionsJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import type { StoresUnderTest } from '../contracts/store-kinds.ts'

/** A clock that a test advances. */
export class TestClock {
  #ahead = 0
  #passed = 0
  now(): number {
    return Date.now() + this.#ahead
  }
  monotonic(): number {
    return performance.now() + this.#passed
  }
  /** Lets time pass; a negative duration sets the clock back. */
  pass(milliseconds: number): void {
    this.#ahead += milliseconds
    this.#passed += Math.max(0, milliseconds)
  }
  /** Changes the wall-clock time without letting time pass. */
  jump(milliseconds: number): void {
    this.#ahead += milliseconds
  }
}

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

/** Pages for tests: only the view model. */
export const renderAsJson: RenderPage = (view) =>
  `<!doctype html><script type="application/json">${JSON.stringify(view).replaceAll('<', '\\u003c')}</script>`

export function viewOf(response: UserAgentResponse): View {
  return response.scriptJson() as View
}

export interface HostOptions {
  /** The path of the issuer. */
  readonly path?: string
  /** The request handler; the default is `pocket.callback()`. */
  readonly mount?: (pocket: Pocket) => RequestListener | Promise<RequestListener>
  readonly stores?: PocketStores
  readonly options?: Partial<PocketOptions>
}

export interface Host extends AsyncDisposable {
  readonly server: Server
  readonly issuer: string
  readonly pocket: Pocket
  readonly clock: TestClock
  readonly stores: PocketStores
  readonly events: AuditEvent[]
  readonly errors: unknown[]
  readonly accounts: Map<string, Account>
  /** A user with a passkey. */
  person(userName: string): Promise<{ account: Account; authenticator: SoftwareAuthenticator }>
  client(input: Partial<NewClientInput>): Promise<{ client: Client; secret: string }>
}

/** A host service that embeds this provider, on `http://localhost`. */
export async function startHost({
  path = '',
  mount,
  stores = memoryStores(),
  options = {},
}: HostOptions = {}): Promise<Host> {
  const server = createServer({ maxHeaderSize: 32_768 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}${path}`
  const accounts = new Map<string, Account>()
  const events: AuditEvent[] = []
  const errors: unknown[] = []
  const clock = new TestClock()
  await reuseKeys(stores)
  // Each host has a port of its own.
  await changeIssuer({ issuer: options.issuer ?? issuer, stores })
  const pocket = await createPocket({
    issuer,
    name: 'Test',
    cookiePrefix: '',
    masterKey: MasterKey.from('a master key that is long enough'),
    accounts: { find: async (id) => accounts.get(id) },
    stores,
    clock,
    audit: { record: async (event) => void events.push(event) },
    onError: (error) => errors.push(error),
    ...options,
    pages: { render: renderAsJson, ...options.pages },
    limits: { rateLimiter: false, ...options.limits },
  })
  server.on('request', mount ? await mount(pocket) : pocket.callback())
  madeKeys ??= await stores.keys.list()
  return {
    server,
    issuer,
    pocket,
    clock,
    stores,
    events,
    errors,
    accounts,
    person: async (userName) => {
      const account = testAccount(userName)
      accounts.set(account.id, account)
      return { account, authenticator: await enrollPasskey(stores, account, issuer) }
    },
    client: async (input) => {
      const client = await pocket.clients.create({ name: 'Client', redirectUris: ['https://client.example'], ...input })
      return { client, secret: client.isPublic ? '' : (await pocket.clients.addSecret(client.id)).plain }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A host over new stores, which end with it. */
export async function startHostOver(
  open: () => Promise<StoresUnderTest>,
  options: Omit<HostOptions, 'stores'> = {},
): Promise<Host> {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await open())
  const host = stack.use(await startHost({ ...options, stores: await database.empty() }))
  return { ...host, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

let madeKeys: readonly StoredKey[] | undefined

/** Key generation is slow, and all hosts here use the same master key. */
async function reuseKeys(stores: PocketStores): Promise<void> {
  if ((await stores.keys.list()).length > 0) return
  for (const key of madeKeys ?? []) await stores.keys.insert({ ...key, statusSince: Date.now() })
}

export function testAccount(userName: string): Account {
  return {
    id: crypto.randomUUID(),
    userName,
    displayName: userName,
    givenName: userName,
    familyName: 'Koch',
    email: `${userName}@example.com`,
    emailVerified: true,
    locale: null,
    picture: null,
    disabled: false,
    groups: [{ id: 'g1', name: 'family' }],
    updatedAt: null,
  }
}

/** Stores a passkey without a page, for flows that start with an existing passkey. */
async function enrollPasskey(stores: PocketStores, account: Account, issuer: string): Promise<SoftwareAuthenticator> {
  const authenticator = new SoftwareAuthenticator()
  const options: PublicKeyCredentialCreationOptionsJSON = {
    rp: { id: 'localhost', name: 'Test' },
    user: { id: Buffer.from(account.id).toString('base64url'), name: account.userName, displayName: account.userName },
    challenge: Buffer.from('unused').toString('base64url'),
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  }
  const response = authenticator.create(options, { origin: new URL(issuer).origin })
  await storePasskey(stores, account, response)
  return authenticator
}

/** Stores the passkey of a ceremony that did not start on a page of the provider. */
export async function storePasskey(
  stores: PocketStores,
  account: Account,
  response: RegistrationResponseJSON,
): Promise<void> {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server')
  const { registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge: () => true,
    expectedOrigin: JSON.parse(Buffer.from(response.response.clientDataJSON, 'base64url').toString()).origin,
    expectedRPID: 'localhost',
  })
  if (!registrationInfo) throw new Error('The software authenticator made no passkey.')
  const { credential, aaguid, credentialDeviceType, credentialBackedUp, userVerified } = registrationInfo
  await stores.passkeys.insert({
    id: crypto.randomUUID(),
    accountId: account.id,
    credentialId: credential.id,
    rpId: 'localhost',
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: 0,
    transports: [],
    aaguid,
    deviceType: credentialDeviceType,
    backedUp: credentialBackedUp,
    userVerified,
    attachment: null,
    attestation: null,
    attestedAt: null,
    device: null,
    counterRegressedAt: null,
    name: 'Passkey',
    createdAt: 0,
    lastUsedAt: null,
  })
}

/** Emulates a button press in `web/sign-in.ts`, and returns the next URL of the browser. */
export async function answerCeremony(
  agent: UserAgent,
  page: UserAgentResponse,
  authenticator: SoftwareAuthenticator,
  misbehavior: Parameters<SoftwareAuthenticator['get']>[1]['misbehavior'] = {},
): Promise<UserAgentResponse> {
  const view = viewOf(page)
  if (view.view !== 'sign-in') throw new Error(`This is not a sign-in page but ${JSON.stringify(view)}`)
  return submitCeremony(agent, page, view.ceremony, authenticator, misbehavior)
}

async function submitCeremony(
  agent: UserAgent,
  page: UserAgentResponse,
  ceremony: AuthenticationCeremony,
  authenticator: SoftwareAuthenticator,
  misbehavior: Parameters<SoftwareAuthenticator['get']>[1]['misbehavior'],
): Promise<UserAgentResponse> {
  const { origin } = new URL(page.url)
  const response = authenticator.get(ceremony.options, { origin, ...(misbehavior && { misbehavior }) })
  return agent.postJson(new URL(ceremony.submitTo, page.url).href, { response })
}

/** Signs in on a sign-in page and follows redirects up to a URL that matches `until`. */
export async function signIn(
  agent: UserAgent,
  page: UserAgentResponse,
  authenticator: SoftwareAuthenticator,
  until: (url: string) => boolean,
): Promise<UserAgentResponse> {
  const response = await answerCeremony(agent, page, authenticator)
  if (response.status !== 200) throw new Error(`The sign-in was refused: ${response.text}`)
  const { redirectTo } = response.json() as { redirectTo: string }
  return agent.follow(await agent.get(new URL(redirectTo, page.url).href), { until })
}

/** Presses a button of a consent page, and follows redirects up to a URL that matches `until`. */
export async function decide(
  agent: UserAgent,
  page: UserAgentResponse,
  decision: 'submitTo' | 'cancelTo',
  until: (url: string) => boolean,
): Promise<UserAgentResponse> {
  const view = viewOf(page)
  if (view.view !== 'consent') throw new Error(`This is not a consent page but ${JSON.stringify(view)}`)
  return agent.follow(await agent.postForm(new URL(view[decision], page.url).href, {}), { until })
}

/** Asserts that the page denies access to the client, then returns to the client. */
export async function returnDenied(
  agent: UserAgent,
  page: UserAgentResponse,
  until: (url: string) => boolean,
): Promise<UserAgentResponse> {
  const view = viewOf(page)
  if (view.view !== 'not-allowed') throw new Error(`The page does not deny access: ${JSON.stringify(view)}`)
  return agent.follow(await agent.postForm(new URL(view.cancelTo, page.url).href, {}), { until })
}
