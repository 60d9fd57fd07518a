import { describe, expect, test } from '@jest/globals'
import { createPublicFetch, type PocketOptions } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { startForEachTest, startHttpServer } from '@pocket/test-support'
import { decide, hostStarter, hour, minute, second, signIn, signOut, viewOf, visit } from './host.ts'
import { authorizationUrl, redirectUri } from './login.ts'

interface LogoutReceiver extends AsyncDisposable {
  readonly url: string
  /** The payloads of the logout tokens. */
  readonly tokens: Readonly<Record<string, unknown>>[]
  status: number
}

/** The back-channel logout endpoint of a relying party. */
async function startReceiver(): Promise<LogoutReceiver> {
  const server = await startHttpServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const token = new URLSearchParams(Buffer.concat(chunks).toString()).get('logout_token') ?? ''
      const parts = token.split('.').slice(0, 2)
      const [header, payload] = parts.map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
      receiver.tokens.push({ ...payload, header, contentType: req.headers['content-type'] })
      res.writeHead(receiver.status).end()
    })
  })
  const receiver: LogoutReceiver = {
    url: `${server.url}/logout`,
    tokens: [],
    status: 200,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
  return receiver
}

const receiver = startForEachTest(startReceiver)
const startHost = hostStarter()
const allowed = { protocol: { fetch: createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'] }) } }

/** A user who is signed in at a client with back-channel logout. */
async function enterClient(options: Partial<PocketOptions> = {}) {
  const host = await startHost({ options: { ...allowed, ...options } })
  const { client } = await host.client({
    redirectUris: [redirectUri],
    protocol: { backchannelLogoutUri: receiver.url, backchannelLogoutSessionRequired: true },
  })
  const { account, authenticator } = await host.person('ada')
  const agent = new UserAgent()
  const authorize = authorizationUrl(host, client.id)
  const page = await agent.follow(await agent.get(authorize))
  await decide(agent, await signIn(agent, page, authenticator))
  return { host, client, account, authenticator, agent, authorize }
}

/** A user who is signed in at two clients with back-channel logout; `groups` restricts the first one. */
async function enterBoth(groups?: readonly string[]) {
  const one = await enterClient()
  const { host, agent, client } = one
  if (groups) {
    const isRestricted = { ...client, isGroupRestricted: true }
    await host.stores.clients.update({ ...isRestricted, allowedGroupIds: [...groups] })
  }
  const { client: second } = await host.client({
    redirectUris: [redirectUri],
    skipConsent: true,
    protocol: { backchannelLogoutUri: receiver.url },
  })
  const other = authorizationUrl(host, second.id)
  await visit(agent, other)
  return { ...one, other }
}

describe('back-channel logout', () => {
  test('notifies the client immediately with a valid logout token', async () => {
    const { host, client, account, agent } = await enterClient()
    await signOut(host, agent)
    await host.pocket[Symbol.asyncDispose]()
    expect(receiver.tokens).toEqual([
      {
        header: { alg: 'RS256', kid: expect.any(String), typ: 'logout+jwt' },
        contentType: expect.stringContaining('application/x-www-form-urlencoded'),
        iss: host.issuer,
        sub: account.id,
        aud: client.id,
        iat: expect.any(Number),
        exp: expect.any(Number),
        jti: expect.any(String),
        sid: expect.any(String),
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      },
    ])
  })

  test('a sign-out of one client leaves the session and the other clients signed in', async () => {
    const { host, client, agent, other } = await enterBoth()
    const view = viewOf(await agent.get(`${host.issuer}/api/oidc/end-session?client_id=${client.id}`), 'sign-out')
    expect(view.client).toMatchObject({ id: client.id })
    await agent.postForm(view.submitTo, view.hidden)
    const again = await visit(agent, `${other}&prompt=none`)
    expect(new URL(again.location ?? '').searchParams.get('code')).toEqual(expect.any(String))
    await host.pocket[Symbol.asyncDispose]()
    expect(receiver.tokens.map(({ aud }) => aud)).toEqual([client.id])
  })

  test('retries a client that does not respond, up to a limit', async () => {
    const { host, agent } = await enterClient()
    receiver.status = 503
    await signOut(host, agent)
    await host.pocket[Symbol.asyncDispose]()
    expect(receiver.tokens).toHaveLength(1)
    expect(await host.pocket.sendLogoutNotices()).toBe(0)
    expect(receiver.tokens).toHaveLength(1)
    host.clock.pass(6 * second)
    receiver.status = 200
    expect(await host.pocket.sendLogoutNotices()).toBe(1)
    expect(receiver.tokens).toHaveLength(2)
    expect(receiver.tokens[1]?.jti).not.toBe(receiver.tokens[0]?.jti)
    host.clock.pass(hour)
    expect(await host.pocket.sendLogoutNotices()).toBe(0)
    expect(receiver.tokens).toHaveLength(2)
    expect(host.events.some(({ event }) => event === 'logout_notice_failed')).toBe(false)
  })

  test('gives up on an unreachable client, and records the reason in the audit log', async () => {
    const { host, agent, client, account } = await enterClient()
    receiver.status = 500
    await signOut(host, agent)
    await host.pocket[Symbol.asyncDispose]()
    for (let tries = 0; tries < 10; tries++) {
      host.clock.pass(13 * hour)
      await host.pocket.sendLogoutNotices()
    }
    expect(receiver.tokens).toHaveLength(8)
    expect(host.events.filter(({ event }) => event === 'logout_notice_failed')).toEqual([
      {
        event: 'logout_notice_failed',
        clientId: client.id,
        accountId: account.id,
        reason: expect.stringContaining('500'),
      },
    ])
  })

  test('does not call a client at a private address unless an administrator allows it', async () => {
    const { host, agent } = await enterClient({ protocol: { fetch: createPublicFetch() } })
    await signOut(host, agent)
    await host.pocket[Symbol.asyncDispose]()
    expect(receiver.tokens).toEqual([])
  })

  test.each(['endAccess', 'forgetAccount'] as const)('%s logs out everywhere', async (name) => {
    const { host, account } = await enterClient()
    await host.pocket[name](account.id)
    expect(await host.pocket.sendLogoutNotices()).toBe(1)
    expect(receiver.tokens).toHaveLength(1)
  })

  describe('a user who loses access is logged out of that client only', () => {
    const family = 'g1'
    type LoggedInUser = Awaited<ReturnType<typeof enterClient>>
    const leaveAllGroups = ({ host, account }: LoggedInUser) =>
      host.accounts.set(account.id, { ...account, groups: [] })
    const restrictTo = async ({ host, client }: LoggedInUser, groups: readonly string[]) => {
      await host.pocket.clients.update(client.id, { ...client, isGroupRestricted: true })
      await host.pocket.clients.setAllowedGroups(client.id, groups)
    }
    test.each<[string, (one: LoggedInUser) => Promise<unknown>]>([
      [
        'lost the group',
        async (one) => {
          leaveAllGroups(one)
          await one.host.pocket.endAccessByGroups(one.account.id, [family])
        },
      ],
      ['is in no allowed group', ({ host, client }) => host.pocket.clients.setAllowedGroups(client.id, ['staff'])],
      ['is in a group that is no longer allowed', ({ host }) => host.pocket.clients.setAllowedTo(family, [])],
      ['withdrew consent', ({ host, account, client }) => host.pocket.withdrawConsent(account.id, client.id)],
    ])('a user who %s', async (_why, lose) => {
      const one = await enterBoth([family])
      await lose(one)
      expect(await one.host.pocket.sendLogoutNotices()).toBe(1)
      expect(receiver.tokens).toMatchObject([{ sub: one.account.id, aud: one.client.id, sid: expect.any(String) }])
      expect(await one.host.stores.artifacts.accountsOf(one.client.id)).toEqual([])
      // The session and the other client remain.
      expect((await one.agent.get(one.other)).location).toContain('code=')
    })

    test('a user of a client that becomes restricted', async () => {
      const one = await enterBoth()
      await restrictTo(one, [family])
      expect(await one.host.pocket.sendLogoutNotices()).toBe(1)
      expect(receiver.tokens).toMatchObject([{ sub: one.account.id, aud: one.client.id }])
    })

    test.each<[string, (one: LoggedInUser) => Promise<unknown>]>([
      [
        'another group is allowed',
        ({ host, client }) => host.pocket.clients.setAllowedGroups(client.id, [family, 'staff']),
      ],
      ['another group is no longer allowed', ({ host }) => host.pocket.clients.setAllowedTo('staff', [])],
      [
        'everyone is allowed',
        ({ host, client }) => host.pocket.clients.update(client.id, { ...client, isGroupRestricted: false }),
      ],
      [
        'one of two allowed groups is lost',
        ({ host, account }) => host.pocket.endAccessByGroups(account.id, ['staff']),
      ],
    ])('no user is logged out if %s', async (_why, change) => {
      const one = await enterBoth([family, 'staff'])
      await change(one)
      expect(await one.host.pocket.sendLogoutNotices()).toBe(0)
      expect(await one.host.stores.artifacts.accountsOf(one.client.id)).toEqual([one.account.id])
    })
  })

  test('a second user who signs in in the same browser logs out no one', async () => {
    const { host, agent, authorize } = await enterClient()
    const other = await host.person('bob')
    const page = await agent.follow(await agent.get(`${authorize}&prompt=login`))
    const response = await signIn(agent, page, other.authenticator)
    expect(response.status).toBe(200)
    await host.pocket[Symbol.asyncDispose]()
    await host.pocket.sendLogoutNotices()
    expect(receiver.tokens).toEqual([])
  })

  test('does not call a client that is deleted, has no URI or was never used in the session', async () => {
    const { host, agent, client } = await enterClient()
    await host.client({ name: 'Other', protocol: { backchannelLogoutUri: receiver.url } })
    receiver.status = 500
    await signOut(host, agent)
    await host.pocket[Symbol.asyncDispose]()
    expect(receiver.tokens).toHaveLength(1)
    await host.pocket.clients.remove(client.id)
    host.clock.pass(minute)
    expect(await host.pocket.sendLogoutNotices()).toBe(0)
    expect(receiver.tokens).toHaveLength(1)
  })
})
