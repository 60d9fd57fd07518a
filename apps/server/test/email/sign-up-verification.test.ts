import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator } from '@pocket/core/testing'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { openDatabase } from '../../src/composition/open-database.ts'
import { createSignUpVerification } from '../../src/sign-up/sign-up-verification.ts'
import { findAuditEvents, startCalledInstance } from '../api/calls.ts'
import { authorizationUrl, passkeyAnswer } from '../api/instance.ts'
import { freshName } from '../api/people.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { databaseOf } from '../http/app.ts'
import { smtpSettings, startMailServer } from './mail-server.ts'

describe.each(databaseKinds)('%s', (kind) => {
  async function start(env: Readonly<Record<string, string>> = {}) {
    const stack = new AsyncDisposableStack()
    const server = stack.use(await startMailServer())
    const folder = await mkdtemp(join(tmpdir(), 'pocket-verification-'))
    stack.defer(() => rm(folder, { recursive: true, force: true }))
    const { DB_CONNECTION_STRING: address = join(folder, 'x.db') } = await databaseOf(kind, stack)
    const smtp = {
      DB_CONNECTION_STRING: address,
      ...smtpSettings(server),
    }
    const instance = stack.use(
      await startCalledInstance(kind, { ...smtp, ALLOW_USER_SIGNUPS: 'open', SIGN_UP_VERIFICATION: 'true', ...env }),
    )
    const kept =
      kind === 'SQLite' ? { kind: 'sqlite' as const, path: address } : { kind: 'postgres' as const, url: address }
    const database = stack.use(
      await openDatabase(
        { database: kept, dataFolder: folder, encryptionKey: Buffer.from('a key for tests that is long enough') },
        recordingLogger().logger,
      ),
    )
    /** Signs up on the page with a passkey. */
    const signUp = async (username = freshName(), redirect = '', agent = instance.agent()) => {
      const authenticator = new SoftwareAuthenticator()
      const email = `${username}@example.com`
      const optionsResponse = await agent.postJson(`${instance.url}/signup/options`, {
        username,
        email,
        firstName: 'Eve',
      })
      const { options } = optionsResponse.json() as { options: Parameters<SoftwareAuthenticator['create']>[0] }
      const response = authenticator.create(options, { origin: instance.url })
      const finished = await agent.postJson(`${instance.url}/signup${redirect}`, { response })
      const signIn = async () =>
        agent.postJson(
          `${instance.url}/api/webauthn/login/finish`,
          await passkeyAnswer(agent, instance.url, authenticator),
        )
      return { agent, username, email, finished, signIn }
    }
    /** The link of the next e-mail to this address. */
    const receiveLink = async (email: string) => {
      const { mail } = await server.received(email)
      server.forget(email)
      return /http\S+/.exec(mail.text ?? '')?.[0] ?? ''
    }
    const receiveToken = async (email: string) =>
      new URL(
        /http\S+\/verify-email\?\S+/.exec((await server.received(email)).mail.text ?? '')?.[0] ?? '',
      ).searchParams.get('token') ?? ''
    return {
      instance,
      database,
      signUp,
      receiveToken,
      receiveLink,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  }

  const shared = shareBetweenTests(() => start())

  test('signs a new user in once their address is verified, wherever the link is opened', async () => {
    await using fixture = await start()
    const { instance, signUp, receiveToken } = fixture
    const { agent, username, email, finished, signIn } = await signUp()
    expect(finished.json()).toEqual({ redirectTo: '/signup/waiting' })
    expect((await agent.get(`${instance.url}/signup/waiting`)).text).toContain('Check your e-mail')
    expect((await signIn()).status).toBe(403)
    const token = await receiveToken(email)
    const elsewhere = instance.agent()
    const link = `${instance.url}/verify-email?token=${token}`
    // E-mail scanners open links, so only the button verifies.
    expect((await elsewhere.get(link)).text).toContain(username)
    expect((await signIn()).status).toBe(403)
    const verified = await elsewhere.postForm(`${instance.url}/verify-email`, { token }, { from: link })
    expect([verified.status, verified.text]).toEqual([200, expect.stringContaining('You’re in')])
    expect((await elsewhere.getJson(`${instance.url}/api/users/me`)).status).toBe(401)
    const signedIn = await signIn()
    expect(signedIn.json()).toMatchObject({ username, emailVerified: true, disabled: false })
    expect(findAuditEvents(instance, 'account_enabled')).toHaveLength(1)
    expect((await elsewhere.postForm(`${instance.url}/verify-email`, { token })).status).toBe(401)
    expect(instance.log.join()).not.toContain(token)
  })

  test('requires an e-mail address, and reports the second of two concurrent confirmations as done', async () => {
    await using fixture = await start({ REQUIRE_USER_EMAIL: 'false' })
    const { instance, signUp, receiveToken } = fixture
    const without = await instance.call('POST /api/signup', {
      body: { username: freshName() },
      agent: instance.agent(),
    })
    expect(without).toMatchObject({ status: 400, json: { code: 'validation_failed' } })
    const { email } = await signUp()
    const token = await receiveToken(email)
    const all = await Promise.all(
      Array.from({ length: 5 }, () => instance.agent().postForm(`${instance.url}/verify-email`, { token })),
    )
    expect(all.filter(({ text }) => text.includes('You’re in'))).toHaveLength(1)
    expect(all.filter(({ status }) => status >= 500)).toEqual([])
  })

  test('also requires the approval of an administrator if enabled', async () => {
    await using fixture = await start({ SIGN_UP_APPROVAL: 'true' })
    const { instance, signUp, receiveToken } = fixture
    const { email, signIn } = await signUp()
    const token = await receiveToken(email)
    const verified = await instance.agent().postForm(`${instance.url}/verify-email`, { token })
    expect(verified.text).toContain('An administrator now has to approve')
    expect((await signIn()).status).toBe(403)
    const response = await instance.administrator.getJson(`${instance.url}/api/signup-approvals`)
    const [waiting] = response.json() as { user: { id: string; emailVerified: boolean } }[]
    expect(waiting?.user.emailVerified).toBe(true)
    const params = { id: waiting?.user.id ?? '' }
    await instance.call('POST /api/signup-approvals/{id}/approve', { params, body: {} })
    expect((await signIn()).status).toBe(200)
  })

  test('deletes an unverified user after a day, and keeps one who was enabled manually', async () => {
    await using fixture = await start()
    const { instance, signUp } = fixture
    const [late, helped] = [await signUp(), await signUp()]
    const user = await instance.app.directory.findByName(helped.username)
    const id = user?.id ?? ''
    const body = { username: helped.username, email: helped.email, firstName: 'Eve', disabled: false }
    expect((await instance.call('PUT /api/users/{id}', { params: { id }, body })).status).toBe(200)
    await instance.call('PUT /api/users/{id}', { params: { id }, body: { ...body, disabled: true } })
    const { directory, pocket } = instance.app
    const events: unknown[] = []
    const removeUnverifiedAt = async (now: number) =>
      createSignUpVerification(
        {
          directory,
          pocket,
          database: fixture.database,
          deleteUserData: (userId) => pocket.forgetAccount(userId),
          audit: { record: async (event) => void events.push(event) },
          transaction: (work) => work(),
          clock: { now: () => now },
        },
        { findAccountId: async () => undefined, finish: async () => {} },
      ).removeExpired()
    await removeUnverifiedAt(Date.now() + 23 * 60 * 60_000)
    expect(await directory.findByName(late.username)).toBeDefined()
    await removeUnverifiedAt(Date.now() + 25 * 60 * 60_000)
    expect(events).toEqual([{ event: 'account_removed', accountId: expect.any(String) }])
    expect(await instance.app.directory.findByName(late.username)).toBeUndefined()
    expect(await instance.app.directory.findByName(helped.username)).toBeDefined()
    expect((await signUp(late.username)).finished.status).toBe(200)
  })

  test.each([
    ['?redirect=https%3A%2F%2Fevil.example%2F', '/login'],
    ['?redirect=%2F%2Fevil.example', '/login'],
    ['?redirect=%2Finteraction%2Fsomebody-elses', '/login'],
    ['?redirect=%2Fsettings%2Faudit-log', '/settings/audit-log'],
    [`?redirect=%2Fdevice%3Fcode%3D${'A'.repeat(3000)}`, '/login'],
  ])('stores no external or unknown return URL', async (redirect, expected) => {
    const { signUp, receiveLink, instance } = shared
    const { email } = await signUp(freshName(), redirect)
    const token = new URL(await receiveLink(email)).searchParams.get('token') ?? ''
    const { text } = await instance.agent().postForm(`${instance.url}/verify-email`, { token })
    expect(text).toContain(`<a class="btn primary big" href="${expected}">`)
  })

  test.each([
    { approval: false, launchURL: 'https://app.example/start', by: 'nobody' },
    { approval: true, launchURL: null, by: 'approval' },
    { approval: true, launchURL: null, by: 'hand' },
  ])(
    'returns a waiting user to the original application, with approval: $approval, enabled by: $by',
    async ({ approval, launchURL, by }) => {
      const { instance, signUp, receiveLink } = shared
      const { url } = instance
      await instance.call('PATCH /api/settings', { body: { signUpApproval: approval } })
      const client = await instance.call('POST /api/oidc/clients', {
        body: { name: 'Notes', callbackURLs: ['https://app.example/cb'], launchURL },
      })
      const agent = instance.agent()
      const { location } = await agent.get(authorizationUrl(url, String(client.json.id), 'https://app.example/cb'))
      const { pathname } = new URL(location ?? '', url)
      const { finished, email, signIn } = await signUp(freshName(), `?redirect=${pathname}`, agent)
      const { redirectTo } = finished.json() as { redirectTo: string }
      const waiting = await agent.get(url + redirectTo)
      const loginUrl = /href="(\/login\?[^"]+)"/.exec(waiting.text)?.[1]?.replaceAll('&amp;', '&') ?? ''

      const verifyAt = await receiveLink(email)
      const token = new URL(verifyAt).searchParams.get('token') ?? ''
      const verified = await instance.agent().postForm(`${url}/verify-email`, { token })
      let nextUrl = url + (/href="(\/interaction\/[^"]+)"/.exec(verified.text)?.[1]?.replaceAll('&amp;', '&') ?? '')
      if (approval) {
        const { json } = await instance.call('GET /api/signup-approvals')
        const [person] = json as unknown as { user: { id: string } }[]
        const params = { id: person?.user.id ?? '' }
        const enable = `${url}/settings/admin/users/${params.id}/enable`
        if (by === 'hand') expect((await instance.administrator.postForm(enable, {})).status).toBe(303)
        else await instance.call('POST /api/signup-approvals/{id}/approve', { params, body: {} })
        nextUrl = await receiveLink(email)
      }
      expect(new URL(nextUrl).pathname).toBe(`${pathname}/arrived`)
      expect((await agent.get(nextUrl)).location).toContain('/login?redirect=%2Finteraction%2F')
      expect((await signIn()).status).toBe(200)
      // The original browser continues with the link of the e-mail and with the page that is still open.
      expect((await agent.get(nextUrl)).location).toBe(url + pathname)
      const { location: signedIn } = await agent.get(url + loginUrl)
      expect((await agent.get(String(signedIn))).location).toBe(url + pathname)

      // If the session has ended, or on another device, the page names the application and offers to open it again.
      agent.clearCookies()
      expect((await signIn()).status).toBe(200)
      const arrived = await agent.get(nextUrl)
      expect([arrived.status, arrived.text]).toEqual([200, expect.stringContaining('Notes')])
      expect(arrived.text.includes(`href="${launchURL}"`)).toBe(launchURL !== null)
    },
  )
})
