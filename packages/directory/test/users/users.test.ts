import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, jest, test } from '@jest/globals'
import { databaseOf } from '@pocket/core/internal/sql'
import { startForEachTest } from '@pocket/test-support'
import { type NewUserRights, newUser, type PageRequest, type User } from '../../src/index.ts'
import { countStatements } from '../count-statements.ts'
import { databases, testTime } from '../open-directory.ts'

const firstPage: PageRequest = { page: 1, limit: 20, sort: null, filters: {}, search: '' }

describe.each(databases)('users on %s', (_kind, open) => {
  const env = startForEachTest(open)

  const createUser = (input: Readonly<Record<string, unknown>>, rights: NewUserRights = {}) =>
    env.directory.create(newUser(input), rights)

  async function listUserNames(request: Partial<PageRequest> = {}): Promise<string[]> {
    const { items } = await env.directory.users.page({ ...firstPage, ...request })
    return items.map(({ userName }) => userName)
  }

  test('finds users by ID in one statement, and ignores unknown IDs', async () => {
    const people = await Promise.all(['anna', 'bert', 'carl'].map((username) => createUser({ username })))
    const ids = [...people.map(({ id }) => id), randomUUID(), 'none\0']
    let found: readonly User[] = []
    expect(
      await countStatements(env.dataSource, async () => {
        found = await env.directory.findMany(ids)
      }),
    ).toBe(1)
    expect([...found].sort((a, b) => (a.userName < b.userName ? -1 : 1))).toEqual(people)
    expect(await env.directory.findMany(['none'])).toEqual([])
  })

  test('stores, sorts and searches names of the maximum length', async () => {
    // Four bytes each in UTF-8, and nearly random, so that they cannot be compressed.
    let previous = 1
    const randomLetters = (length: number) =>
      Array.from({ length }, () => {
        previous = (previous * 48_271) % 2_147_483_647
        return String.fromCodePoint(0x20000 + (previous % 0xa6d0))
      }).join('')
    const label = randomLetters(63)
    const fields = {
      username: 'u'.repeat(50),
      email: `${randomLetters(64)}@${randomLetters(63)}.${label}.${randomLetters(61)}`,
      firstName: randomLetters(50),
      lastName: randomLetters(50),
      displayName: randomLetters(100),
    }
    expect([...fields.email]).toHaveLength(254)
    const { id } = await createUser(fields)
    await env.directory.users.update(id, { firstName: randomLetters(50) })
    for (const column of ['email', 'firstName', 'lastName', 'displayName'])
      expect(await listUserNames({ search: label, sort: { column, descending: true } })).toEqual([fields.username])
  })

  describe('update', () => {
    let zoe: User

    beforeEach(async () => {
      zoe = await createUser(
        { username: 'zoe', email: 'zoe@example.com', firstName: 'Zoë', displayName: 'Z.' },
        { emailVerified: true },
      )
      env.clock.time = testTime + 5
    })

    test('changes only the given fields', async () => {
      const { user, before, changed } = await env.directory.users.update(
        zoe.id,
        { lastName: 'Mu\u0308ller', locale: 'de', id: randomUUID(), displayName: undefined },
        { administrator: true },
      )
      expect(user).toEqual({ ...zoe, lastName: 'Müller', locale: 'de', administrator: true, updatedAt: testTime + 5 })
      expect(before).toEqual(zoe)
      expect(changed).toEqual(['lastName', 'administrator', 'locale'])
      expect(await env.directory.find(zoe.id)).toEqual(user)
    })

    test('writes nothing if nothing changes', async () => {
      const { user, changed } = await env.directory.users.update(zoe.id, { username: 'zoe' }, { disabled: false })
      expect([user, changed]).toEqual([zoe, []])
      expect(await env.directory.find(zoe.id)).toEqual(zoe)
    })

    test('marks a new e-mail address as unverified', async () => {
      const { user } = await env.directory.users.update(zoe.id, { email: 'new@example.com' })
      expect(user).toMatchObject({ email: 'new@example.com', emailVerified: false })
      const { user: verified } = await env.directory.users.update(zoe.id, { email: 'z@x.org' }, { emailVerified: true })
      expect(verified).toMatchObject({ email: 'z@x.org', emailVerified: true })
      const { user: withoutEmail } = await env.directory.users.update(zoe.id, { email: null })
      expect(withoutEmail).toMatchObject({ email: null, emailVerified: false })
    })

    test('updates the search and the names used for lookup', async () => {
      await env.directory.users.update(zoe.id, { username: 'Other', email: 'o@example.com', firstName: 'Änne' })
      expect(await listUserNames({ search: 'zo' })).toEqual([])
      expect(await listUserNames({ search: 'äNN' })).toEqual(['Other'])
      expect(await env.directory.findByName('OTHER')).toMatchObject({ id: zoe.id })
      expect(await env.directory.findByName('zoe@example.com')).toBeUndefined()
    })

    test('rejects a name or e-mail address that another user has', async () => {
      await createUser({ username: 'max', email: 'max@example.com' })
      for (const [fields, property] of [
        [{ username: 'MAX', email: 'MAX@example.com' }, 'email'],
        [{ username: 'Max' }, 'username'],
      ] as const)
        await expect(env.directory.users.update(zoe.id, fields)).rejects.toMatchObject({
          status: 409,
          code: 'already_in_use',
          details: { property },
        })
      expect(await env.directory.find(zoe.id)).toEqual(zoe)
      expect((await env.directory.users.update(zoe.id, { username: 'ZOE' })).user.userName).toBe('ZOE')
    })

    test('accepts one of fifty concurrent requests for the same name', async () => {
      const users = await Promise.all(
        Array.from({ length: 10 }, (_, index) => createUser({ username: `user${index}` })),
      )
      const results = await Promise.allSettled(
        users.map(({ id }, index) => env.directory.users.update(id, { username: index % 2 ? 'same' : 'SAME' })),
      )
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const codes = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
      expect(codes).toEqual(Array(9).fill('already_in_use'))
    })

    test('rejects invalid input and unknown users', async () => {
      await expect(env.directory.users.update(zoe.id, { email: 'x', firstName: 5 })).rejects.toMatchObject({
        code: 'validation_failed',
        fields: [{ field: 'email' }, { field: 'firstName' }],
      })
      for (const id of [randomUUID(), '', 'zoe', '\0', zoe.id.toUpperCase()])
        await expect(env.directory.users.update(id, {})).rejects.toMatchObject({ status: 404, code: 'user_not_found' })
    })
  })

  describe('the last administrator', () => {
    const administratorRights = { administrator: true }

    test('stays enabled and an administrator', async () => {
      const ada = await createUser({ username: 'ada' }, administratorRights)
      await createUser({ username: 'off' }, { administrator: true, disabled: true })
      await createUser({ username: 'bob' })
      const { users, setDisabled } = env.directory
      for (const attempt of [
        () => users.remove(ada.id),
        () => users.update(ada.id, {}, { administrator: false }),
        () => users.update(ada.id, {}, { disabled: true }),
        () => setDisabled(ada.id, true),
      ])
        await expect(attempt()).rejects.toMatchObject({ status: 409, code: 'last_administrator' })
      expect(await env.directory.find(ada.id)).toEqual(ada)
      await createUser({ username: 'eva' }, administratorRights)
      await users.remove(ada.id)
      expect(await env.directory.find(ada.id)).toBeUndefined()
    })

    test('remains after two concurrent removals', async () => {
      const administrators = await Promise.all(
        Array.from({ length: 8 }, (_, index) => createUser({ username: `a${index}` }, administratorRights)),
      )
      const results = await Promise.allSettled(
        administrators.map(({ id }, index) =>
          index % 2 ? env.directory.users.remove(id) : env.directory.users.update(id, {}, { disabled: true }),
        ),
      )
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(7)
      const remaining = await env.directory.list()
      expect(remaining.filter(({ administrator, disabled }) => administrator && !disabled)).toHaveLength(1)
    })
  })

  test('removes all data of a deleted user', async () => {
    const { directory } = env
    const group = await directory.groups.create({ name: 'staff', friendlyName: 'Staff' })
    const zoe = await createUser({ username: 'zoe' }, { groupIds: [group.id], claims: [{ key: 'room', value: '5' }] })
    expect(await directory.users.remove(zoe.id)).toEqual(zoe)
    expect(await env.dataSource.query('SELECT * FROM pocket_membership')).toEqual([])
    expect(await env.dataSource.query('SELECT * FROM pocket_user_claim')).toEqual([])
    await expect(directory.users.remove(zoe.id)).rejects.toMatchObject({ status: 404, code: 'user_not_found' })
    expect((await createUser({ username: 'zoe', id: zoe.id })).id).toBe(zoe.id)
    expect(await directory.users.find(zoe.id)).toMatchObject({ groups: [], claims: [] })
  })

  test('creates a user with groups and claims, or not at all', async () => {
    const { directory } = env
    const group = await directory.groups.create({ name: 'staff', friendlyName: 'Staff' })
    await directory.claims.replaceForGroup(group.id, [{ key: 'b', value: '1' }])
    const rights = { groupIds: [group.id, randomUUID(), 'x', '\0', group.id], claims: [{ key: 'room', value: '5' }] }
    const zoe = await createUser({ username: 'zoe' }, rights)
    expect(await directory.users.find(zoe.id)).toEqual({
      ...zoe,
      claims: rights.claims,
      groups: [{ ...group, claims: [{ key: 'b', value: '1' }] }],
    })
    await expect(createUser({ username: 'max' }, { claims: [{ key: 'sub', value: 'x' }] })).rejects.toMatchObject({
      code: 'reserved_claim',
    })
    expect(await directory.list()).toHaveLength(1)
  })

  test('passes groups by name and all custom claims to core in one statement', async () => {
    const { directory } = env
    const ids: string[] = []
    for (const name of ['zebra', 'Apple', 'mango'])
      ids.push((await directory.groups.create({ name, friendlyName: name })).id)
    const zoe = await createUser({ username: 'zoe' }, { groupIds: ids })
    const claims = [{ key: 'room', value: '5' }]
    await directory.claims.replaceForUser(zoe.id, claims)
    await directory.claims.replaceForGroup(ids[2] ?? '', [{ key: 'floor', value: 'attic' }])
    expect(await directory.accounts.find(zoe.id)).toMatchObject({
      groups: [
        { id: ids[1], name: 'Apple', customClaims: [] },
        { id: ids[2], name: 'mango', customClaims: [{ key: 'floor', value: 'attic' }] },
        { id: ids[0], name: 'zebra', customClaims: [] },
      ],
      customClaims: claims,
    })
    expect(await countStatements(env.dataSource, () => directory.accounts.find(zoe.id))).toBe(1)
  })

  describe('user list', () => {
    beforeEach(async () => {
      const people = [
        { username: 'carl', email: 'z@example.com', firstName: 'Cc_', lastName: 'Lang', displayName: 'Dora' },
        { username: 'anna', email: 'y@example.com', firstName: 'Aänne 100%', lastName: 'Kurz', displayName: 'Emil' },
        { username: 'bert', email: 'x@example.org', firstName: 'Bb\\', lastName: 'Mittel', displayName: 'Hidden' },
      ]
      for (const [index, person] of people.entries()) {
        env.clock.time = testTime - index
        await createUser(person, { administrator: index === 0, disabled: index === 1, emailVerified: index < 2 })
      }
    })

    test('sorts by creation time by default', async () => {
      expect(await listUserNames()).toEqual(['bert', 'anna', 'carl'])
    })

    test.each([
      ['createdAt', ['bert', 'anna', 'carl']],
      ['username', ['anna', 'bert', 'carl']],
      ['email', ['bert', 'anna', 'carl']],
      ['firstName', ['anna', 'bert', 'carl']],
      ['lastName', ['anna', 'carl', 'bert']],
      ['displayName', ['carl', 'anna', 'bert']],
      ['isAdmin', ['bert', 'anna', 'carl']],
      ['disabled', ['bert', 'carl', 'anna']],
      ['emailVerified', ['bert', 'anna', 'carl']],
    ])('sorts by %s', async (column, names) => {
      expect(await listUserNames({ sort: { column, descending: false } })).toEqual(names)
      expect(await listUserNames({ sort: { column, descending: true } })).toEqual(names.toReversed())
    })

    test('ignores unknown sort fields', async () => {
      for (const column of ['password', '__proto__', 'id; DROP TABLE pocket_user'])
        expect(await listUserNames({ sort: { column, descending: true } })).toEqual(['bert', 'anna', 'carl'])
    })

    test.each([
      ['ÄNN', ['anna']],
      ['a\u0308nn', ['anna']],
      ['%', ['anna']],
      ['_', ['carl']],
      ['\\', ['bert']],
      ['example.com', ['anna', 'carl']],
      ['ert', ['bert']],
      ['Cc_ Lang', ['carl']],
      [' kurz  aän ', ['anna']],
      ['kurz lang', []],
      ['a b c d e f', []],
      ['hid', ['bert']],
      ['dora lang', ['carl']],
      ["'", []],
      ['\0', []],
    ])('finds %j literally in names and e-mail addresses', async (search, names) => {
      expect((await listUserNames({ search })).sort()).toEqual(names)
    })

    test.each<[PageRequest['filters'], string[]]>([
      [{ isAdmin: [true] }, ['carl']],
      [{ isAdmin: [false] }, ['anna', 'bert']],
      [{ disabled: [true, false] }, ['anna', 'bert', 'carl']],
      [{ emailVerified: [true], disabled: [false] }, ['carl']],
      [{ disabled: [1] }, ['anna']],
      [{ disabled: ['maybe'] }, []],
      [{ disabled: [] }, ['anna', 'bert', 'carl']],
      [{ password: ['x'] }, ['anna', 'bert', 'carl']],
    ])('filters by %j', async (filters, names) => {
      expect((await listUserNames({ filters })).sort()).toEqual(names)
    })

    test('returns pages, and the last page for page numbers beyond it', async () => {
      const pages = await Promise.all([1, 2, 3, 999_999_999].map((page) => listUserNames({ page, limit: 2 })))
      expect(pages).toEqual([['bert', 'anna'], ['carl'], ['carl'], ['carl']])
      const none = { ...firstPage, limit: 1, search: 'nobody matches this' }
      expect(await env.directory.users.page(none)).toMatchObject({ items: [], total: 0 })
      const { total } = await env.directory.users.page({ ...firstPage, limit: 1, search: 'example.com' })
      expect(total).toBe(2)
      expect(await env.directory.users.page({ ...firstPage, search: 'nobody' })).toEqual({ items: [], total: 0 })
    })

    test('excludes the given users in every search, filter and sort order', async () => {
      const anna = await env.directory.findByName('anna')
      const excludedIds = [anna?.id ?? '', crypto.randomUUID()]
      const sort = { column: 'username', descending: false }
      expect(await listUserNames({ excludedIds: excludedIds, sort })).toEqual(['bert', 'carl'])
      expect(await listUserNames({ excludedIds: excludedIds, search: 'anna' })).toEqual([])
      expect((await listUserNames({ excludedIds: [], filters: { disabled: [true, false] } })).sort()).toEqual([
        'anna',
        'bert',
        'carl',
      ])
      expect((await env.directory.users.page({ ...firstPage, excludedIds: excludedIds, limit: 1 })).total).toBe(2)
    })

    test('ignores IDs of a list that no user can have', async () => {
      const anna = await env.directory.findByName('anna')
      const onlyIds = [anna?.id ?? '', 'a\0b', '\ud800']
      expect(await listUserNames({ onlyIds, excludedIds: ['a\0b'] })).toEqual(['anna'])
    })

    test('returns users with equal sort values exactly once', async () => {
      env.clock.time = testTime
      for (let index = 0; index < 20; index += 1) await createUser({ username: `twin${index}`, firstName: 'Twin' })
      const userNames: string[] = []
      for (let page = 1; page <= 8; page += 1)
        userNames.push(...(await listUserNames({ page, limit: 3, sort: { column: 'firstName', descending: true } })))
      expect([userNames.length, new Set(userNames).size]).toEqual([23, 23])
    })

    test('uses a constant number of statements', async () => {
      const listUsers = () => env.directory.users.page(firstPage)
      expect(await countStatements(env.dataSource, listUsers)).toBe(3)
      const group = await env.directory.groups.create({ name: 'staff', friendlyName: 'Staff' })
      for (let index = 0; index < 30; index += 1)
        await createUser({ username: `u${index}` }, { groupIds: [group.id], claims: [{ key: 'k', value: 'v' }] })
      expect(await countStatements(env.dataSource, listUsers)).toBe(3)
    })
  })
})

