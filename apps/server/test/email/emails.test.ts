import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { SoftwareAuthenticator, type UserAgent } from '@pocket/core/testing'
import { databaseKinds, freePort, quickOnly, shareBetweenTests } from '@pocket/test-support'
import { findAuditEvents, startCalledInstance } from '../api/calls.ts'
import { registerPasskey } from '../api/instance.ts'
import { createPerson } from '../api/people.ts'
import { setUpAdministrator, startApp } from '../http/app.ts'
import { withoutLongTimeouts } from '../stopped-time.ts'
import { smtpSettings, startMailServer } from './mail-server.ts'

const testEmail = 'POST /api/application-configuration/test-email'

describe.each(databaseKinds)('%s', (kind) => {
  const server = shareBetweenTests(() => startMailServer())
  const settings = { EMAIL_ONE_TIME_ACCESS_AS_ADMIN_ENABLED: 'true', APP_NAME: 'Our Pocket', ACCENT_COLOR: '#123456' }
  const instance = shareBetweenTests(() => startCalledInstance(kind, { ...smtpSettings(server), ...settings }))

  /** A user with a session and an e-mail address. */
  async function createSignedIn(fields: Readonly<Record<string, unknown>> = {}) {
    const { id, json } = await createPerson(instance, fields)
    const agent = instance.agent()
    const { code } = await instance.app.issueLoginCode(String(json.username))
    await agent.postForm(`${instance.url}/lc`, { code })
    // The first sign-in also sends a notice.
    if (json.email !== null) await server.received(String(json.email))
    server.forget(String(json.email))
    return { id, agent, email: String(json.email), json }
  }

  async function receiveVerificationToken({ agent, email }: { agent: UserAgent; email: string }): Promise<string> {
    const { status } = await instance.call('POST /api/users/me/send-email-verification', { agent })
    expect(status).toBe(204)
    const { mail } = await server.received(email)
    return /verify-email\?token=([a-z0-9]{32})\n/.exec(mail.text ?? '')?.[1] ?? ''
  }
  const verify = (agent: UserAgent, token: string) =>
    instance.call('POST /api/users/me/verify-email', { agent, body: { token } })

  test('lets an administrator test the settings, and sends both parts of an e-mail', async () => {
    expect(await instance.call(testEmail)).toMatchObject({ status: 204 })
    const { mail, raw } = await server.received('ada@example.com')
    expect(mail).toMatchObject({
      subject: 'Test e-mail from Our Pocket',
      from: { name: 'Our Pocket', address: 'id@example.com' },
      to: [{ address: 'ada@example.com' }],
    })
    expect(raw).toMatch(/Content-Type: multipart\/alternative/)
    expect(mail.text).toContain('Our Pocket can send e-mail.')
    expect(mail.html).toContain('<html lang="en" dir="ltr">')
    expect(mail.html).toContain(`src="${instance.url}/api/application-images/email"`)
    expect(mail.html).toContain('prefers-color-scheme: dark')
    expect(mail.html).toContain('#123456')
  })

  test('sends a login code in the language of the recipient, which signs them in', async () => {
    const { id, email } = await createSignedIn({ locale: 'de-AT', displayName: 'Änne' })
    const call = 'POST /api/users/{id}/one-time-access-email'
    expect(await instance.call(call, { params: { id }, body: { ttl: '15m' } })).toMatchObject({ status: 204 })
    const { mail } = await server.received(email)
    expect(mail.subject).toBe('Dein Anmeldecode für Our Pocket')
    expect(mail.html).toContain('<html lang="de" dir="ltr">')
    expect(mail.text).toContain('15 Minuten')
    const code = /\/lc\/([A-Z0-9]{6})\n/.exec(mail.text ?? '')?.[1] ?? ''
    const agent = instance.agent()
    await agent.postForm(`${instance.url}/lc`, { code })
    expect(await instance.call('GET /api/users/me', { agent })).toMatchObject({ json: { id } })
    expect(findAuditEvents(instance, 'code_issued').at(-1)).toMatchObject({ accountId: id })
  })

  test('sends the link of an invitation to a valid address only', async () => {
    const page = `${instance.url}/settings/admin/invitations`
    const invite = (email: string) => instance.administrator.postForm(page, { uses: '1', lifetime: 'day', email })
    for (const email of ['nobody', 'a@b c', `eve@example.com, eve@example.org`]) {
      const refused = await invite(email)
      expect(refused.status).toBe(400)
      expect(refused.text).toMatch(/id="f-email"[^>]*aria-invalid="true"/)
    }
    const invited = await instance.administrator.follow(await invite(' eve@example.com '))
    expect(invited.text).toContain('The link is being sent to eve@example.com.')
    const { mail } = await server.received('eve@example.com')
    const [link = ''] = /http\S+\/st\/[A-Za-z0-9]{16}(?=#email=eve%40example\.com\n)/.exec(mail.text ?? '') ?? []
    expect(link).toContain(`${instance.url}/st/`)
    expect(invited.text).toContain(`>${link}<`)
  })

  test('verifies an address once, and only for its recipient', async () => {
    const person = await createSignedIn()
    const otherAgent = await createSignedIn()
    const token = await receiveVerificationToken(person)
    expect(await verify(otherAgent.agent, token)).toMatchObject({
      status: 400,
      json: { code: 'invalid_email_verification_token' },
    })
    const results = await Promise.all([1, 2, 3].map(() => verify(person.agent, token)))
    expect(results.map(({ status }) => status).sort()).toEqual([204, 400, 400])
    const me = await instance.call('GET /api/users/me', { agent: person.agent })
    expect(me.json).toMatchObject({ emailVerified: true })
  })

  test('does not verify an address that was changed after the link was sent', async () => {
    const person = await createSignedIn()
    const token = await receiveVerificationToken(person)
    await registerPasskey(person.agent, instance.url)
    const body = { ...person.json, email: `other-${person.email}` }
    expect(await instance.call('PUT /api/users/me', { agent: person.agent, body })).toMatchObject({ status: 200 })
    expect(await verify(person.agent, token)).toMatchObject({ status: 400 })
    const me = await instance.call('GET /api/users/me', { agent: person.agent })
    expect(me.json).toMatchObject({ emailVerified: false })
  })

  test('confirms on the page of the link, and requires a session first', async () => {
    const person = await createSignedIn()
    const token = await receiveVerificationToken(person)
    const address = `${instance.url}/verify-email?token=${token}`
    const away = await instance.agent().get(address)
    expect(away.headers.get('location')).toContain('/login?redirect=%2Fverify-email%3Ftoken%3D')
    const page = await person.agent.get(address)
    expect(page.text).toMatch(new RegExp(`Confirm that .*${person.email}.* is yours`))
    const getCurrentUser = () => instance.call('GET /api/users/me', { agent: person.agent })
    expect((await getCurrentUser()).json).toMatchObject({ emailVerified: false })
    const done = await person.agent.postForm(`${instance.url}/verify-email`, { token })
    expect([done.status, done.headers.get('location')]).toEqual([303, `/verify-email`])
    expect((await person.agent.get(`${instance.url}/verify-email`)).text).toContain('E-mail address verified')
    expect((await getCurrentUser()).json).toMatchObject({ emailVerified: true })
    const again = await person.agent.postForm(`${instance.url}/verify-email`, { token })
    expect([again.status, again.text]).toEqual([400, expect.stringContaining('This link doesn’t work')])
  })

  test('lets an invited user register a passkey with the link', async () => {
    const { id, json } = await createPerson(instance, { locale: 'ar' })
    const call = 'POST /api/users/{id}/invitation-email'
    expect(await instance.call(call, { params: { id }, body: {} })).toMatchObject({ status: 204 })
    const { mail } = await server.received(String(json.email))
    expect(mail.html).toContain('<html lang="ar" dir="rtl">')
    const link = /http\S+\/lc\/[A-Z0-9]{12}\?redirect=%2Fsignup%2Fadd-passkey/.exec(mail.text ?? '')?.[0] ?? ''
    const agent = instance.agent()
    const page = await agent.get(link)
    const [form] = page.forms()
    if (form === undefined) throw new Error('The page has no form')
    const inside = await agent.postForm(form.action, form.fields)
    expect([inside.status, inside.headers.get('location')]).toEqual([303, '/signup/add-passkey'])
  })

  test('offers the link on the account page only if verification is enabled', async () => {
    const { agent } = await createSignedIn()
    expect((await agent.get(`${instance.url}/settings/account`)).text).not.toContain('verify-email')
    await using verifying = await startCalledInstance('SQLite', {
      ...smtpSettings(server),
      EMAIL_VERIFICATION_ENABLED: 'true',
    })
    const { administrator, url } = verifying
    expect((await administrator.get(`${url}/settings/account`)).text).toContain('/settings/account/verify-email')
    const sent = await administrator.postForm(`${url}/settings/account/verify-email`, {})
    expect(sent.status).toBe(303)
    const after = await administrator.get(`${url}/settings/account`)
    expect(after.text).toContain('A link is on its way to')
  })

  test('shows administrators the delivery status of e-mails without their content', async () => {
    const { email, agent } = await createSignedIn()
    server.refuseNext(550)
    await instance.call('POST /api/users/me/send-email-verification', { agent })
    const list = (query: string) => instance.call('GET /api/emails', { query })
    // Requests run in order, so the first one is complete once the later one of another user has arrived.
    await receiveVerificationToken(await createSignedIn())
    const { json, response } = await list(`?search=${email}&filters[state]=failed`)
    expect(json.data).toEqual([
      expect.objectContaining({ kind: 'email-verification', recipient: email, state: 'failed', attempts: 1 }),
    ])
    expect(response.text).not.toContain('v1.')
    const [{ id }] = json.data as [{ id: string }]
    expect(await instance.call('POST /api/emails/{id}/retry', { params: { id } })).toMatchObject({ status: 204 })
    await server.received(email)
    expect(await instance.call('GET /api/emails', { agent })).toMatchObject({ status: 403 })
  })

  test('shows the response of the e-mail server on the page, and retries', async () => {
    const pageUrl = `${instance.url}/settings/admin/emails`
    const bulkUrl = `${pageUrl}/bulk`
    const { administrator } = instance
    const { email, agent } = await createSignedIn()
    server.refuseNext(550)
    await instance.call('POST /api/users/me/send-email-verification', { agent })
    await receiveVerificationToken(await createSignedIn())
    const page = await administrator.get(`${pageUrl}?search=${email}&filters[state]=failed`)
    expect(page.text).toMatch(/<p>Failed: [1-9]/)
    expect(page.text).toMatch(/<bdi dir="ltr">[^<]*550 Not now<\/bdi>/)
    const [, id = ''] = /name="ids" value="([^"]+)"/.exec(page.text) ?? []
    const retried = await administrator.follow(
      await administrator.postForm(bulkUrl, { ids: id, list: '?search=x', act: 'retry' }),
    )
    expect(retried.url).toBe(`${pageUrl}?search=x`)
    expect(retried.text).toContain(`Being sent, reload for the result: ${email}`)
    await server.received(email)
    await receiveVerificationToken(await createSignedIn())
    const late = await administrator.follow(await administrator.postForm(bulkUrl, { ids: id }))
    expect(late.text).toContain(`<bdi>${email}</bdi>: It was already sent`)
    expect((await administrator.follow(await administrator.postForm(bulkUrl, {}))).text).toContain(
      'Select entries first.',
    )
    expect((await agent.get(pageUrl)).status).toBe(403)
    expect((await agent.postForm(bulkUrl, { ids: id })).status).toBe(403)
    expect((await administrator.postForm(bulkUrl, { ids: id }, { from: 'https://evil.example/' })).status).toBe(403)
  })

  test('shows all e-mails that cannot be retried', async () => {
    const { id, email } = await createSignedIn()
    for (let count = 0; count < 9; count++)
      await instance.call('POST /api/users/{id}/one-time-access-email', { params: { id }, body: { ttl: '15m' } })
    const listSent = async () => {
      const { json } = await instance.call('GET /api/emails', { query: `?search=${email}&filters[state]=sent` })
      return (json.data as readonly { readonly id: string }[]).map((each) => ['ids', each.id] as const)
    }
    let ids = await listSent()
    while (ids.length < 9) ids = await listSent()
    const page = await instance.administrator.postForm(`${instance.url}/settings/admin/emails/bulk`, ids)
    expect(page.status).toBe(200)
    expect(page.text).toContain(`Not changed: ${ids.length}`)
    expect(page.text.match(new RegExp(`<bdi>${email}</bdi>: It was already sent`, 'g'))).toHaveLength(ids.length)
  })

  test('deletes the e-mails of a deleted user', async () => {
    const { id, email, agent } = await createSignedIn()
    server.refuseNext(451)
    await instance.call('POST /api/users/me/send-email-verification', { agent })
    await receiveVerificationToken(await createSignedIn())
    await instance.call('DELETE /api/users/{id}', { params: { id } })
    expect((await instance.call('GET /api/emails', { query: `?search=${email}` })).json.data).toEqual([])
  })
})

