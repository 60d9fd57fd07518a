import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { databaseOf } from '@pocket/core/typeorm'
import { type NewUserRights, newUser, type PageRequest, type User } from '../../src/index.ts'
import { type DirectoryUnderTest, kinds, noon } from '../open-directory.ts'
import { statementsOf } from '../statements.ts'

const everything: PageRequest = { page: 1, limit: 20, sort: null, filters: {}, search: '' }

describe.each(kinds)('users on %s', (_kind, open) => {
  let it: DirectoryUnderTest

  beforeEach(async () => {
    it = await open()
  })

  afterEach(async () => it[Symbol.asyncDispose]())

  const add = (input: Readonly<Record<string, unknown>>, rights: NewUserRights = {}) =>
    it.directory.create(newUser(input), rights)

  async function listed(request: Partial<PageRequest> = {}): Promise<string[]> {
    const { items } = await it.directory.users.page({ ...everything, ...request })
    return items.map(({ userName }) => userName)
  }

  test('several are found by their ids in one statement, and what is nobody’s id is left aside', async () => {
    const people = await Promise.all(['anna', 'bert', 'carl'].map((username) => add({ username })))
    const ids = [...people.map(({ id }) => id), randomUUID(), 'none\0']
    let found: readonly User[] = []
    expect(
      await statementsOf(it.dataSource, async () => {
        found = await it.directory.findEach(ids)
      }),
    ).toBe(1)
    expect([...found].sort((a, b) => (a.userName < b.userName ? -1 : 1))).toEqual(people)
    expect(await it.directory.findEach(['none'])).toEqual([])
  })

  test('with the longest names there are can be stored, sorted and searched', async () => {
    // Four bytes each in UTF-8, and as good as random, so that nothing can be compressed.
    let last = 1
    const letters = (length: number) =>
      Array.from({ length }, () => {
        last = (last * 48_271) % 2_147_483_647
        return String.fromCodePoint(0x20000 + (last % 0xa6d0))
      }).join('')
    const label = letters(63)
    const fields = {
      username: 'u'.repeat(50),
      email: `${letters(64)}@${letters(63)}.${label}.${letters(61)}`,
      firstName: letters(50),
      lastName: letters(50),
      displayName: letters(100),
    }
    expect([...fields.email]).toHaveLength(254)
    const { id } = await add(fields)
    await it.directory.users.update(id, { firstName: letters(50) })
    for (const column of ['email', 'firstName', 'lastName', 'displayName'])
      expect(await listed({ search: label, sort: { column, descending: true } })).toEqual([fields.username])
  })

  describe('an update', () => {
    let zoe: User

    beforeEach(async () => {
      zoe = await add(
        { username: 'zoe', email: 'zoe@example.com', firstName: 'Zoë', displayName: 'Z.' },
        { emailVerified: true },
      )
      it.clock.time = noon + 5
    })

    test('changes what it names and leaves the rest', async () => {
      const { user, before, changed } = await it.directory.users.update(
        zoe.id,
        { lastName: 'Mu\u0308ller', locale: 'de', id: randomUUID(), displayName: undefined },
        { administrator: true },
      )
      expect(user).toEqual({ ...zoe, lastName: 'Müller', locale: 'de', administrator: true, updatedAt: noon + 5 })
      expect(before).toEqual(zoe)
      expect(changed).toEqual(['lastName', 'administrator', 'locale'])
      expect(await it.directory.find(zoe.id)).toEqual(user)
    })

    test('that changes nothing leaves no trace', async () => {
      const { user, changed } = await it.directory.users.update(zoe.id, { username: 'zoe' }, { disabled: false })
      expect([user, changed]).toEqual([zoe, []])
      expect(await it.directory.find(zoe.id)).toEqual(zoe)
    })

    test('of the e-mail address needs it verified again', async () => {
      const { user } = await it.directory.users.update(zoe.id, { email: 'new@example.com' })
      expect(user).toMatchObject({ email: 'new@example.com', emailVerified: false })
      const { user: trusted } = await it.directory.users.update(zoe.id, { email: 'z@x.org' }, { emailVerified: true })
      expect(trusted).toMatchObject({ email: 'z@x.org', emailVerified: true })
      const { user: without } = await it.directory.users.update(zoe.id, { email: null })
      expect(without).toMatchObject({ email: null, emailVerified: false })
    })

    test('reaches the search and the names that people are found by', async () => {
      await it.directory.users.update(zoe.id, { username: 'Other', email: 'o@example.com', firstName: 'Änne' })
      expect(await listed({ search: 'zo' })).toEqual([])
      expect(await listed({ search: 'äNN' })).toEqual(['Other'])
      expect(await it.directory.findByName('OTHER')).toMatchObject({ id: zoe.id })
      expect(await it.directory.findByName('zoe@example.com')).toBeUndefined()
    })

    test('is refused where somebody else has the name or address', async () => {
      await add({ username: 'max', email: 'max@example.com' })
      for (const [fields, property] of [
        [{ username: 'MAX', email: 'MAX@example.com' }, 'email'],
        [{ username: 'Max' }, 'username'],
      ] as const)
        await expect(it.directory.users.update(zoe.id, fields)).rejects.toMatchObject({
          status: 409,
          code: 'already_in_use',
          details: { property },
        })
      expect(await it.directory.find(zoe.id)).toEqual(zoe)
      expect((await it.directory.users.update(zoe.id, { username: 'ZOE' })).user.userName).toBe('ZOE')
    })

    test('of fifty who want one name at once, one gets it', async () => {
      const others = await Promise.all(Array.from({ length: 10 }, (_, index) => add({ username: `user${index}` })))
      const results = await Promise.allSettled(
        others.map(({ id }, index) => it.directory.users.update(id, { username: index % 2 ? 'same' : 'SAME' })),
      )
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const codes = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
      expect(codes).toEqual(Array(9).fill('already_in_use'))
    })

    test('is refused where it is not valid, or there is nobody', async () => {
      await expect(it.directory.users.update(zoe.id, { email: 'x', firstName: 5 })).rejects.toMatchObject({
        code: 'validation_failed',
        fields: [{ field: 'email' }, { field: 'firstName' }],
      })
      for (const id of [randomUUID(), '', 'zoe', '\0', zoe.id.toUpperCase()])
        await expect(it.directory.users.update(id, {})).rejects.toMatchObject({ status: 404, code: 'user_not_found' })
    })
  })

  describe('the last administrator', () => {
    const governing = { administrator: true }

    test('stays, enabled and an administrator', async () => {
      const ada = await add({ username: 'ada' }, governing)
      await add({ username: 'off' }, { administrator: true, disabled: true })
      await add({ username: 'bob' })
      const { users, setDisabled } = it.directory
      for (const attempt of [
        () => users.remove(ada.id),
        () => users.update(ada.id, {}, { administrator: false }),
        () => users.update(ada.id, {}, { disabled: true }),
        () => setDisabled(ada.id, true),
      ])
        await expect(attempt()).rejects.toMatchObject({ status: 409, code: 'last_administrator' })
      expect(await it.directory.find(ada.id)).toEqual(ada)
      await add({ username: 'eva' }, governing)
      await users.remove(ada.id)
      expect(await it.directory.find(ada.id)).toBeUndefined()
    })

    test('is not taken away by two at once', async () => {
      const all = await Promise.all(Array.from({ length: 8 }, (_, index) => add({ username: `a${index}` }, governing)))
      const results = await Promise.allSettled(
        all.map(({ id }, index) =>
          index % 2 ? it.directory.users.remove(id) : it.directory.users.update(id, {}, { disabled: true }),
        ),
      )
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(7)
      const left = await it.directory.list()
      expect(left.filter(({ administrator, disabled }) => administrator && !disabled)).toHaveLength(1)
    })
  })

  test('a user who is removed leaves nothing behind', async () => {
    const { directory } = it
    const group = await directory.groups.create({ name: 'staff', friendlyName: 'Staff' })
    const zoe = await add({ username: 'zoe' }, { groupIds: [group.id], claims: [{ key: 'room', value: '5' }] })
    expect(await directory.users.remove(zoe.id)).toEqual(zoe)
    expect(await it.dataSource.query('SELECT * FROM pocket_membership')).toEqual([])
    expect(await it.dataSource.query('SELECT * FROM pocket_user_claim')).toEqual([])
    await expect(directory.users.remove(zoe.id)).rejects.toMatchObject({ status: 404, code: 'user_not_found' })
    expect((await add({ username: 'zoe', id: zoe.id })).id).toBe(zoe.id)
    expect(await directory.users.find(zoe.id)).toMatchObject({ groups: [], claims: [] })
  })

  test('a new user begins with groups and claims, or not at all', async () => {
    const { directory } = it
    const group = await directory.groups.create({ name: 'staff', friendlyName: 'Staff' })
    await directory.claims.replaceForGroup(group.id, [{ key: 'b', value: '1' }])
    const rights = { groupIds: [group.id, randomUUID(), 'x', '\0', group.id], claims: [{ key: 'room', value: '5' }] }
    const zoe = await add({ username: 'zoe' }, rights)
    expect(await directory.users.find(zoe.id)).toEqual({
      ...zoe,
      claims: rights.claims,
      groups: [{ ...group, claims: [{ key: 'b', value: '1' }] }],
    })
    await expect(add({ username: 'max' }, { claims: [{ key: 'sub', value: 'x' }] })).rejects.toMatchObject({
      code: 'reserved_claim',
    })
    expect(await directory.list()).toHaveLength(1)
  })

  test('core is told the groups, by name, and all custom claims, in two statements', async () => {
    const { directory } = it
    const ids: string[] = []
    for (const name of ['zebra', 'Apple', 'mango'])
      ids.push((await directory.groups.create({ name, friendlyName: name })).id)
    const zoe = await add({ username: 'zoe' }, { groupIds: ids })
    const room = [{ key: 'room', value: '5' }]
    await directory.claims.replaceForUser(zoe.id, room)
    await directory.claims.replaceForGroup(ids[2] ?? '', [{ key: 'floor', value: 'attic' }])
    expect(await directory.accounts.find(zoe.id)).toMatchObject({
      groups: [
        { id: ids[1], name: 'Apple', customClaims: [] },
        { id: ids[2], name: 'mango', customClaims: [{ key: 'floor', value: 'attic' }] },
        { id: ids[0], name: 'zebra', customClaims: [] },
      ],
      customClaims: room,
    })
    expect(await statementsOf(it.dataSource, () => directory.accounts.find(zoe.id))).toBe(2)
  })

  describe('a list', () => {
    beforeEach(async () => {
      const people = [
        { username: 'carl', email: 'z@example.com', firstName: 'Cc_', lastName: 'Lang', displayName: 'Dora' },
        { username: 'anna', email: 'y@example.com', firstName: 'Aänne 100%', lastName: 'Kurz', displayName: 'Emil' },
        { username: 'bert', email: 'x@example.org', firstName: 'Bb\\', lastName: 'Mittel', displayName: 'Hidden' },
      ]
      for (const [index, person] of people.entries()) {
        it.clock.time = noon - index
        await add(person, { administrator: index === 0, disabled: index === 1, emailVerified: index < 2 })
      }
    })

    test('is in the order of age by default', async () => {
      expect(await listed()).toEqual(['bert', 'anna', 'carl'])
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
    ])('is sorted by %s', async (column, names) => {
      expect(await listed({ sort: { column, descending: false } })).toEqual(names)
      expect(await listed({ sort: { column, descending: true } })).toEqual(names.toReversed())
    })

    test('is not sorted by what nobody knows', async () => {
      for (const column of ['password', '__proto__', 'id; DROP TABLE pocket_user'])
        expect(await listed({ sort: { column, descending: true } })).toEqual(['bert', 'anna', 'carl'])
    })

    test.each([
      ['ÄNN', ['anna']],
      ['a\u0308nn', ['anna']],
      ['%', ['anna']],
      ['_', ['carl']],
      ['\\', ['bert']],
      ['example.com', ['anna', 'carl']],
      ['ert', ['bert']],
      ['hidden', []],
      ["'", []],
      ['\0', []],
    ])('finds %j in names and addresses, each sign a letter', async (search, names) => {
      expect((await listed({ search })).sort()).toEqual(names)
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
    ])('is filtered by %j', async (filters, names) => {
      expect((await listed({ filters })).sort()).toEqual(names)
    })

    test('comes in pages, and the last one stands for those beyond', async () => {
      const pages = await Promise.all([1, 2, 3, 999_999_999].map((page) => listed({ page, limit: 2 })))
      expect(pages).toEqual([['bert', 'anna'], ['carl'], ['carl'], ['carl']])
      const { total } = await it.directory.users.page({ ...everything, limit: 1, search: 'example.com' })
      expect(total).toBe(2)
      expect(await it.directory.users.page({ ...everything, search: 'nobody' })).toEqual({ items: [], total: 0 })
    })

    test('leaves aside whom it is told to, however it is searched, filtered and sorted', async () => {
      const anna = await it.directory.findByName('anna')
      const without = [anna?.id ?? '', crypto.randomUUID()]
      const sort = { column: 'username', descending: false }
      expect(await listed({ without, sort })).toEqual(['bert', 'carl'])
      expect(await listed({ without, search: 'anna' })).toEqual([])
      expect((await listed({ without: [], filters: { disabled: [true, false] } })).sort()).toEqual([
        'anna',
        'bert',
        'carl',
      ])
      expect((await it.directory.users.page({ ...everything, without, limit: 1 })).total).toBe(2)
    })

    test('of equals shows everybody once', async () => {
      it.clock.time = noon
      for (let index = 0; index < 20; index += 1) await add({ username: `twin${index}`, firstName: 'Twin' })
      const seen: string[] = []
      for (let page = 1; page <= 8; page += 1)
        seen.push(...(await listed({ page, limit: 3, sort: { column: 'firstName', descending: true } })))
      expect([seen.length, new Set(seen).size]).toEqual([23, 23])
    })

    test('costs the same number of statements, whatever it holds', async () => {
      const list = () => it.directory.users.page(everything)
      expect(await statementsOf(it.dataSource, list)).toBe(3)
      const group = await it.directory.groups.create({ name: 'staff', friendlyName: 'Staff' })
      for (let index = 0; index < 30; index += 1)
        await add({ username: `u${index}` }, { groupIds: [group.id], claims: [{ key: 'k', value: 'v' }] })
      expect(await statementsOf(it.dataSource, list)).toBe(3)
    })
  })
})

