import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator } from '@pocket/core/testing'
import { createTestDatabase } from '@pocket/test-support'
import { openDatabase } from '../../src/database/open-database.ts'
import { createWaitingAddresses } from '../../src/sign-up/waiting-addresses.ts'
import { audited, kinds, startCalled } from '../api/calls.ts'
import { passkeyAnswer } from '../api/instance.ts'
import { freshName } from '../api/people.ts'
import { keepingLogger } from '../database/keeping-logger.ts'
import { startMailServer } from './mail-server.ts'

describe.each(kinds)('%s', (kind) => {
  async function start(env: Readonly<Record<string, string>> = {}) {
    const stack = new AsyncDisposableStack()
    const server = stack.use(await startMailServer())
    const folder = await mkdtemp(join(tmpdir(), 'pocket-verification-'))
    stack.defer(() => rm(folder, { recursive: true, force: true }))
    const address = kind === 'SQLite' ? join(folder, 'x.db') : stack.use(await createTestDatabase()).url
    const smtp = {
      DB_CONNECTION_STRING: address,
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(server.port),
      SMTP_FROM: 'id@example.com',
    }
    const instance = stack.use(
      await startCalled(kind, { ...smtp, ALLOW_USER_SIGNUPS: 'open', SIGN_UP_VERIFICATION: 'true', ...env }),
    )
    const kept =
      kind === 'SQLite' ? { kind: 'sqlite' as const, path: address } : { kind: 'postgres' as const, url: address }
    const database = stack.use(
      await openDatabase(
        { database: kept, dataFolder: folder, encryptionKey: Buffer.from('a key for tests that is long enough') },
        keepingLogger().logger,
      ),
    )
    /** Signs up on the page, with a passkey. */
    const signUp = async (username = freshName()) => {
      const agent = instance.agent()
      const authenticator = new SoftwareAuthenticator()
      const email = `${username}@example.com`
      const begun = await agent.postJson(`${instance.url}/signup/options`, { username, email, firstName: 'Eve' })
      // A cast: the authenticator refuses what is none.
      const { options } = begun.json() as { options: Parameters<SoftwareAuthenticator['create']>[0] }
      const response = authenticator.create(options, { origin: instance.url })
      const finished = await agent.postJson(`${instance.url}/signup`, { response })
      const signIn = async () =>
        agent.postJson(
          `${instance.url}/api/webauthn/login/finish`,
          await passkeyAnswer(agent, instance.url, authenticator),
        )
      return { agent, username, email, finished, signIn }
    }
    const tokenFor = async (email: string) =>
      new URL(
        /http\S+\/verify-email\?\S+/.exec((await server.received(email)).mail.text ?? '')?.[0] ?? '',
      ).searchParams.get('token') ?? ''
    return { instance, database, signUp, tokenFor, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  }

  test('who signs up comes in once their address is verified, wherever the link is opened', async () => {
    await using setting = await start()
    const { instance, signUp, tokenFor } = setting
    const { agent, username, email, finished, signIn } = await signUp()
    expect(finished.json()).toEqual({ redirectTo: '/signup/waiting' })
    expect((await agent.get(`${instance.url}/signup/waiting`)).text).toContain('Look into your e-mails')
    expect((await signIn()).status).toBe(403)
    const token = await tokenFor(email)
    const elsewhere = instance.agent()
    const link = `${instance.url}/verify-email?token=${token}`
    // What looks into e-mails opens links; only the button counts.
    expect((await elsewhere.get(link)).text).toContain(username)
    expect((await signIn()).status).toBe(403)
    const verified = await elsewhere.postForm(`${instance.url}/verify-email`, { token }, { from: link })
    expect([verified.status, verified.text]).toEqual([200, expect.stringContaining('You’re in')])
    expect((await elsewhere.getJson(`${instance.url}/api/users/me`)).status).toBe(401)
    const signedIn = await signIn()
    expect(signedIn.json()).toMatchObject({ username, emailVerified: true, disabled: false })
    expect(audited(instance, 'account_enabled')).toHaveLength(1)
    expect((await elsewhere.postForm(`${instance.url}/verify-email`, { token })).status).toBe(401)
    expect(instance.log.join()).not.toContain(token)
  })

  test('an address is needed, and of two who open the link at once one is told that they are in', async () => {
    await using setting = await start({ REQUIRE_USER_EMAIL: 'false' })
    const { instance, signUp, tokenFor } = setting
    const without = await instance.call('POST /api/signup', {
      body: { username: freshName() },
      agent: instance.agent(),
    })
    expect(without).toMatchObject({ status: 400, json: { code: 'validation_failed' } })
    const { email } = await signUp()
    const token = await tokenFor(email)
    const all = await Promise.all(
      Array.from({ length: 5 }, () => instance.agent().postForm(`${instance.url}/verify-email`, { token })),
    )
    expect(all.filter(({ text }) => text.includes('You’re in'))).toHaveLength(1)
    expect(all.filter(({ status }) => status >= 500)).toEqual([])
  })

  test('with approval besides, an administrator has the last word', async () => {
    await using setting = await start({ SIGN_UP_APPROVAL: 'true' })
    const { instance, signUp, tokenFor } = setting
    const { email, signIn } = await signUp()
    const token = await tokenFor(email)
    const verified = await instance.agent().postForm(`${instance.url}/verify-email`, { token })
    expect(verified.text).toContain('an administrator has to let')
    expect((await signIn()).status).toBe(403)
    const answer = await instance.administrator.getJson(`${instance.url}/api/signup-approvals`)
    const [waiting] = answer.json() as { user: { id: string; emailVerified: boolean } }[]
    expect(waiting?.user.emailVerified).toBe(true)
    const params = { id: waiting?.user.id ?? '' }
    await instance.call('POST /api/signup-approvals/{id}/approve', { params, body: {} })
    expect((await signIn()).status).toBe(200)
  })

  test('who has not verified anything within a day is gone; who was let in by hand stays', async () => {
    await using setting = await start()
    const { instance, signUp } = setting
    const [late, helped] = [await signUp(), await signUp()]
    const user = await instance.app.directory.findByName(helped.username)
    const id = user?.id ?? ''
    const body = { username: helped.username, email: helped.email, firstName: 'Eve', disabled: false }
    expect((await instance.call('PUT /api/users/{id}', { params: { id }, body })).status).toBe(200)
    await instance.call('PUT /api/users/{id}', { params: { id }, body: { ...body, disabled: true } })
    const { directory, pocket } = instance.app
    const events: unknown[] = []
    const removeAt = async (now: number) =>
      createWaitingAddresses({
        store: setting.database.approvals,
        verification: { accountOf: async () => undefined, finish: async () => {} },
        directory,
        forget: (userId) => pocket.forgetAccount(userId),
        audit: { record: async (event) => void events.push(event) },
        transaction: (work) => work(),
        clock: { now: () => now },
      }).removeExpired()
    await removeAt(Date.now() + 23 * 60 * 60_000)
    expect(await directory.findByName(late.username)).toBeDefined()
    await removeAt(Date.now() + 25 * 60 * 60_000)
    expect(events).toEqual([{ event: 'account_removed', accountId: expect.any(String) }])
    expect(await instance.app.directory.findByName(late.username)).toBeUndefined()
    expect(await instance.app.directory.findByName(helped.username)).toBeDefined()
    expect((await signUp(late.username)).finished.status).toBe(200)
  })
})
