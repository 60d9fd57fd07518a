import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
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
import { SoftwareAuthenticator, UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { shareBetweenTests, startForEachTest } from '@pocket/test-support'
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

/** The view model of a page, which must be the expected one if it is named. */
export function viewOf<Name extends View['view'] = View['view']>(
  response: UserAgentResponse,
  expected?: Name,
): Extract<View, { view: Name }> {
  const view = response.scriptJson() as Extract<View, { view: Name }>
  if (expected !== undefined && view.view !== expected)
    throw new Error(`This is not the page ${expected} but ${JSON.stringify(view)}`)
  return view
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

/** The functions of a host at its own paths, by path. */
type HostRoutes = (
  pocket: Pocket,
  req: IncomingMessage,
  res: ServerResponse,
  query: (name: string) => string,
) => Readonly<Record<string, () => Promise<unknown>>>

/** Mounts a provider beside routes of the host. A response is the result as JSON, or the error code as text. */
export const withRoutes =
  (routes: HostRoutes) =>
  (pocket: Pocket): RequestListener => {
    const handle = pocket.callback()
    return (req, res) => {
      const { pathname, searchParams } = new URL(req.url ?? '/', pocket.issuer)
      const run = routes(pocket, req, res, (name) => searchParams.get(name) ?? '')[pathname]
      if (!run) return handle(req, res)
      void run().then(
        (result) => res.end(JSON.stringify(result ?? null)),
        (error: Error & { code?: string }) => res.writeHead(400).end(error.code ?? error.message),
      )
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

/** One host for all tests of a block, which must have reported no error at its end. */
export const shareHost = (options: HostOptions = {}): Host => shareBetweenTests(() => startFaultlessHost(options))

/** A host for each test of a block, which must have reported no error at its end. */
export const freshHost = (options: HostOptions = {}): Host => startForEachTest(() => startFaultlessHost(options))

/** Starts hosts that end after the test. */
export function hostStarter(): typeof startHost {
  const hosts = startForEachTest(async () => new AsyncDisposableStack())
  return async (options) => hosts.use(await startHost(options))
}

async function startFaultlessHost(options: HostOptions): Promise<Host> {
  const host = await startHost(options)
  return {
    ...host,
    [Symbol.asyncDispose]: async () => {
      // Before the host ends, which interrupts its work.
      const errors = [...host.errors]
      await host[Symbol.asyncDispose]()
      if (errors.length > 0) throw new AggregateError(errors, 'The host reported errors.')
    },
  }
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
  const view = viewOf(page, 'sign-in')
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

const leavesOrigin = (of: string) => (url: string) => new URL(url).origin !== new URL(of).origin

/** Opens a page of the provider, and follows redirects until they leave it. */
export async function visit(agent: UserAgent, url: string | URL): Promise<UserAgentResponse> {
  return agent.follow(await agent.get(String(url)), { until: leavesOrigin(String(url)) })
}

/** Opens a page in a browser without cookies. */
export async function openBrowser(url: string | URL): Promise<{ agent: UserAgent; page: UserAgentResponse }> {
  const agent = new UserAgent()
  return { agent, page: await visit(agent, url) }
}

/** Signs in on a sign-in page, and returns the URL at which the interaction continues. */
export async function resumeUrl(
  agent: UserAgent,
  page: UserAgentResponse,
  authenticator: SoftwareAuthenticator,
): Promise<string> {
  const response = await answerCeremony(agent, page, authenticator)
  if (response.status !== 200) throw new Error(`The sign-in was refused: ${response.text}`)
  const { redirectTo } = response.json() as { redirectTo: string }
  return new URL(redirectTo, page.url).href
}

/** Signs in on a sign-in page, and follows redirects, by default until they leave the provider. */
export async function signIn(
  agent: UserAgent,
  page: UserAgentResponse,
  authenticator: SoftwareAuthenticator,
  until = leavesOrigin(page.url),
): Promise<UserAgentResponse> {
  return agent.follow(await agent.get(await resumeUrl(agent, page, authenticator)), { until })
}

/** Follows redirects until they leave the provider. */
export const followRedirects = (agent: UserAgent, response: UserAgentResponse): Promise<UserAgentResponse> =>
  agent.follow(response, { until: leavesOrigin(response.url) })

/** Submits a form of a page, whose URL is this member of its view. */
export async function submitButton(
  agent: UserAgent,
  page: UserAgentResponse,
  member: string,
  fields: Fields = {},
): Promise<UserAgentResponse> {
  const path = String(Reflect.get(viewOf(page), member) ?? '')
  return followRedirects(agent, await agent.postForm(new URL(path, page.url).href, fields))
}

/** Presses a button of a consent page. */
export async function decide(
  agent: UserAgent,
  page: UserAgentResponse,
  decision: 'submitTo' | 'cancelTo' = 'submitTo',
): Promise<UserAgentResponse> {
  viewOf(page, 'consent')
  return submitButton(agent, page, decision)
}

/** Asserts that the page denies access to the client, then returns to the client. */
export async function returnDenied(agent: UserAgent, page: UserAgentResponse): Promise<UserAgentResponse> {
  viewOf(page, 'not-allowed')
  return submitButton(agent, page, 'cancelTo')
}

type Fields = Readonly<Record<string, string>>

/** Signs the user out on the sign-out page. */
export async function signOut({ issuer }: Pick<Host, 'issuer'>, agent: UserAgent): Promise<void> {
  const view = viewOf(await agent.get(`${issuer}/api/oidc/end-session`), 'sign-out')
  await agent.postForm(view.submitTo, { ...view.hidden, [view.confirm.name]: view.confirm.value })
}
