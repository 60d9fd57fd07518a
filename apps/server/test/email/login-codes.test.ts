import { describe, expect, jest, test } from '@jest/globals'
import { Database } from '@pocket/core/internal/sql'
import type { UserAgent, UserAgentResponse } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { startCalledInstance } from '../api/calls.ts'
import { createPerson } from '../api/people.ts'
import { changeSettings } from '../api/setting-calls.ts'
import { smtpSettings, startMailServer } from './mail-server.ts'

const request = 'POST /api/one-time-access-email'

describe('login codes by e-mail', () => {
  const server = shareBetweenTests(() => startMailServer())
  const settings = { EMAIL_ONE_TIME_ACCESS_AS_UNAUTHENTICATED_ENABLED: 'true' }
  const instance = shareBetweenTests(() => startCalledInstance('SQLite', { ...smtpSettings(server), ...settings }))

  const sendRequest = (agent: UserAgent, email: string, extra = {}) =>
    instance.call(request, { agent, body: { email, ...extra } })

  async function receiveCode(address: string): Promise<{ readonly code: string; readonly link: string }> {
    const { mail } = await server.received(address)
    const [, link = '', code = ''] = /(http\S+\/lc\/([A-Z0-9]{6})\S*)\n/.exec(mail.text ?? '') ?? []
    return { code, link }
  }
  const useCode = (agent: UserAgent, code: string) =>
    instance.call('POST /api/one-time-access-token/{token}', { agent, params: { token: code } })

  /** The visible part of a response, without its random values. */
  function visibleResponse({ status, headers, text }: UserAgentResponse) {
    const shown = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name))
    return {
      status,
      text,
      headers: shown.map(([name, value]) => [
        name,
        value.replace(/device_token=[\w-]+/, 'device_token=…').replace(/expires=[^;]+/, ''),
      ]),
    }
  }

  test('accepts a code only in the browser that requested it', async () => {
    const { id, json } = await createPerson(instance)
    const agent = instance.agent()
    const response = await sendRequest(agent, String(json.email), { redirectPath: '/verify-email' })
    expect([response.status, response.response.headers.get('set-cookie')]).toEqual([
      204,
      expect.stringMatching(/^device_token=[\w-]{16,};.*httponly/i),
    ])
    const { code, link } = await receiveCode(String(json.email))
    expect(link).toBe(`${instance.url}/lc/${code}?redirect=%2Fverify-email`)
    expect((await useCode(instance.agent(), code)).status).toBeGreaterThanOrEqual(400)
    expect(await useCode(agent, code)).toMatchObject({ status: 200, json: { id } })
    expect(await useCode(agent, code)).toMatchObject({ status: 401, json: { code: 'token_invalid_or_expired' } })
  })

  test('does not reveal in the response whether an address exists', async () => {
    const { json } = await createPerson(instance)
    const known = await sendRequest(instance.agent(), String(json.email))
    const unknown = await sendRequest(instance.agent(), 'nobody@example.com')
    const disabled = await createPerson(instance, { disabled: true })
    const off = await sendRequest(instance.agent(), String(disabled.json.email))
    expect(visibleResponse(unknown.response)).toEqual(visibleResponse(known.response))
    expect(visibleResponse(off.response)).toEqual(visibleResponse(known.response))
    const requestOnPage = async (email: unknown) => {
      const response = await instance.agent().postForm(`${instance.url}/lc/email`, { email: String(email) })
      const { headers, ...shown } = visibleResponse(response)
      return { ...shown, headers: headers.filter(([name]) => name !== 'content-length') }
    }
    const maskEmail = (page: Awaited<ReturnType<typeof requestOnPage>>, email: unknown) =>
      JSON.stringify(page).replaceAll(String(email), 'the address')
    const shownToKnown = maskEmail(await requestOnPage(json.email), json.email)
    for (const email of ['nobody@example.com', disabled.json.email])
      expect(maskEmail(await requestOnPage(email), email)).toBe(shownToKnown)
    expect(shownToKnown).toContain('the address')
    await receiveCode(String(json.email))
    const last = await createPerson(instance)
    await sendRequest(instance.agent(), String(last.json.email))
    await receiveCode(String(last.json.email))
    const reached = server.delivered.flatMap(({ to }) => to)
    expect(reached).not.toContain('nobody@example.com')
    expect(reached).not.toContain(disabled.json.email)
  })

  test('looks up the user only after the response, so that its time reveals nothing', async () => {
    const { json } = await createPerson(instance)
    const email = String(json.email)
    const { query } = Database.prototype
    const answered = Promise.withResolvers<void>()
    const slow = jest.spyOn(Database.prototype, 'query').mockImplementation(async function (this: Database, ...sent) {
      if (sent[0].includes('pocket_user')) await answered.promise
      return query.apply(this, sent)
    })
    try {
      expect((await sendRequest(instance.agent(), email)).status).toBe(204)
    } finally {
      answered.resolve()
      slow.mockRestore()
    }
    await receiveCode(email)
  })

  test('sends a code to the stored address, not to the entered one', async () => {
    const { json } = await createPerson(instance)
    const [known, typed] = [String(json.email), String(json.email).toUpperCase()]
    const agent = instance.agent()
    await sendRequest(agent, typed)
    const { code } = await receiveCode(known)
    expect((await useCode(agent, code)).status).toBe(200)
    expect(server.delivered.filter(({ to }) => to.includes(typed))).toEqual([])
  })

  test('limits the e-mails to one mailbox', async () => {
    const { json } = await createPerson(instance)
    const email = String(json.email)
    for (let count = 0; count < 14; count++) await sendRequest(instance.agent(), email)
    const last = await createPerson(instance)
    await sendRequest(instance.agent(), String(last.json.email))
    await receiveCode(String(last.json.email))
    expect(server.delivered.filter(({ to }) => to.includes(email))).toHaveLength(10)
  })

  test('rejects an invalid address, and drops an external return URL', async () => {
    expect(await sendRequest(instance.agent(), 'no address')).toMatchObject({
      status: 400,
      json: { code: 'validation_failed' },
    })
    const { json } = await createPerson(instance)
    await sendRequest(instance.agent(), String(json.email), { redirectPath: '//evil.example' })
    expect((await receiveCode(String(json.email))).link).not.toContain('evil')
  })

  test('sends a code on the page and accepts it', async () => {
    const { json } = await createPerson(instance)
    const email = String(json.email)
    const agent = instance.agent()
    const page = await agent.get(`${instance.url}/lc`)
    expect(page.text).toContain('Send me a code')
    const refused = await agent.postForm(`${instance.url}/lc/email`, { email: 'no address' })
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('aria-invalid="true"')])
    const sent = await agent.postForm(`${instance.url}/lc/email`, { email, redirect: '/settings/account' })
    expect([sent.status, sent.text]).toEqual([200, expect.stringContaining('a code is on its way')])
    const { code } = await receiveCode(email)
    const elsewhere = await instance.agent().postForm(`${instance.url}/lc`, { code })
    expect(elsewhere.status).toBe(400)
    const inside = await agent.postForm(`${instance.url}/lc`, { code, redirect: '/settings/account' })
    expect([inside.status, inside.headers.get('location')]).toEqual([303, '/signup/add-passkey'])
  })
})

