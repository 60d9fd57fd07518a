import { describe, expect, test } from '@jest/globals'
import { type Account, MasterKey } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { createDeviceLogins } from '../../src/codes/device-logins.ts'
import { createUserCode } from '../../src/codes/user-codes.ts'
import { minute, second, TestClock } from '../flows/host.ts'

const ada = { id: 'ada', userName: 'ada', disabled: false } as Account

function createFixture(
  account: Account = ada,
  key = 'a key of sixteen bytes or more',
  store = memoryStores().deviceLogins,
) {
  const clock = new TestClock()
  const accounts = { find: async (id: string) => (id === account.id ? account : undefined) }
  const masterKey = MasterKey.from(key)
  const deviceLogins = createDeviceLogins({ store, accounts, masterKey, clock })
  return { clock, store, deviceLogins, request: () => deviceLogins.request({ ipAddress: null, userAgent: null }) }
}

const approval = { status: 'approved', accountId: 'ada', sessionUid: 'session' } as const
const unknown = { code: 'device_code_invalid' }
const over = { code: 'device_login_expired' }

describe('device authorization', () => {
  test('has a user code that cannot be guessed, as the device flow does', async () => {
    const { request } = createFixture()
    const [first, second] = [await request(), await request()]
    expect(first.userCode).toMatch(/^P[2-9A-HJKMNP-TV-Z]{7}$/)
    expect(second.userCode).not.toBe(first.userCode)
    expect(createUserCode()).toMatch(/^E[0-9A-HJKMNP-Z]{7}$/)
  })

  test('finds the request by its user code in any variant', async () => {
    const { deviceLogins, request } = createFixture()
    const { userCode } = await request()
    const typed = ` ${userCode.slice(0, 4).toLowerCase()}\u2013${userCode.slice(4).replaceAll('Q', '0').replaceAll('V', 'u')}`
    expect(await deviceLogins.find(typed)).toMatchObject({ userCode })
  })

  test('does not find the request with the user code and a different key', async () => {
    const { store, request, deviceLogins } = createFixture()
    const { userCode } = await request()
    const { deviceLogins: withOtherKey } = createFixture(ada, 'another key of sixteen bytes', store)
    await expect(withOtherKey.find(userCode)).rejects.toMatchObject(unknown)
    expect(await deviceLogins.find(userCode)).toMatchObject({ userCode })
  })

  test('cannot be approved after five minutes', async () => {
    const { deviceLogins, request, clock } = createFixture()
    const { id, token, userCode } = await request()
    clock.pass(5 * minute - 10 * second)
    expect(await deviceLogins.redeem(id, token)).toBeUndefined()
    clock.pass(10 * second)
    await expect(deviceLogins.find(userCode)).rejects.toMatchObject(unknown)
    await expect(deviceLogins.decide(userCode, approval)).rejects.toMatchObject(unknown)
    await expect(deviceLogins.redeem(id, token)).rejects.toMatchObject(over)
  })

  test('rejects an approval that is fetched too late or with the token of another browser', async () => {
    const { deviceLogins, request, clock } = createFixture()
    const [one, other] = [await request(), await request()]
    await deviceLogins.decide(one.userCode, approval)
    await expect(deviceLogins.redeem(one.id, other.token)).rejects.toMatchObject(over)
    clock.pass(5 * minute)
    await expect(deviceLogins.redeem(one.id, one.token)).rejects.toMatchObject(over)
  })

  test('can be decided only once', async () => {
    const { deviceLogins, request } = createFixture()
    const { id, token, userCode } = await request()
    await deviceLogins.decide(userCode, { status: 'denied', accountId: 'ada', sessionUid: null })
    await expect(deviceLogins.decide(userCode, approval)).rejects.toMatchObject(unknown)
    await expect(deviceLogins.redeem(id, token)).rejects.toMatchObject({ code: 'device_login_denied' })
    await expect(deviceLogins.redeem(id, token)).rejects.toMatchObject(over)
  })

  test('accepts one of two concurrent decisions', async () => {
    const { deviceLogins, request } = createFixture()
    const { userCode } = await request()
    const decisions = (['approved', 'denied'] as const).map((status) =>
      deviceLogins.decide(userCode, { status, accountId: 'ada', sessionUid: null }),
    )
    const outcomes = await Promise.allSettled(decisions)
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('signs in the account that approved it, regardless of the account it was meant for', async () => {
    const { deviceLogins, request } = createFixture()
    const { id, token, userCode } = await request()
    await deviceLogins.decide(userCode, { ...approval, accountId: 'nobody' })
    await expect(deviceLogins.redeem(id, token)).rejects.toMatchObject({ code: 'account_not_found' })
  })
})
