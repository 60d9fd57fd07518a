import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { NotFoundError } from '@pocket/core/errors'
import { SoftwareAuthenticator, type UserAgent } from '@pocket/core/testing'
import { databaseKinds, quickOnly, shareBetweenTests } from '@pocket/test-support'
import { findAuditEvents, startCalledInstance } from '../api/calls.ts'
import { freshName } from '../api/people.ts'
import { smtpSettings, startMailServer } from './mail-server.ts'

const staticKey = 'a key of the environment'
const day = 86_400_000

describe.each(databaseKinds)('recovery by e-mail on %s', (kind) => {
  const server = shareBetweenTests(() => startMailServer())
  const instance = shareBetweenTests(() =>
    startCalledInstance(kind, { ...smtpSettings(server), STATIC_API_KEY: staticKey }),
  )

  beforeAll(async () => {
    expect((await send('PATCH', '/api/settings', { recoveryByEmail: '1d' })).status).toBe(200)
  })
  afterEach(() => void jest.restoreAllMocks())

  const requestRecovery = (email: string, agent = instance.agent()) =>
    agent.postForm(`${instance.url}/recover/email`, { email })
  const stopRecovery = (token: string) => instance.agent().postForm(`${instance.url}/recover/stop`, { token })
  /** By the API key of the environment, because a session ends when the clock is set forward. */
  const send = async (method: string, path: string, body?: object) =>
    instance.agent().sendJson(method, instance.url + path, {
      ...(body && { body }),
      options: { headers: { 'x-api-key': staticKey } },
    })
  const createUser = async (fields = {}) => {
    const username = freshName()
    const email = `${username}@example.com`
    const response = await send('POST', '/api/users', { username, email, emailVerified: true, ...fields })
    return { id: (response.json() as { readonly id: string }).id, username, email }
  }
  /** The token that stops the recovery. */
  const receiveToken = async (address: string) => {
    const { mail } = await server.received(address)
    server.forget(address)
    return /\/recover\/stop\?token=([\w-]+)/.exec(mail.text ?? '')?.[1] ?? ''
  }
  const setClockForward = (days: number) => {
    const now = Date.now.bind(Date)
    jest.spyOn(Date, 'now').mockImplementation(() => now() + days * day)
  }
  const runJob = async (name: string) => {
    const startedAt = new Date(Date.now()).toISOString()
    const isDone = async () => {
      const jobs = (await send('GET', '/api/jobs')).json() as readonly {
        readonly name: string
        readonly isRunning: boolean
        readonly lastRun: { readonly finishedAt: string } | null
      }[]
      const job = jobs.find((each) => each.name === name)
      return job?.isRunning === false && (job.lastRun?.finishedAt ?? '') >= startedAt
    }
    await send('POST', `/api/jobs/${name}/run`)
    while (!(await isDone()));
  }
  /** Sends the e-mails that are due after this time. */
  const sendDue = async (days: number) => {
    setClockForward(days)
    await runJob('send-recovery-codes')
    await runJob('send-emails')
  }
  const receiveCode = async (address: string) =>
    /([2-9A-Z]{4}-){3}[2-9A-Z]{4}/.exec((await server.received(address)).mail.text ?? '')?.[0] ?? ''
  const enter = (agent: UserAgent, code: string) => agent.postForm(`${instance.url}/lc`, { code, redirect: '' })
  const addPasskey = async (agent: UserAgent) => {
    const begun = await agent.postJson(`${instance.url}/recover/options`, {})
    if (begun.status !== 200) return begun.status
    const { options } = begun.json() as { readonly options: Parameters<SoftwareAuthenticator['create']>[0] }
    const response = new SoftwareAuthenticator().create(options, { origin: instance.url })
    return (await agent.postJson(`${instance.url}/recover`, { response })).status
  }

  test.each(['/login', '/lc'])('is linked from %s', async (path) => {
    expect((await instance.agent().get(instance.url + path)).text).toContain('href="/recover/email"')
  })

  test('notifies the user and the administrators immediately, and sends the code after the waiting period', async () => {
    const { id, username, email } = await createUser()
    await requestRecovery(email)
    await receiveToken(email)
    expect((await server.received('ada@example.com')).mail.text).toContain(username)
    server.forget('ada@example.com')
    const entry = await send('GET', '/api/audit-logs/all?filters[event]=RECOVERY_REQUESTED&pagination[limit]=1')
    expect(entry.json()).toMatchObject({ data: [{ userID: id }] })
    await sendDue(0.99)
    expect(server.delivered.filter(({ to }) => to.includes(email))).toEqual([])
    jest.restoreAllMocks()
    await sendDue(1)
    const code = await receiveCode(email)
    const agent = instance.agent()
    expect((await enter(agent, code)).status).toBe(303)
    expect((await agent.getJson(`${instance.url}/api/users/me`)).status).toBe(401)
    expect(await addPasskey(agent)).toBe(200)
    expect((await agent.getJson(`${instance.url}/api/users/me`)).json()).toMatchObject({ id })
  })

  test('is stopped with one tap by the link of any notified user, even after the code was sent and entered', async () => {
    const { email } = await createUser()
    await requestRecovery(email)
    const token = await receiveToken(email)
    expect(await receiveToken('ada@example.com')).toBe(token)
    await sendDue(1)
    const code = await receiveCode(email)
    const agent = instance.agent()
    await enter(agent, code)
    const response = await instance.agent().get(`${instance.url}/recover/stop?token=${token}`)
    expect(response.text).toContain('Stop this recovery?')
    expect((await stopRecovery(token)).text).toContain('Recovery stopped')
    expect(await addPasskey(agent)).toBe(401)
    expect((await stopRecovery(token)).text).toContain('No recovery to stop')
  })

  test('is too late to stop once a passkey was added, and the page says so', async () => {
    const { id, email } = await createUser()
    await requestRecovery(email)
    const token = await receiveToken(email)
    await sendDue(1)
    const agent = instance.agent()
    await enter(agent, await receiveCode(email))
    expect(await addPasskey(agent)).toBe(200)
    for (let tap = 0; tap < 2; tap += 1) expect((await stopRecovery(token)).text).toContain('The code was already used')
    const isShown = async () =>
      (await agent.get(`${instance.url}/settings/account/security`)).text.includes('Stop recovery')
    expect(await isShown()).toBe(true)
    await agent.postForm(`${instance.url}/settings/account/recovery/stop`, {})
    expect(await isShown()).toBe(false)
    expect(findAuditEvents(instance, 'recovery_stopped').filter((entry) => JSON.stringify(entry).includes(id))).toEqual(
      [],
    )
  })

  const changes: readonly (readonly [string, (id: string) => Promise<unknown>])[] = [
    ['recovery by e-mail is turned off', () => send('PATCH', '/api/settings', { recoveryByEmail: 'disabled' })],
    ['the user becomes an administrator', (id) => instance.app.directory.users.update(id, {}, { administrator: true })],
    [
      'the e-mail address is no longer verified',
      (id) => instance.app.directory.users.update(id, {}, { emailVerified: false }),
    ],
  ]

  test.each(changes)('accepts no code that was sent before %s', async (_, change) => {
    const { id, email } = await createUser()
    await requestRecovery(email)
    await receiveToken(email)
    await sendDue(1)
    const code = await receiveCode(email)
    try {
      await change(id)
      expect((await enter(instance.agent(), code)).status).toBe(400)
    } finally {
      await send('PATCH', '/api/settings', { recoveryByEmail: '1d' })
    }
  })

  test.each(changes)('sends no code after %s', async (_, change) => {
    const { id, email } = await createUser()
    await requestRecovery(email)
    await receiveToken(email)
    try {
      await change(id)
      await sendDue(1)
      expect(server.delivered.filter(({ to }) => to.includes(email))).toEqual([])
    } finally {
      await send('PATCH', '/api/settings', { recoveryByEmail: '1d' })
    }
  })

  test('is shown and stopped in a session of the user', async () => {
    const username = `owner-${kind}`.toLowerCase()
    const { agent, id } = await instance.person(username)
    const email = `${username}@example.com`
    const body = { username, email, emailVerified: true }
    await send('PUT', `/api/users/${id}`, body)
    await requestRecovery(email)
    await receiveToken(email)
    const security = `${instance.url}/settings/account/security`
    expect((await agent.get(security)).text).toContain('Recovery requested')
    await agent.postForm(`${instance.url}/settings/account/recovery/stop`, {})
    expect((await agent.get(security)).text).not.toContain('Recovery requested')
    await sendDue(1)
    expect(server.delivered.filter(({ to }) => to.includes(email))).toEqual([])
  })

  test('is a finding of the overview, and stopped by an administrator on the page of the user', async () => {
    const { url } = instance
    const { agent: administrator, id: by } = await instance.person(freshName())
    const ownName = freshName()
    const own = { username: ownName, email: `${ownName}@example.com`, isAdmin: true }
    expect((await send('PUT', `/api/users/${by}`, own)).status).toBe(200)
    const { id, username, email } = await createUser()
    const pending = `/settings/admin/users?filters[recovery]=pending`
    const countPending = async () => {
      const { text } = await administrator.get(`${url}/settings/admin`)
      return Number(/<strong>Pending recoveries by e-mail: (\d+)/.exec(text)?.[1] ?? 0)
    }
    const list = async (search: string) => (await administrator.get(`${url}${pending}&search=${search}`)).text
    const listOwn = () => list(username)
    const before = await countPending()
    expect(await listOwn()).not.toContain(id)
    await requestRecovery(email)
    await receiveToken(email)
    expect(await countPending()).toBe(before + 1)
    expect((await administrator.get(`${url}/settings/admin`)).text).toContain(`href="${pending}"`)
    expect(await listOwn()).toContain(id)
    expect(await list(ownName)).not.toContain(`/users/${by}"`)

    const page = `${url}/settings/admin/users/${id}/security`
    const stopForm = (await administrator.get(page)).form(`/settings/admin/users/${id}/recovery/stop`)
    const { agent: other } = await instance.person(freshName())
    expect((await other.postForm(stopForm.action, {})).status).toBe(403)
    expect(await countPending()).toBe(before + 1)
    const stopped = await administrator.follow(await administrator.postForm(stopForm.action, {}))
    expect(stopped.text).toMatch(/<p>Done: <strong>Recovery · /)
    expect(stopped.text).not.toContain('Recovery requested')
    expect([await countPending(), await listOwn()]).toEqual([before, expect.not.stringContaining(id)])
    expect(findAuditEvents(instance, 'recovery_stopped').at(-1)).toMatchObject({ accountId: id, by })
    await sendDue(1)
    expect(server.delivered.filter(({ to }) => to.includes(email))).toEqual([])
  })

  test('is listed and stopped over REST by the user and by an administrator', async () => {
    const username = freshName()
    const email = `${username}@example.com`
    const { agent, id } = await instance.person(username)
    await send('PUT', `/api/users/${id}`, { username, email, emailVerified: true })
    const own = '/api/users/me/recovery'
    const pendingUntil = expect.stringMatching(/^\d{4}-.*Z$/)
    for (const stopRecovery of [
      () => agent.sendJson('DELETE', instance.url + own, {}),
      () => send('DELETE', `/api/users/${id}/recovery`),
    ]) {
      await requestRecovery(email)
      await receiveToken(email)
      expect((await agent.getJson(instance.url + own)).json()).toMatchObject({ pendingUntil })
      const listed = (await send('GET', '/api/recoveries')).json()
      expect(listed).toContainEqual({ userId: id, username, pendingUntil })
      expect((await stopRecovery()).status).toBe(204)
      expect((await agent.getJson(instance.url + own)).json()).toMatchObject({ pendingUntil: null })
      expect(JSON.stringify((await send('GET', '/api/recoveries')).json())).not.toContain(id)
    }
    await sendDue(1)
    expect(server.delivered.filter(({ to }) => to.includes(email))).toEqual([])
  })

  test('leaves no usable code if it is stopped while the code is sent or entered', async () => {
    const first = await createUser()
    await requestRecovery(first.email)
    const sending = await receiveToken(first.email)
    await Promise.all([sendDue(1), stopRecovery(sending)])
    const sent = server.delivered.some(({ to }) => to.includes(first.email))
    if (sent) expect((await enter(instance.agent(), await receiveCode(first.email))).status).toBe(400)
    jest.restoreAllMocks()

    const second = await createUser()
    await requestRecovery(second.email)
    const entering = await receiveToken(second.email)
    await sendDue(1)
    const code = await receiveCode(second.email)
    const browsers = Array.from({ length: 5 }, () => instance.agent())
    await Promise.all([stopRecovery(entering), ...browsers.map((browser) => enter(browser, code))])
    const added = await Promise.all(browsers.map(addPasskey))
    expect(added.filter((status) => status === 200)).toEqual([])
  })

  test('sends the codes of other users if one fails, and does not try again if it can never be sent', async () => {
    const users = [await createUser(), await createUser(), await createUser()] as const
    for (const { email } of users) {
      await requestRecovery(email)
      await receiveToken(email)
    }
    const [refused, failing, other] = users
    const { recovery } = instance.app.pocket
    const replaceCodes = recovery.replaceCodes.bind(recovery)
    const tried: string[] = []
    jest.spyOn(recovery, 'replaceCodes').mockImplementation(async (accountId, codes) => {
      tried.push(accountId)
      if (accountId === refused.id) throw new NotFoundError('user_not_found', 'Test')
      if (accountId === failing.id) throw new Error('Test')
      return replaceCodes(accountId, codes)
    })
    await sendDue(1)
    expect(await receiveCode(other.email)).not.toBe('')
    expect(tried.toSorted()).toEqual([refused.id, failing.id, other.id].toSorted())
    await runJob('send-recovery-codes')
    expect(tried.slice(3)).toEqual([failing.id])
  })

  test('sends no code that can no longer be stopped', async () => {
    const { email } = await createUser()
    await requestRecovery(email)
    await receiveToken(email)
    await sendDue(2.1)
    expect(server.delivered.filter(({ to }) => to.includes(email))).toEqual([])
  })

  test('can be stopped as long as a code that was sent late is valid', async () => {
    const { email } = await createUser()
    await requestRecovery(email)
    const token = await receiveToken(email)
    await sendDue(1.9)
    const code = await receiveCode(email)
    jest.restoreAllMocks()
    setClockForward(2.5)
    expect((await stopRecovery(token)).text).toContain('Recovery stopped')
    expect((await enter(instance.agent(), code)).status).toBe(400)
  })

  test('starts once, and not again before it is over', async () => {
    const { email } = await createUser()
    await Promise.all([requestRecovery(email), requestRecovery(email), requestRecovery(email)])
    await receiveToken(email)
    await requestRecovery(email)
    await sendDue(0)
    expect(server.delivered.filter(({ to }) => to.includes(email))).toEqual([])
  })

  test("does not count notices about other users towards an administrator's own requests", async () => {
    await send('PATCH', '/api/settings', { recoveryCodes: 'everyone' })
    const administrator = await createUser({ isAdmin: true })
    for (let count = 0; count < 3; count++) {
      const { email } = await createUser()
      await requestRecovery(email)
      await receiveToken(email)
      await receiveToken(administrator.email)
    }
    await requestRecovery(administrator.email)
    await receiveToken(administrator.email)
    const entry = await send('GET', '/api/audit-logs/all?filters[event]=RECOVERY_REQUESTED&pagination[limit]=1')
    expect(entry.json()).toMatchObject({ data: [{ userID: administrator.id }] })
    await send('PATCH', '/api/settings', { recoveryCodes: 'users' })
  })

  test('gives strangers the same response for every address', async () => {
    const { email } = await createUser()
    const { email: unverified } = await createUser({ emailVerified: false })
    const results = await Promise.all(
      [email, unverified, 'ada@example.com', 'nobody@example.com'].map(async (address) => {
        const { status, text } = await requestRecovery(address)
        return [status, text.replaceAll(address, 'ADDRESS')]
      }),
    )
    expect(new Set(results.map((answer) => JSON.stringify(answer))).size).toBe(1)
    await receiveToken(email)
    await sendDue(0)
    for (const address of [unverified, 'nobody@example.com'])
      expect(server.delivered.filter(({ to }) => to.includes(address))).toEqual([])
  })

  test('a break-glass code works for an administrator, and notifies every administrator', async () => {
    const second = await createUser({ isAdmin: true })
    const { code } = await instance.app.issueBreakGlassCode('ada')
    const { code: replaced } = await instance.app.issueBreakGlassCode('ada')
    expect((await enter(instance.agent(), code)).status).toBe(400)
    expect((await enter(instance.agent(), replaced)).status).toBe(303)
    await sendDue(0)
    expect((await server.received(second.email)).mail.text).toContain('break-glass')
    const { username } = await createUser()
    await expect(instance.app.issueBreakGlassCode(username)).rejects.toMatchObject({ code: 'forbidden' })
  })
})

quickOnly(test)('recovery by e-mail is off by default', async () => {
  await using instance = await startCalledInstance('SQLite')
  const agent = instance.agent()
  expect((await agent.get(`${instance.url}/lc`)).text).not.toContain('/recover/email')
  expect((await agent.get(`${instance.url}/recover/email`)).location).toBe(`${instance.url}/lc`)
  const { status } = await agent.postForm(`${instance.url}/recover/email`, { email: 'ada@example.com' })
  expect(status).toBe(403)
})
