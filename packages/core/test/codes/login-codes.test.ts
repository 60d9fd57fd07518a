import { describe, expect, test } from '@jest/globals'
import type { Account } from '@pocket/core'
import { MasterKey } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { guardAccounts } from '../../src/accounts/host-accounts.ts'
import { codeAlphabet, normalizeCode } from '../../src/codes/code-text.ts'
import { createLoginCodes } from '../../src/codes/login-codes.ts'
import { minute, TestClock } from '../flows/host.ts'

const ada: Account = {
  id: 'ada',
  userName: 'ada',
  displayName: 'Ada',
  givenName: null,
  familyName: null,
  email: null,
  emailVerified: false,
  locale: null,
  picture: null,
  disabled: false,
  groups: [],
  updatedAt: null,
}

function createFixture(account: Account = ada, key = 'a key of sixteen bytes or more', stores = memoryStores()) {
  const clock = new TestClock()
  const find = async (id: string) => (id === account.id ? account : undefined)
  const accounts = { ...guardAccounts({ find }, minute), find }
  const context = {
    stores: { ...stores, accounts },
    audited: async () => {},
    audit: { record: async () => {} },
    clock,
    masterKey: MasterKey.from(key),
  }
  return { clock, codes: stores.codes, loginCodes: createLoginCodes(context, async () => {}) }
}

describe('login code', () => {
  test('has six characters for a lifetime of up to 15 minutes, and twelve for a longer one', async () => {
    const { loginCodes } = createFixture()
    expect((await loginCodes.issue('ada', 15 * minute)).code).toMatch(/^[2-9A-HJ-NP-TV-Z]{6}$/)
    expect((await loginCodes.issue('ada', 16 * minute)).code).toMatch(/^[2-9A-HJ-NP-TV-Z]{12}$/)
  })

  test.each([undefined, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, '900000'])(
    'is not issued with the lifetime %j',
    async (lifetime) => {
      const { loginCodes } = createFixture()
      await expect(loginCodes.issue('ada', lifetime as number)).rejects.toMatchObject({
        message: 'lifetime must be a positive number of milliseconds.',
        fields: [{ field: 'lifetime' }],
      })
    },
  )

  test('expires at a whole millisecond, which databases can store', async () => {
    const { loginCodes } = createFixture()
    expect((await loginCodes.issue('ada', minute / 7)).expiresAt % 1).toBe(0)
  })

  test('uses an alphabet of thirty characters that are not confused with each other', async () => {
    expect([...new Set(codeAlphabet)].join('')).toBe('23456789ABCDEFGHJKMNPQRSTVWXYZ')
    const { loginCodes } = createFixture()
    const created = await Promise.all(Array.from({ length: 100 }, () => loginCodes.issue('ada', 60 * minute)))
    // With 1200 characters, one of the thirty is missing in about one of 10^16 runs.
    expect([...new Set(created.flatMap(({ code }) => [...code]))].sort().join('')).toBe(codeAlphabet)
  })

  test('signs in once, in any variant', async () => {
    const { loginCodes } = createFixture()
    const { code } = await loginCodes.issue('ada', 60 * minute)
    const typed = ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4, 8)} ${code.slice(8)}`
    expect(await loginCodes.redeem(typed)).toMatchObject({ account: ada })
    await expect(loginCodes.redeem(code)).rejects.toMatchObject({ code: 'code_invalid' })
  })

  test.each([
    ['look-alikes', 'o0Q 1iL7 uV', 'QQQ7777VV'],
    ['wide letters, other spaces and dashes', '２３\u2011４５\u00a0ａ\u200bｂ', '2345AB'],
    ['punctuation around it', '\u201c23.45_ab\u201d', '2345AB'],
  ])('is normalized before it is compared: %s', (_what, typed, meant) => {
    expect(normalizeCode(typed)).toBe(meant)
  })

  test('that is bound to a browser works only there, and attempts in other browsers do not consume it', async () => {
    const { loginCodes } = createFixture()
    const { code } = await loginCodes.issue('ada', minute, { browserToken: 'token of the browser' })
    for (const other of [undefined, 'another token'])
      await expect(loginCodes.redeem(code, other)).rejects.toMatchObject({ code: 'code_invalid' })
    expect(await loginCodes.redeem(code, 'token of the browser')).toMatchObject({ account: ada })
  })

  test('signs in one of fifty concurrent attempts', async () => {
    const { loginCodes } = createFixture()
    const { code } = await loginCodes.issue('ada', minute)
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => loginCodes.redeem(code)))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('expires', async () => {
    const { loginCodes, clock } = createFixture()
    const { code } = await loginCodes.issue('ada', minute)
    clock.pass(minute)
    await expect(loginCodes.redeem(code)).rejects.toMatchObject({ code: 'code_invalid' })
  })

  test.each(['', 'short', 'x'.repeat(10_000), 'AAAAAA', "' OR 1=1"])('does not accept %j', async (code) => {
    await expect(createFixture().loginCodes.redeem(code)).rejects.toMatchObject({ code: 'code_invalid' })
  })

  test('is neither issued to nor accepted from a disabled account', async () => {
    const { loginCodes } = createFixture({ ...ada, disabled: true })
    await expect(loginCodes.issue('ada', minute)).rejects.toMatchObject({ code: 'account_disabled' })
    await expect(loginCodes.issue('bob', minute)).rejects.toMatchObject({ code: 'account_not_found' })
  })

  test('is rejected if the account was disabled after it was issued', async () => {
    const account = { ...ada }
    const { loginCodes } = createFixture(account)
    const { code } = await loginCodes.issue('ada', minute)
    Object.assign(account, { disabled: true })
    await expect(loginCodes.redeem(code)).rejects.toMatchObject({ code: 'account_disabled' })
  })

  test('is not stored in plain text', async () => {
    const { loginCodes, codes } = createFixture()
    const stored: string[] = []
    const insert = codes.insert.bind(codes)
    codes.insert = async (code) => {
      stored.push(JSON.stringify(code))
      await insert(code)
    }
    const { code } = await loginCodes.issue('ada', minute)
    expect(stored).toHaveLength(1)
    expect(stored.join()).not.toContain(code)
    // Without a keyed hash, such a short code can be found by brute force.
    const { loginCodes: withOtherKey } = createFixture(ada, 'another key of sixteen bytes', {
      ...memoryStores(),
      codes,
    })
    await expect(withOtherKey.redeem(code)).rejects.toMatchObject({ code: 'code_invalid' })
    expect((await loginCodes.redeem(code)).account).toBe(ada)
  })
})
