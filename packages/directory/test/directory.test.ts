import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Passkey } from '@pocket/core'
import {
  type LdapAttributes,
  type LdapLimits,
  type LdapOptions,
  type NewUserRights,
  newUser,
  type PageRequest,
  type User,
} from '../src/index.ts'
import { type DirectoryUnderTest, kinds, noon } from './open-directory.ts'

/** The options that may be omitted but not `undefined`; the compiler checks that there are none. */
type Refusing<T> = {
  [Key in keyof T]-?: { readonly [Only in Key]: undefined } extends Pick<T, Key>
    ? never
    : object extends Pick<T, Key>
      ? Key
      : never
}[keyof T]
type None<T extends never> = T
export type LeftOut = None<
  | Refusing<LdapOptions>
  | Refusing<LdapAttributes>
  | Refusing<LdapLimits>
  | Refusing<NewUserRights>
  | Refusing<PageRequest>
>

const nothing = async () => {}

function passkeyOf({ id }: User): Passkey {
  return {
    id: randomUUID(),
    accountId: id,
    credentialId: randomUUID(),
    publicKey: 'cose',
    counter: 0,
    transports: [],
    aaguid: '00000000-0000-0000-0000-000000000000',
    deviceType: 'singleDevice',
    attachment: null,
    attestation: null,
    attestedAt: null,
    device: null,
    counterRegressedAt: null,
    backedUp: false,
    userVerified: true,
    name: 'Passkey',
    createdAt: noon,
    lastUsedAt: null,
  }
}