test('rejects and hides requests if the setting is off, and sends no pending code', async () => {
  const release = Promise.withResolvers<void>()
  await using server = await startMailServer({
    onMailFrom: (_from, _session, go) => void release.promise.then(() => go()),
  })
  const smtp = smtpSettings(server)
  // The job could send the second e-mail while the first one is being sent.
  const { execute } = Database.prototype
  using _ = jest.spyOn(Database.prototype, 'execute').mockImplementation(async function (this: Database, ...sent) {
    const isClaim = sent[0].includes('SET lease_owner = $2') && sent[1]?.[0] === 'send-emails'
    return isClaim ? 0 : execute.apply(this, sent)
  })
  await using instance = await startCalledInstance('SQLite', smtp)
  const agent = instance.agent()
  const response = await instance.call(request, { agent, body: { email: 'ada@example.com' } })
  expect(response).toMatchObject({ status: 403, json: { code: 'one_time_access_disabled' } })
  expect(response.response.headers.get('set-cookie')).toBeNull()
  expect((await agent.get(`${instance.url}/lc`)).text).not.toContain('/lc/email')

  const setEmailCodes = (on: boolean) =>
    changeSettings(instance, { emailOneTimeAccessAsUnauthenticatedEnabled: String(on) })
  const people = [await createPerson(instance), await createPerson(instance), await createPerson(instance)]
  const [first = '', late = '', last = ''] = people.map(({ json }) => String(json.email))
  const sendRequest = async (email: string) =>
    expect((await instance.call(request, { agent: instance.agent(), body: { email } })).status).toBe(204)
  await setEmailCodes(true)
  // E-mails are sent one after another, and the server accepts the first one slowly.
  await sendRequest(first)
  await sendRequest(late)
  await setEmailCodes(false)
  release.resolve()
  await instance.call('POST /api/users/{id}/invitation-email', { params: { id: people[2]?.id ?? '' }, body: {} })
  await server.received(last)
  expect(server.delivered.flatMap(({ to }) => to)).toEqual([first, last])
})