test('on PostgreSQL nobody who is passed over in a search is read from the table', async () => {
  const [, [, open]] = kinds as readonly [unknown, (typeof kinds)[number]]
  await using it = await open()
  const digits = `lpad(n::text, 12, '0')`
  await it.dataSource.query(`INSERT INTO pocket_user (id, user_name, user_name_key, email, email_key, email_verified,
      first_name, last_name, display_name, administrator, disabled, created_at, updated_at, search_key)
    SELECT '00000000-0000-4000-8000-' || ${digits}, 'u' || n, 'u' || n, 'u' || n || '@x.example', 'u' || n || '@x.example', false,
      'First' || n % 97, 'Last' || n % 89, 'Shown' || n % 83, false, false, n, n, 'u' || n || '@x.example'
    FROM generate_series(1, 25000) AS n ORDER BY md5(n::text)`)
  await it.dataSource.query('VACUUM ANALYZE pocket_user')
  const database = databaseOf(it.dataSource)
  const query = jest.spyOn(database, 'query')
  for (const [column, index] of [
    ['firstName', 'first_name'],
    ['lastName', 'last_name'],
    ['displayName', 'display_name'],
  ] as const) {
    // So many match that they are looked for along the index.
    const sort = { column, descending: false }
    await it.directory.users.page({ ...everything, sort, search: 'example', page: 600 })
    const sent = query.mock.calls.findLast(([text]) => text.includes('OFFSET') && !text.includes('matching'))
    const [text = '', parameters = []] = sent ?? []
    const plan = JSON.stringify(await database.query(`EXPLAIN ${text}`, parameters))
    expect(plan).toContain(`Index Only Scan using pocket_user_by_${index}`)
  }
})