describe.each(kinds)('the directory on %s', (_kind, open) => {
  let it: DirectoryUnderTest

  beforeEach(async () => {
    it = await open()
  })

  afterEach(async () => it[Symbol.asyncDispose]())

  const zoe = newUser({ username: 'Zoe', email: 'Zoe@Example.com', firstName: 'Zoë', lastName: 'Müller', locale: 'de' })
  const max = newUser({ username: 'max' })

  test('stores users unchanged', async () => {
    const created = await it.directory.create(zoe)
    expect(created).toEqual({
      ...zoe,
      emailVerified: false,
      administrator: false,
      disabled: false,
      ldapId: null,
      createdAt: noon,
      updatedAt: noon,
    })
    expect(await it.directory.find(zoe.id)).toEqual(created)
    const other = await it.directory.create(max, { administrator: true, emailVerified: true })
    expect(await it.directory.find(max.id)).toEqual(other)
    expect(other).toMatchObject({ administrator: true, emailVerified: true, email: null })
    expect(await it.directory.list()).toEqual([other, created])
    expect(await it.directory.find(randomUUID())).toBeUndefined()
  })

  test('rejects a user name that is another user’s e-mail address, and vice versa', async () => {
    await it.directory.create(zoe)
    const taken = (property: string) => ({ status: 409, code: 'already_in_use', details: { property } })
    const named = it.directory.create(newUser({ username: 'ZOE@example.com' }))
    await expect(named).rejects.toMatchObject(taken('username'))
    const kim = newUser({ username: 'kim@example.com', email: 'Kim@Example.com' })
    await it.directory.create(kim)
    const addressed = it.directory.create(newUser({ username: 'max', email: 'KIM@example.com' }))
    await expect(addressed).rejects.toMatchObject(taken('email'))
    const renamed = it.directory.users.update(kim.id, { username: 'zoe@Example.com' })
    await expect(renamed).rejects.toMatchObject(taken('username'))
    const moved = it.directory.users.update(zoe.id, { email: 'kim@EXAMPLE.com' })
    await expect(moved).rejects.toMatchObject(taken('email'))
  })

  test('allows changes to users whose user name has matched another user’s e-mail address since before that rule', async () => {
    await it.directory.create(zoe)
    await it.directory.create(max)
    const name = `'zoe@example.com'`
    await it.dataSource.query(
      `UPDATE pocket_user SET user_name = ${name}, user_name_key = ${name} WHERE user_name_key = 'max'`,
    )
    await it.directory.setDisabled(max.id, true)
    const { user } = await it.directory.users.update(max.id, { displayName: 'Max', email: 'max@example.com' })
    expect(user).toMatchObject({ disabled: true, userName: 'zoe@example.com', email: 'max@example.com' })
    // A login code must not go to a different user than intended.
    expect(await it.directory.findByName('zoe@example.com')).toBeUndefined()
    expect(await it.directory.findByEmail('ZOE@example.com')).toMatchObject({ id: zoe.id })
    expect(await it.directory.findByEmail('MAX@example.com')).toMatchObject({ id: max.id })
  })

  test('finds users by user name or e-mail address, ignoring case', async () => {
    const user = await it.directory.create(zoe)
    for (const name of ['zoe', 'ZOE', 'zoe@example.com', 'ZOE@EXAMPLE.COM']) {
      expect(await it.directory.findByName(name)).toEqual(user)
    }
    for (const name of ['', 'zo', 'zoe@example', "' OR 1=1 --", '%']) {
      expect(await it.directory.findByName(name)).toBeUndefined()
    }
  })

  test.each([
    [{ username: 'ZOE', email: 'zoe@EXAMPLE.com' }, 'email'],
    [{ username: 'zOE', email: 'another@example.com' }, 'username'],
    [{ username: 'another', id: zoe.id }, 'id'],
  ])('rejects %j, which is in use, and names the property %s', async (input, property) => {
    await it.directory.create(zoe)
    await expect(it.directory.create(newUser(input))).rejects.toMatchObject({
      status: 409,
      code: 'already_in_use',
      details: { property },
    })
    expect(await it.directory.list()).toHaveLength(1)
  })

  test('creates one of fifty concurrent users with the same name', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        it.directory.create(newUser({ username: index % 2 === 0 ? 'twin' : 'TWIN' })),
      ),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await it.directory.list()).toHaveLength(1)
  })

  test('allows any number of users without an e-mail address', async () => {
    await it.directory.create(newUser({ username: 'a' }))
    await it.directory.create(newUser({ username: 'b' }))
    expect(await it.directory.list()).toHaveLength(2)
  })

  test('rejects a plan that was tampered with', async () => {
    await expect(it.directory.create({ ...zoe, userName: '../admin' })).rejects.toMatchObject({
      code: 'validation_failed',
    })
    expect(await it.directory.list()).toEqual([])
  })

  test('passes only permitted data to core', async () => {
    await it.directory.create(zoe)
    await it.directory.create(max)
    it.clock.time = noon + 1
    await it.directory.setDisabled(max.id, true)
    expect(await it.directory.accounts.find(zoe.id)).toEqual({
      id: zoe.id,
      userName: 'Zoe',
      displayName: 'Zoë Müller',
      givenName: 'Zoë',
      familyName: 'Müller',
      email: 'Zoe@Example.com',
      emailVerified: false,
      locale: 'de',
      picture: null,
      disabled: false,
      groups: [],
      customClaims: [],
      updatedAt: noon,
    })
    expect(await it.directory.accounts.find(max.id)).toMatchObject({
      givenName: null,
      familyName: null,
      disabled: true,
      updatedAt: noon + 1,
    })
    expect(await it.directory.accounts.find('nobody')).toBeUndefined()
  })

  test('disables and enables a user', async () => {
    await it.directory.create(zoe)
    await it.directory.create(max)
    await it.directory.setDisabled(zoe.id, true)
    expect((await it.directory.list()).map(({ disabled }) => disabled)).toEqual([false, true])
    await it.directory.setDisabled(zoe.id, false)
    expect(await it.directory.find(zoe.id)).toMatchObject({ disabled: false })
    const unknown = it.directory.setDisabled(randomUUID(), true)
    await expect(unknown).rejects.toMatchObject({ status: 404, code: 'account_not_found' })
  })

  describe('setup', () => {
    test('creates the administrator and the passkey together', async () => {
      expect(await it.directory.isSetUp()).toBe(false)
      const user = await it.directory.createFirstAdministrator(zoe, async (created) => {
        await it.stores.passkeys.insert(passkeyOf(created))
      })
      expect(user).toMatchObject({ id: zoe.id, administrator: true })
      expect(await it.directory.find(zoe.id)).toEqual(user)
      expect(await it.stores.passkeys.listByAccount(zoe.id)).toHaveLength(1)
      expect(await it.directory.isSetUp()).toBe(true)
    })

    test('creates no user if the passkey cannot be stored', async () => {
      const failing = it.directory.createFirstAdministrator(zoe, async (created) => {
        await it.stores.passkeys.insert(passkeyOf(created))
        throw new Error('on purpose')
      })
      await expect(failing).rejects.toThrow('on purpose')
      expect(await it.directory.isSetUp()).toBe(false)
      expect(await it.stores.passkeys.listByAccount(zoe.id)).toEqual([])
      await it.directory.createFirstAdministrator(zoe, nothing)
      expect(await it.directory.isSetUp()).toBe(true)
    })

    test('stays open while there are only ordinary users', async () => {
      await it.directory.create(max)
      expect(await it.directory.isSetUp()).toBe(false)
      expect(await it.directory.createFirstAdministrator(zoe, nothing)).toMatchObject({ administrator: true })
      expect(await it.directory.isSetUp()).toBe(true)
    })

    test('is rejected if an administrator already exists', async () => {
      await it.directory.create(max, { administrator: true })
      let called = false
      const late = it.directory.createFirstAdministrator(zoe, async () => {
        called = true
      })
      await expect(late).rejects.toMatchObject({ status: 409, code: 'setup_already_completed' })
      expect(called).toBe(false)
      expect(await it.directory.list()).toHaveLength(1)
    })

    test('creates one administrator and one passkey in fifty concurrent calls', async () => {
      // Opens all connections of the pool, since a new connection would be too slow to cause a race.
      await Promise.all(Array.from({ length: 50 }, () => it.directory.isSetUp()))
      const results = await Promise.allSettled(
        Array.from({ length: 50 }, (_, index) =>
          it.directory.createFirstAdministrator(newUser({ username: `admin${index}` }), async (user) => {
            await it.stores.passkeys.insert(passkeyOf(user))
          }),
        ),
      )
      const created = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
      expect(created).toHaveLength(1)
      expect(await it.directory.list()).toEqual(created)
      const passkeys = await it.dataSource.query('SELECT account_id FROM pocket_passkey')
      expect(passkeys).toEqual([{ account_id: created[0]?.id }])
      const codes = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
      expect(codes).toEqual(Array(49).fill('setup_already_completed'))
    })
  })

  test('uses the tables of the configured schema', async () => {
    const { upQueries } = await it.dataSource.driver.createSchemaBuilder().log()
    expect(upQueries).toEqual([])
  })
})