test('does not read rows without a match from the table on PostgreSQL', async () => {
  const [, [, open]] = databases as readonly [unknown, (typeof databases)[number]]
  await using env = await open()
  const paddedNumber = `lpad(n::text, 12, '0')`
  await env.dataSource.query(`INSERT INTO pocket_user (id, user_name, user_name_key, email, email_key, email_verified,
      first_name, last_name, display_name, administrator, disabled, created_at, updated_at, search_key)
    SELECT '00000000-0000-4000-8000-' || ${paddedNumber}, 'u' || n, 'u' || n, 'u' || n || '@x.example', 'u' || n || '@x.example', false,
      'First' || n % 97, 'Last' || n % 89, 'Shown' || n % 83, false, false, n, n, 'u' || n || '@x.example'
    FROM generate_series(1, 25000) AS n ORDER BY md5(n::text)`)
  await env.dataSource.query('VACUUM ANALYZE pocket_user')
  const database = databaseOf(env.dataSource)
  const query = jest.spyOn(database, 'query')
  for (const [column, index] of [
    ['firstName', 'first_name'],
    ['lastName', 'last_name'],
    ['displayName', 'display_name'],
  ] as const) {
    // So many rows match that PostgreSQL scans the index.
    const sort = { column, descending: false }
    await env.directory.users.page({ ...firstPage, sort, search: 'example', page: 600 })
    const pageQuery = query.mock.calls.findLast(([text]) => text.includes('OFFSET') && !text.includes('matching'))
    const [text = '', parameters = []] = pageQuery ?? []
    const plan = JSON.stringify(await database.query(`EXPLAIN ${text}`, parameters))
    expect(plan).toContain(`Index Only Scan using pocket_user_by_${index}`)
  }
})