quickOnly(test)(
  'rejects e-mail codes if the setting is off, and fails no request while the e-mail server is down',
  async () => {
    const unreachable = { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(await freePort()), SMTP_FROM: 'id@example.com' }
    await using instance = await startCalledInstance('SQLite', unreachable)
    const { id } = await createPerson(instance)
    const call = 'POST /api/users/{id}/one-time-access-email'
    expect(await instance.call(call, { params: { id }, body: {} })).toMatchObject({
      status: 403,
      json: { code: 'one_time_access_disabled' },
    })
    expect(await instance.call('POST /api/users/me/send-email-verification')).toMatchObject({ status: 204 })
    expect(await instance.call(testEmail)).toMatchObject({
      status: 500,
      json: { code: 'misconfigured', error: expect.stringContaining('ECONNREFUSED') },
    })
  },
)

quickOnly(test)('is not blocked, in requests or at shutdown, by a server that does not respond', async () => {
  const silent = createServer((socket) => socket.on('error', () => {}).resume())
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as AddressInfo
  const env = { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(port), SMTP_FROM: 'id@example.com' }
  await using stack = new AsyncDisposableStack()
  const instance = stack.use(await startCalledInstance('SQLite', env))
  // A silent connection times out after fifteen seconds, and at shutdown after two.
  await withoutLongTimeouts(async () => {
    const connected = once(silent, 'connection')
    expect(await instance.call('POST /api/users/me/send-email-verification')).toMatchObject({ status: 204 })
    await connected
    silent.close()
    expect((await instance.call('GET /api/emails')).json.data).toMatchObject([{ state: 'waiting', attempts: 1 }])
    expect(await instance.call('POST /api/users/me/send-email-verification')).toMatchObject({ status: 204 })
    await stack.disposeAsync()
  })
  expect(instance.log.join('')).toContain('The SMTP server did not respond in time.')
})

