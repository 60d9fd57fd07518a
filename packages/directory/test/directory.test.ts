import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Passkey } from '@pocket/core'
import { startForEachTest } from '@pocket/test-support'
import {
  createDirectory,
  type LdapAttributes,
  type LdapLimits,
  type LdapOptions,
  type NewUserRights,
  newUser,
  type PageRequest,
  type User,
} from '../src/index.ts'
import { databases, testTime } from './open-directory.ts'

/** The options that may be omitted but not `undefined`; the compiler checks that there are none. */
type OptionalWithoutUndefined<T> = {
  [Key in keyof T]-?: { readonly [Name in Key]: undefined } extends Pick<T, Key>
    ? never
    : object extends Pick<T, Key>
      ? Key
      : never
}[keyof T]
type AssertNever<T extends never> = T
export type OptionalOptions = AssertNever<
  | OptionalWithoutUndefined<LdapOptions>
  | OptionalWithoutUndefined<LdapAttributes>
  | OptionalWithoutUndefined<LdapLimits>
  | OptionalWithoutUndefined<NewUserRights>
  | OptionalWithoutUndefined<PageRequest>
>

const doNothing = async () => {}

function createPasskey({ id }: User): Passkey {
  return {
    id: randomUUID(),
    accountId: id,
    credentialId: randomUUID(),
    rpId: null,
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
    createdAt: testTime,
    lastUsedAt: null,
  }
}

