import { beforeAll, describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import decodeQr from 'qr/decode.js'
import sharp from 'sharp'
import { stopTime } from '../stopped-time.ts'
import { findAuditEvents, startCalledInstance } from './calls.ts'
import { type Person, passkeyAnswer } from './instance.ts'
import { freshName } from './people.ts'

const phone = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'

/** The content of a QR code on a page. */
async function readQrCode(html: string): Promise<string> {
  const [svg = ''] = /<svg class="qr".*?<\/svg>/s.exec(html) ?? []
  const image = sharp(Buffer.from(svg.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')), { density: 288 })
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return decodeQr({ ...info, data }, { timeLimit: 5000 })
}

describe.each(databaseKinds)('%s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))
  let person: Person

  beforeAll(async () => {
    person = await instance.person(freshName())
  })

  async function requestLogin(agent = new UserAgent({ headers: { 'user-agent': phone } })) {
    const { status, json } = await instance.call('POST /api/device-login/requests', { agent })
    expect(status).toBe(201)
    const exchange = (by = agent) =>
      by.sendJson('POST', `${instance.url}/api/device-login/requests/${json.id}/exchange`, {
        options: { headers: { prefer: 'wait=0' } },
      })
    return { agent, json, code: String(json.userCode), exchange }
  }

  async function reauthenticate({ agent, authenticator }: Person) {
    const body = await passkeyAnswer(agent, instance.url, authenticator)
    expect((await instance.call('POST /api/webauthn/reauthenticate', { body, agent })).status).toBe(204)
  }

  const decide = (code: string, decision: string, agent = person.agent) =>
    instance.call('POST /api/device-login/verification/decision', { body: { code, decision }, agent })

  test('returns the data for both sides, with a cookie for its exchange alone', async () => {
    const before = Date.now()
    const { json, agent } = await requestLogin()
    expect(json).toEqual({
      id: json.userCode,
      userCode: expect.stringMatching(/^P[2-9A-HJ-NP-TV-Z]{7}$/),
      verificationUri: `${instance.url}/device`,
      verificationUriComplete: `${instance.url}/device?user_code=${json.userCode}`,
      expiresAt: expect.any(String),
      interval: 3,
    })
    expect(Date.parse(String(json.expiresAt))).toBeGreaterThanOrEqual(before + 300_000)
    expect(Date.parse(String(json.expiresAt))).toBeLessThanOrEqual(Date.now() + 300_000)
    expect(agent.cookies()).toEqual([
      expect.objectContaining({
        name: 'device_login_token',
        path: `/api/device-login/requests/${json.id}/exchange`,
        httpOnly: true,
      }),
    ])
  })

  test('writes no user code to the log', async () => {
    const { exchange, code } = await requestLogin()
    await exchange()
    expect(instance.log.filter((line) => line.includes('/device-login/requests/[redacted]/exchange'))).not.toEqual([])
    expect(instance.log.filter((line) => line.includes(code))).toEqual([])
  })

  test('signs the browser in once after an approval with a recent passkey', async () => {
    const { exchange, code, agent } = await requestLogin()
    const waiting = await exchange()
    expect([waiting.status, waiting.text]).toEqual([202, ''])

    const shown = await instance.call('POST /api/device-login/verification', {
      body: { code: ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)}` },
      agent: person.agent,
    })
    expect(shown.json).toMatchObject({
      userCode: code,
      device: 'Firefox on Windows',
      ipAddress: '127.0.0.1',
      country: 'Internal Network',
      city: 'LAN',
    })
    expect(await decide(code, 'approve')).toMatchObject({ status: 401, json: { code: 'reauthentication_required' } })
    await reauthenticate(person)
    expect((await decide(code, 'approve')).status).toBe(204)
    expect(await decide(code, 'deny')).toMatchObject({ status: 401, json: { code: 'device_code_invalid' } })

    const otherAgent = await exchange(instance.agent())
    expect([otherAgent.status, otherAgent.json()]).toEqual([
      401,
      expect.objectContaining({ code: 'device_login_expired' }),
    ])
    const first = await exchange()
    expect([first.status, first.json()]).toEqual([200, expect.objectContaining({ id: person.id })])
    const second = await exchange()
    expect([second.status, second.json()]).toEqual([401, expect.objectContaining({ code: 'device_login_expired' })])

    expect((await instance.call('GET /api/users/me', { agent })).json).toMatchObject({ id: person.id })
    const log = await instance.call('GET /api/audit-logs', { agent, query: '?sort[column]=createdAt' })
    expect(log.json.data).toContainEqual(
      expect.objectContaining({ event: 'REMOTE_SIGN_IN', device: 'Firefox on Windows' }),
    )
    expect(findAuditEvents(instance, 'device_login_approved').at(-1)).toMatchObject({
      accountId: person.id,
      deviceAddress: '127.0.0.1',
    })
  })

  test('responds to the waiting device on a decision, and shows the approver the request', async () => {
    const { agent, json, code } = await requestLogin()
    const shown = await person.agent.get(`${instance.url}/device?code=${code}`)
    for (const output of [code.replace(/^(.{4})/, '$1-'), 'Firefox on Windows', '127.0.0.1', 'Internal network'])
      expect(shown.text).toContain(output)
    const waiting = agent.postJson(`${instance.url}/api/device-login/requests/${json.id}/exchange`, {})
    await reauthenticate(person)
    expect((await decide(code, 'approve')).status).toBe(204)
    const response = await waiting
    expect([response.status, response.json()]).toEqual([200, expect.objectContaining({ id: person.id })])
  })

  test('uses one passkey check for one device', async () => {
    const [one, another] = [await requestLogin(), await requestLogin()]
    await reauthenticate(person)
    const statuses = await Promise.all([decide(one.code, 'approve'), decide(another.code, 'approve')])
    expect(statuses.map(({ status }) => status).sort()).toEqual([204, 401])
  })

  test('rejects a passkey check from more than a minute ago', async () => {
    const { code } = await requestLogin()
    await reauthenticate(person)
    {
      using _ = stopTime(61_000)
      expect(await decide(code, 'approve')).toMatchObject({ status: 401, json: { code: 'reauthentication_required' } })
    }
    await reauthenticate(person)
    expect((await decide(code, 'approve')).status).toBe(204)
  })

  test('denies on its page without a passkey, once', async () => {
    const { exchange, code } = await requestLogin()
    const countDenials = () => findAuditEvents(instance, 'device_login_denied').length
    const before = countDenials()
    {
      using _ = stopTime(61_000)
      const page = await person.agent.get(`${instance.url}/device?code=${code}`)
      const { action = '' } = page.forms().find((form) => form.action.includes('/device/deny')) ?? {}
      const deny = async () => (await person.agent.postForm(new URL(action, instance.url).href, {})).status
      expect((await Promise.all([deny(), deny()])).sort()).toEqual([303, 401])
    }
    expect((await exchange()).json()).toMatchObject({ code: 'device_login_denied' })
    expect(countDenials()).toBe(before + 1)
  })

  test('signs in one of twenty concurrent exchanges', async () => {
    const { exchange, code } = await requestLogin()
    await reauthenticate(person)
    await decide(code, 'approve')
    const statuses = (await Promise.all(Array.from({ length: 20 }, () => exchange()))).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 401)).toHaveLength(19)
  })

  test('does not sign in a user who was disabled after the approval', async () => {
    const { exchange, code } = await requestLogin()
    const disabledUser = await instance.person(freshName())
    await reauthenticate(disabledUser)
    await decide(code, 'approve', disabledUser.agent)
    await instance.app.directory.users.update(disabledUser.id, {}, { disabled: true })
    expect((await exchange()).status).toBe(403)
  })

  test.each(['', 'P2222222', 'x'.repeat(65), 7])('rejects the code %j', async (code) => {
    const response = await instance.call('POST /api/device-login/verification', { body: { code }, agent: person.agent })
    expect([400, 401]).toContain(response.status)
  })

  test('rejects an approval with the passkey of another user', async () => {
    const { code } = await requestLogin()
    const other = await instance.person(freshName())
    const body = await passkeyAnswer(person.agent, instance.url, other.authenticator)
    const response = await person.agent.postJson(`${instance.url}/device/approve?code=${code}`, { response: body })
    expect([response.status, response.json()]).toEqual([
      401,
      expect.objectContaining({ code: 'reauthentication_required' }),
    ])
  })

  test('checks on request and shows its code again on a page without a script', async () => {
    const agent = instance.agent()
    const page = await agent.get(`${instance.url}/login/device?redirect=/settings/account`)
    const [, a = '', b = ''] = /id="user-code">(\w{4})-(\w{4})</.exec(page.text) ?? []
    expect(await readQrCode(page.text)).toBe(`${instance.url}/device?user_code=${a}${b}`)
    const form = page.forms().find(({ action }) => action.includes('/login/device/'))
    if (!form) throw new Error('The page has no form.')
    const again = await agent.submit(page, form)
    expect([again.status, again.text]).toEqual([200, expect.stringContaining(`${a}-${b}`)])
    await decide(a + b, 'deny')
    const denied = await agent.submit(page, form)
    expect([denied.status, denied.text]).toEqual([403, expect.stringContaining('The sign-in was denied')])
  })
})