quickOnly(test)('notifies about the first sign-in from a browser, but not about later ones', async () => {
  await using server = await startMailServer()
  await using running = await startApp({ ...smtpSettings(server), EMAIL_LOGIN_NOTIFICATION_ENABLED: 'true' })
  const { url } = running
  const authenticator = new SoftwareAuthenticator()
  const administrator = running.agent()
  await setUpAdministrator(administrator, url, authenticator)
  const headers = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
  const signIn = async (options: { readonly headers?: Readonly<Record<string, string>> } = {}) => {
    const agent = running.agent()
    const ceremony = (await agent.getJson(`${url}/login/ceremony`, options)).json() as {
      options: Parameters<SoftwareAuthenticator['get']>[0]
    }
    const response = authenticator.get(ceremony.options, { origin: url })
    expect(await agent.sendJson('POST', `${url}/login`, { body: { response }, options })).toMatchObject({
      status: 200,
    })
  }
  await signIn()
  await signIn({ headers })
  const { mail } = await server.received('ada@example.com')
  expect(mail.subject).toBe('New sign-in to Pocket ID')
  expect(mail.text).toContain('Firefox on Linux')
  expect(mail.text).toContain('Location: Internal network')
  await signIn({ headers })
  const list = await administrator.getJson(`${url}/api/emails`)
  expect(list.json()).toMatchObject({ data: [{ kind: 'new-sign-in' }] })
})