describe.each(databases)('the directory on %s', (_kind, open) => {
  const env = startForEachTest(open)

  const zoe = newUser({ username: 'Zoe', email: 'Zoe@Example.com', firstName: 'Zoë', lastName: 'Müller', locale: 'de' })
  const max = newUser({ username: 'max' })

  test('stores users unchanged', async () => {
    const created = await env.directory.create(zoe)
    expect(created).toEqual({
      ...zoe,
      emailVerified: false,
      administrator: false,
      disabled: false,
      ldapId: null,
      createdAt: testTime,
      updatedAt: testTime,
    })
    expect(await env.directory.find(zoe.id)).toEqual(created)
    const other = await env.directory.create(max, { administrator: true, emailVerified: true })
    expect(await env.directory.find(max.id)).toEqual(other)
    expect(other).toMatchObject({ administrator: true, emailVerified: true, email: null })
    expect(await env.directory.list()).toEqual([other, created])
    expect(await env.directory.find(randomUUID())).toBeUndefined()
  })

  test('rejects a user name that is another user’s e-mail address, and vice versa', async () => {
    await env.directory.create(zoe)
    const conflictError = (property: string) => ({ status: 409, code: 'already_in_use', details: { property } })
    const sameUserName = env.directory.create(newUser({ username: 'ZOE@example.com' }))
    await expect(sameUserName).rejects.toMatchObject(conflictError('username'))
    const kim = newUser({ username: 'kim@example.com', email: 'Kim@Example.com' })
    await env.directory.create(kim)
    const sameEmail = env.directory.create(newUser({ username: 'max', email: 'KIM@example.com' }))
    await expect(sameEmail).rejects.toMatchObject(conflictError('email'))
    const renameUser = env.directory.users.update(kim.id, { username: 'zoe@Example.com' })
    await expect(renameUser).rejects.toMatchObject(conflictError('username'))
    const changeEmail = env.directory.users.update(zoe.id, { email: 'kim@EXAMPLE.com' })
    await expect(changeEmail).rejects.toMatchObject(conflictError('email'))
  })

  test('allows changes to a user whose user name has long been the e-mail address of another user', async () => {
    await env.directory.create(zoe)
    await env.directory.create(max)
    const name = `'zoe@example.com'`
    await env.dataSource.query(
      `UPDATE pocket_user SET user_name = ${name}, user_name_key = ${name} WHERE user_name_key = 'max'`,
    )
    await env.directory.setDisabled(max.id, true)
    const { user } = await env.directory.users.update(max.id, { displayName: 'Max', email: 'max@example.com' })
    expect(user).toMatchObject({ disabled: true, userName: 'zoe@example.com', email: 'max@example.com' })
    // A login code must not go to a different user than intended.
    expect(await env.directory.findByName('zoe@example.com')).toBeUndefined()
    expect(await env.directory.findByEmail('ZOE@example.com')).toMatchObject({ id: zoe.id })
    expect(await env.directory.findByEmail('MAX@example.com')).toMatchObject({ id: max.id })
  })

  test('finds users by user name or e-mail address, ignoring case', async () => {
    const user = await env.directory.create(zoe)
    for (const name of ['zoe', 'ZOE', 'zoe@example.com', 'ZOE@EXAMPLE.COM']) {
      expect(await env.directory.findByName(name)).toEqual(user)
    }
    for (const name of ['', 'zo', 'zoe@example', "' OR 1=1 --", '%']) {
      expect(await env.directory.findByName(name)).toBeUndefined()
    }
  })

  test.each([
    [{ username: 'ZOE', email: 'zoe@EXAMPLE.com' }, 'email'],
    [{ username: 'zOE', email: 'another@example.com' }, 'username'],
    [{ username: 'another', id: zoe.id }, 'id'],
  ])('rejects %j, which is in use, and names the property %s', async (input, property) => {
    await env.directory.create(zoe)
    await expect(env.directory.create(newUser(input))).rejects.toMatchObject({
      status: 409,
      code: 'already_in_use',
      details: { property },
    })
    expect(await env.directory.list()).toHaveLength(1)
  })

  test('creates only one of fifty concurrent users with the same name', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        env.directory.create(newUser({ username: index % 2 === 0 ? 'twin' : 'TWIN' })),
      ),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await env.directory.list()).toHaveLength(1)
  })

  test('allows any number of users without an e-mail address', async () => {
    await env.directory.create(newUser({ username: 'a' }))
    await env.directory.create(newUser({ username: 'b' }))
    expect(await env.directory.list()).toHaveLength(2)
  })

  test('rejects a plan that was tampered with', async () => {
    await expect(env.directory.create({ ...zoe, userName: '../admin' })).rejects.toMatchObject({
      code: 'validation_failed',
    })
    expect(await env.directory.list()).toEqual([])
  })

  test('passes only permitted data to core', async () => {
    await env.directory.create(zoe)
    await env.directory.create(max)
    env.clock.time = testTime + 1
    await env.directory.setDisabled(max.id, true)
    expect(await env.directory.accounts.find(zoe.id)).toEqual({
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
      updatedAt: testTime,
    })
    expect(await env.directory.accounts.find(max.id)).toMatchObject({
      givenName: null,
      familyName: null,
      disabled: true,
      updatedAt: testTime + 1,
    })
    expect(await env.directory.accounts.find('nobody')).toBeUndefined()
  })

  test('disables and enables a user', async () => {
    await env.directory.create(zoe)
    await env.directory.create(max)
    await env.directory.setDisabled(zoe.id, true)
    expect((await env.directory.list()).map(({ disabled }) => disabled)).toEqual([false, true])
    await env.directory.setDisabled(zoe.id, false)
    expect(await env.directory.find(zoe.id)).toMatchObject({ disabled: false })
    const unknown = env.directory.setDisabled(randomUUID(), true)
    await expect(unknown).rejects.toMatchObject({ status: 404, code: 'account_not_found' })
  })

  describe('setup', () => {
    test('creates the administrator and the passkey together', async () => {
      expect(await env.directory.isSetUp()).toBe(false)
      const user = await env.directory.createFirstAdministrator(zoe, async (created) => {
        await env.stores.passkeys.insert(createPasskey(created))
      })
      expect(user).toMatchObject({ id: zoe.id, administrator: true })
      expect(await env.directory.find(zoe.id)).toEqual(user)
      expect(await env.stores.passkeys.listByAccount(zoe.id)).toHaveLength(1)
      expect(await env.directory.isSetUp()).toBe(true)
    })

    test('creates no user if the passkey cannot be stored', async () => {
      const failedSetup = env.directory.createFirstAdministrator(zoe, async (created) => {
        await env.stores.passkeys.insert(createPasskey(created))
        throw new Error('on purpose')
      })
      await expect(failedSetup).rejects.toThrow('on purpose')
      expect(await env.directory.isSetUp()).toBe(false)
      expect(await env.stores.passkeys.listByAccount(zoe.id)).toEqual([])
      await env.directory.createFirstAdministrator(zoe, doNothing)
      expect(await env.directory.isSetUp()).toBe(true)
    })

    test('stays open while there are only ordinary users', async () => {
      await env.directory.create(max)
      expect(await env.directory.isSetUp()).toBe(false)
      expect(await env.directory.createFirstAdministrator(zoe, doNothing)).toMatchObject({ administrator: true })
      expect(await env.directory.isSetUp()).toBe(true)
    })

    test('is rejected if an administrator already exists', async () => {
      await env.directory.create(max, { administrator: true })
      let called = false
      const secondSetup = env.directory.createFirstAdministrator(zoe, async () => {
        called = true
      })
      await expect(secondSetup).rejects.toMatchObject({ status: 409, code: 'setup_already_completed' })
      expect(called).toBe(false)
      expect(await env.directory.list()).toHaveLength(1)
    })

    test('creates one administrator and one passkey in fifty concurrent calls', async () => {
      // Opens all connections of the pool, since a new connection would be too slow to cause a race.
      await Promise.all(Array.from({ length: 50 }, () => env.directory.isSetUp()))
      const results = await Promise.allSettled(
        Array.from({ length: 50 }, (_, index) =>
          env.directory.createFirstAdministrator(newUser({ username: `admin${index}` }), async (user) => {
            await env.stores.passkeys.insert(createPasskey(user))
          }),
        ),
      )
      const created = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
      expect(created).toHaveLength(1)
      expect(await env.directory.list()).toEqual(created)
      const passkeys = await env.dataSource.query('SELECT account_id FROM pocket_passkey')
      expect(passkeys).toEqual([{ account_id: created[0]?.id }])
      const codes = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
      expect(codes).toEqual(Array(49).fill('setup_already_completed'))
    })
  })

  test('uses the tables of the configured schema', async () => {
    const { upQueries } = await env.dataSource.driver.createSchemaBuilder().log()
    expect(upQueries).toEqual([])
  })
})

test.each([undefined, {}])('names a missing store of %p', (ports) => {
  expect(() => createDirectory(ports as never)).toThrow(/users is missing: pass .*directoryStores/)
})
