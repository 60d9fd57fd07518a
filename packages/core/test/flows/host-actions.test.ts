import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Account, AuditEvent, BeforeHookInputs, BeforeHookResult, BeforeHooks } from '@pocket/core'
import { PocketError } from '@pocket/core/errors'
import { memoryStores } from '@pocket/core/memory'
import { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { decide, type Host, minute, signIn, startHost, viewOf } from './host.ts'
import { redirectUri, relyingParty } from './login.ts'
import { openRegistration, sendJson } from './requests.ts'

type HookName = keyof BeforeHookInputs
type RequestHandler = (req: IncomingMessage, res: ServerResponse) => Promise<unknown>

/** Attempts the action once; returns the error code if it was rejected. */
type Attempt = () => Promise<unknown>

interface HostAction {
  /** The audit event of a success. */
  readonly event: AuditEvent['event']
  /** The audit event of a rejection. */
  readonly refusal: AuditEvent['event']
  readonly code: string
  /** The error code if the hook itself fails; the default is `misconfigured`. */
  readonly broken?: string
  begin(): Promise<{ readonly attempt: Attempt; readonly state: () => Promise<unknown> }>
}

let host: Host
/** The result of each hook. */
const answers = new Map<HookName, () => BeforeHookResult>()
const received: AuditEvent[] = []
const calls = new Map<string, RequestHandler>()
const created = new Map<string, Account>()

const createHook = (name: HookName) => () => answers.get(name)?.()

beforeAll(async () => {
  const stores = memoryStores()
  const names = Object.keys(acts) as HookName[]
  const before: BeforeHooks = Object.fromEntries(names.map((name) => [name, createHook(name)]))
  host = await startHost({
    stores,
    options: {
      hooks: { before, after: (event) => void received.push(event) },
      protocol: { clientRegistration: openRegistration },
      accounts: {
        find: async (id) => host.accounts.get(id) ?? created.get(id),
        async register(account) {
          const complete = { ...copyAdaAccount(), ...account }
          created.set(account.id, complete)
          return complete
        },
      },
    },
    mount: (pocket) => {
      const provider = pocket.callback()
      return (req, res) =>
        provider(req, res, async () => {
          const result = await calls
            .get(req.url ?? '')?.(req, res)
            .catch((error: unknown) => {
              if (!(error instanceof PocketError)) throw error
              return { code: error.code }
            })
          res.setHeader('Content-Type', 'application/json').end(JSON.stringify(result ?? {}))
        })
    },
  })
})

afterAll(async () => host[Symbol.asyncDispose]())

/** A request of this browser to a page of the host. */
async function callHost(agent: UserAgent, work: RequestHandler): Promise<Record<string, unknown>> {
  const path = `/call/${calls.size}`
  calls.set(path, work)
  return (await agent.postJson(host.issuer + path, {})).json() as Record<string, unknown>
}

const readCode = async (result: Promise<Record<string, unknown>>) => (await result).code
const copyAdaAccount = (): Account => ({ ...([...host.accounts.values()][0] as Account) })

async function signInAda() {
  const person = await host.person('ada')
  const agent = new UserAgent()
  const result = await addPasskey(agent, person.authenticator, (req, res, response) =>
    host.pocket.signIn.withPasskey(req, res, response),
  )
  expect(result).toMatchObject({ id: person.account.id })
  return { ...person, agent }
}

async function addPasskey(
  agent: UserAgent,
  authenticator: SoftwareAuthenticator,
  use: (req: IncomingMessage, res: ServerResponse, response: unknown) => Promise<unknown>,
) {
  const { options } = await callHost(agent, (req, res) => host.pocket.signIn.request(req, res))
  const response = authenticator.get(options as never, { origin: host.issuer })
  return callHost(agent, (req, res) => use(req, res, response))
}

const readSession = (agent: UserAgent) => callHost(agent, (req, res) => host.pocket.session(req, res))

/** All actions that a hook can reject: the compiler reports a missing one. */
const acts: Readonly<Record<HookName, HostAction>> = {
  signIn: {
    event: 'signed_in',
    refusal: 'sign_in_failed',
    code: 'sign_in_refused',
    async begin() {
      const { authenticator } = await host.person('ada')
      const agent = new UserAgent()
      const use = host.pocket.signIn.withPasskey
      return { attempt: () => readCode(addPasskey(agent, authenticator, use)), state: () => readSession(agent) }
    },
  },
  reauthenticate: {
    event: 'reauthenticated',
    refusal: 'sign_in_failed',
    code: 'sign_in_refused',
    async begin() {
      const { agent, authenticator } = await signInAda()
      const { withPasskey, demand } = host.pocket.reauthentication
      return {
        attempt: () => readCode(addPasskey(agent, authenticator, withPasskey)),
        state: () => callHost(agent, (req, res) => demand(req, res)),
      }
    },
  },
  signUp: {
    event: 'account_created',
    refusal: 'request_refused',
    code: 'forbidden',
    async begin() {
      const agent = new UserAgent()
      const { begin, finish } = host.pocket.signUp
      return {
        async attempt() {
          const options = await callHost(agent, (req, res) => begin(req, res, { userName: 'bob' }))
          const response = new SoftwareAuthenticator().create(options as never, { origin: host.issuer })
          return readCode(callHost(agent, (req, res) => finish(req, res, response)))
        },
        state: async () => [[...created.keys()], await host.pocket.passkeys.accountIds(), await readSession(agent)],
      }
    },
  },
  addPasskey: {
    event: 'passkey_added',
    refusal: 'passkey_refused',
    code: 'forbidden',
    async begin() {
      const { agent, account } = await signInAda()
      const { id: accountId, userName, displayName } = account
      const start = { subject: { accountId, userName, displayName }, purpose: 'registration' } as const
      return {
        async attempt() {
          const options = await callHost(agent, (req, res) => host.pocket.registration.options(req, res, start))
          const response = new SoftwareAuthenticator().create({ ...options, excludeCredentials: [] } as never, {
            origin: host.issuer,
          })
          const end = { response, purpose: 'registration', accountId } as const
          return readCode(callHost(agent, (req, res) => host.pocket.registration.add(req, res, end)))
        },
        state: () => host.pocket.passkeys.list(accountId),
      }
    },
  },
  renamePasskey: {
    event: 'passkey_renamed',
    refusal: 'request_refused',
    code: 'forbidden',
    async begin() {
      const { id } = (await host.person('ada')).account
      const { list, rename } = host.pocket.passkeys
      return {
        attempt: async () => rejectionCode(rename(id, (await list(id))[0]?.id ?? '', 'New')),
        state: () => list(id),
      }
    },
  },
  removePasskey: {
    event: 'passkey_removed',
    refusal: 'request_refused',
    code: 'forbidden',
    async begin() {
      const { id } = (await host.person('ada')).account
      const { list, remove } = host.pocket.passkeys
      const [first] = await list(id)
      if (first) await host.stores.passkeys.insert({ ...first, id: crypto.randomUUID(), credentialId: first.id })
      return { attempt: () => rejectionCode(remove(id, first?.id ?? '')), state: () => list(id) }
    },
  },
  issueCode: {
    event: 'code_issued',
    refusal: 'request_refused',
    code: 'forbidden',
    async begin() {
      const { account } = await host.person('ada')
      const codes: string[] = []
      const issue = async () => codes.push((await host.pocket.issueLoginCode(account, minute)).code)
      return { attempt: () => rejectionCode(issue()), state: async () => [...codes] }
    },
  },
  approveDevice: {
    event: 'device_login_approved',
    refusal: 'request_refused',
    code: 'forbidden',
    async begin() {
      const { account } = await host.person('ada')
      const { request, redeem, decide } = host.pocket.deviceLogins
      const device = new UserAgent()
      const deviceLogin = (await callHost(device, request)) as Record<'id' | 'token' | 'userCode', string>
      const decision = { code: deviceLogin.userCode, accountId: account.id, status: 'approved' } as const
      return {
        attempt: () => readCode(callHost(new UserAgent(), (req) => decide(req, decision))),
        state: () =>
          callHost(device, (req, res) => redeem(req, res, { id: deviceLogin.id, token: deviceLogin.token, wait: 0 })),
      }
    },
  },
  allowClient: {
    event: 'consent_given',
    refusal: 'request_refused',
    code: 'forbidden',
    async begin() {
      const { configuration, client } = await relyingParty(host)
      const { account, authenticator } = await host.person('ada')
      const agent = new UserAgent()
      const url = oidc.buildAuthorizationUrl(configuration, { redirect_uri: redirectUri, scope: 'openid profile' })
      const page = await signIn(agent, await agent.follow(await agent.get(url.href)), authenticator)
      return {
        async attempt() {
          const shown = await decide(agent, page)
          return shown.location === null ? Reflect.get(viewOf(shown), 'code') : undefined
        },
        state: async () => (await host.stores.consents.find(account.id, client.id)) ?? null,
      }
    },
  },
  registerClient: {
    event: 'client_registered',
    refusal: 'request_refused',
    code: 'invalid_client_metadata',
    broken: 'server_error',
    begin: async () => ({
      attempt: async () => (await register()).error,
      state: async () => (await host.stores.clients.list()).length,
    }),
  },
  updateClient: {
    event: 'client_updated',
    refusal: 'request_refused',
    code: 'invalid_client_metadata',
    broken: 'server_error',
    async begin() {
      const registered = await register()
      let token = registered.registration_access_token
      return {
        async attempt() {
          const { client_id, client_secret } = registered
          const changed = { client_id, client_secret, client_name: 'Another', redirect_uris: [redirectUri] }
          const url = String(registered.registration_client_uri)
          const result = await readMetadata(sendJson('PUT', url, changed, token))
          token = result.registration_access_token ?? token
          return result.error
        },
        state: async () => (await host.stores.clients.find(String(registered.client_id)))?.name,
      }
    },
  },
}

/** The same hook in the device flow. */
const allowAtDevice: HostAction = {
  event: 'device_authorized',
  refusal: 'request_refused',
  code: 'forbidden',
  async begin() {
    const { configuration, client } = await relyingParty(host)
    const { agent, account } = await signInAda()
    const { user_code: code } = await oidc.initiateDeviceAuthorization(configuration, { scope: 'openid' })
    const { approve } = host.pocket.deviceAuthorizations
    return {
      attempt: () => readCode(callHost(agent, (req, res) => approve(req, res, { code }))),
      state: async () => (await host.stores.consents.find(account.id, client.id)) ?? null,
    }
  },
}

type Metadata = Readonly<Record<string, string | undefined>>

const readMetadata = async (response: Promise<Response>) => (await (await response).json()) as Metadata
const register = () => {
  const metadata = { client_name: 'One', redirect_uris: [redirectUri] }
  return readMetadata(sendJson('POST', `${host.issuer}/api/oidc/register`, metadata))
}

async function rejectionCode(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => (error instanceof PocketError ? error.code : error),
  )
}

const all = [...Object.entries(acts), ['allowClient', allowAtDevice]] as [HookName, HostAction][]

describe.each(all)('before %s', (name, { event, refusal, code, broken, begin }) => {
  test('the hook can reject with a code and an audit event, without side effects; otherwise `after` is called', async () => {
    const { attempt, state } = await begin()
    const untouched = await state()
    const takeNewEvents = () => host.events.slice(before)
    let before = host.events.length

    answers.set(name, () => ({ refuse: 'Not now.' }))
    expect(await attempt()).toBe(code)
    expect(await state()).toEqual(untouched)
    expect(takeNewEvents().map((each) => each.event)).toEqual([refusal])

    before = host.events.length
    answers.set(name, () => {
      throw new Error('the hook is broken')
    })
    expect(await attempt()).toBe(broken ?? 'misconfigured')
    expect(await state()).toEqual(untouched)
    expect(takeNewEvents()).toMatchObject([{ event: refusal, code: 'misconfigured' }])

    before = host.events.length
    answers.delete(name)
    expect(await attempt()).toBeUndefined()
    expect(takeNewEvents().map((each) => each.event)).toContain(event)
    expect(await state()).not.toEqual(untouched)
    expect(received).toEqual(host.events)
  })
})