quickOnly(test)(
  'always notifies about a used login code and an approved device, regardless of the sign-in setting',
  async () => {
    await using server = await startMailServer()
    await using running = await startApp({
      ...smtpSettings(server),
      ALLOW_USER_SIGNUPS: 'open',
      SIGN_UP_APPROVAL: 'true',
    })
    const { url, app } = running
    const administrator = running.agent()
    await setUpAdministrator(administrator, url)
    const user = await app.directory.findByName('ada')
    const created = await administrator.postJson(`${url}/api/users/${user?.id}/invitation`, {})
    const { link } = created.json() as { link: string }
    const code = new URL(link).pathname.replace('/lc/', '')
    await running.agent().postForm(`${url}/lc`, { code })
    const { mail } = await server.received('ada@example.com')
    expect(mail.subject).toBe('New sign-in to Pocket ID')
    expect(mail.text).toContain('with a login code')

    const eve = { username: 'eve', email: 'eve@example.com' }
    const signedUp = await running.agent().postJson(`${url}/api/signup`, eve)
    const { id } = signedUp.json() as { id: string }
    const approve = `${url}/api/signup-approvals/${id}/approve`
    expect((await administrator.postJson(approve, { note: ' Welcome to the <family>! ' })).status).toBe(204)
    const approved = await server.received('eve@example.com')
    expect(approved.mail.subject).toBe('You can sign in to Pocket ID now')
    expect(approved.mail.text).toContain('Welcome to the <family>!')
    expect(approved.mail.html).toContain('Welcome to the &lt;family&gt;!')

    const mallory = { username: 'mallory', email: 'mallory@example.com' }
    const waits = (await running.agent().postJson(`${url}/api/signup`, mallory)).json() as { id: string }
    const refuse = `${url}/api/signup-approvals/${waits.id}/refuse`
    expect((await administrator.postJson(refuse, { note: 'x'.repeat(501) })).status).toBe(400)
    expect((await administrator.postJson(refuse, { note: 'This is for the family.' })).status).toBe(204)
    expect(await app.directory.find(waits.id)).toBeUndefined()
    const refused = await server.received('mallory@example.com')
    expect(refused.mail.text).toMatch(/has not approved[\s\S]*This is for the family\./)
  },
)
