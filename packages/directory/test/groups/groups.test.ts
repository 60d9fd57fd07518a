import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { newUser, type PageRequest, type User } from '../../src/index.ts'
import { statementsOf } from '../count-statements.ts'
import { type DirectoryUnderTest, kinds, noon } from '../open-directory.ts'

const everything: PageRequest = { page: 1, limit: 20, sort: null, filters: {}, search: '' }

describe.each(kinds)('groups on %s', (_kind, open) => {
  let it: DirectoryUnderTest

  beforeEach(async () => {
    it = await open()
  })

  afterEach(async () => it[Symbol.asyncDispose]())

  const person = (username: string): Promise<User> => it.directory.create(newUser({ username }))
  const group = (name: string, friendlyName = name) => it.directory.groups.create({ name, friendlyName })
  const namesOf = async (userId: string) => (await it.directory.accounts.find(userId))?.groups.map(({ name }) => name)
  const membersOf = async (id: string) => (await it.directory.groups.find(id))?.members.map(({ userName }) => userName)

  test('stores groups unchanged', async () => {
    const created = await group('Sta\u0308ff', 'Our 👩‍👩‍👧 staff')
    expect(created).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Stäff',
      friendlyName: 'Our 👩‍👩‍👧 staff',
      ldapId: null,
      createdAt: noon,
    })
    expect(await it.directory.groups.find(created.id)).toEqual({ ...created, claims: [], members: [] })
    for (const id of [randomUUID(), '', '\0']) expect(await it.directory.groups.find(id)).toBeUndefined()
  })

  test('lists the first groups by display name, and filters groups by members and origin', async () => {
    const [last, full] = [await group('aa', 'Zebras'), await group('bb', 'Apes')]
    await group('cc', 'Bears')
    await it.directory.groups.setMembers(full.id, [(await person('ape')).id])
    expect(await it.directory.groups.first(2)).toMatchObject({ items: [{ name: 'bb' }, { name: 'cc' }], total: 3 })
    const found = async (filters: PageRequest['filters']) =>
      (await it.directory.groups.page({ ...everything, filters })).items.map(({ name }) => name).toSorted()
    expect(await found({ hasMembers: [true] })).toEqual(['bb'])
    expect(await found({ hasMembers: [false] })).toEqual(['aa', 'cc'])
    expect(await found({ isFromLdap: [true] })).toEqual([])
    const { id } = await person('bear')
    await it.directory.groups.setMembers(last.id, [id])
    await it.directory.groups.setMembershipEnd({ userId: id, groupId: last.id, endsAt: noon + 1 })
    expect(await found({ hasMembers: [true] })).toEqual(['aa', 'bb'])
    it.clock.time = noon + 1
    expect(await found({ hasMembers: [true] })).toEqual(['bb'])
  })

  test.each([
    [{}, { friendlyName: 'required', name: 'required' }],
    [
      { friendlyName: 'a', name: '𝒷' },
      { friendlyName: 'too_short', name: 'too_short' },
    ],
    [
      { friendlyName: 'a'.repeat(51), name: 'a'.repeat(256) },
      { friendlyName: 'too_long', name: 'too_long' },
    ],
    [
      { friendlyName: 5, name: 'a\nb' },
      { friendlyName: 'invalid_format', name: 'invalid_format' },
    ],
    [{ friendlyName: 'ok', name: '\ud800a' }, { name: 'invalid_format' }],
  ])('rejects %j', async (input, codes) => {
    const refusal = await it.directory.groups.create(input).then(
      () => undefined,
      (error) => error,
    )
    expect(refusal.code).toBe('validation_failed')
    const found: [string, string][] = refusal.fields.map(({ field, code }: { field: string; code: string }) => [
      field,
      code,
    ])
    expect(Object.fromEntries(found)).toEqual(codes)
  })

  test('accepts names of the maximum length', async () => {
    expect(await group('𝒷'.repeat(255), '𝒷'.repeat(50))).toMatchObject({ name: '𝒷'.repeat(255) })
  })

  describe('membership expiry', () => {
    const end = noon + 60_000
    const setting = async () => {
      const [ada, bob, staff, guests] = [
        await person('ada'),
        await person('bob'),
        await group('staff'),
        await group('guests'),
      ]
      await it.directory.claims.replaceForGroup(staff.id, [{ key: 'plan', value: 'staff' }])
      await it.directory.groups.setMembers(staff.id, [ada.id, bob.id])
      await it.directory.groups.setMembers(guests.id, [ada.id])
      await it.directory.groups.setMembershipEnd({ userId: ada.id, groupId: staff.id, endsAt: end })
      return { ada, bob, staff, guests }
    }
    const counts = async () => (await it.directory.groups.page(everything)).items.map(({ userCount }) => userCount)
    const ended = async () => {
      const all: unknown[] = []
      await it.directory.groups.removeEndedMemberships(async (membership) => void all.push(membership))
      return all
    }

    test('ignores a membership everywhere from its expiry on', async () => {
      const { ada, bob, staff, guests } = await setting()
      await it.directory.users.update(ada.id, {}, { administrator: true })
      expect(await it.directory.groups.hasAdministrator(guests.id)).toBe(true)
      it.clock.time = end - 1
      expect(await it.directory.groups.hasAdministrator(staff.id)).toBe(true)
      expect(await namesOf(ada.id)).toEqual(['guests', 'staff'])
      expect(await it.directory.groups.memberships(staff.id)).toContainEqual({
        userId: ada.id,
        groupId: staff.id,
        endsAt: end,
      })
      expect(await ended()).toEqual([])
      it.clock.time = end
      expect(await it.directory.groups.hasAdministrator(staff.id)).toBe(false)
      expect(await namesOf(ada.id)).toEqual(['guests'])
      expect(await membersOf(staff.id)).toEqual(['bob'])
      expect(await counts()).toEqual([1, 1])
      const found = (await it.directory.users.find(ada.id))?.groups
      expect(found).toEqual([{ ...guests, claims: [] }])
      expect(await it.directory.groups.memberships(staff.id)).toEqual([
        { userId: bob.id, groupId: staff.id, endsAt: null },
      ])
      const late = it.directory.groups.setMembershipEnd({ userId: ada.id, groupId: staff.id, endsAt: null })
      await expect(late).rejects.toMatchObject({ status: 404, code: 'not_found' })
      expect(await ended()).toEqual([{ userId: ada.id, groupId: staff.id, endsAt: end }])
      expect(await ended()).toEqual([])
    })

    test('keeps the expiry when other groups are selected, and resets it when the group is selected again', async () => {
      const { ada, bob, staff, guests } = await setting()
      await it.directory.groups.setMembers(staff.id, [ada.id])
      await it.directory.users.setGroups(ada.id, [staff.id, guests.id])
      it.clock.time = end
      expect(await membersOf(staff.id)).toEqual([])
      expect(await it.directory.groups.setMembers(staff.id, [ada.id, bob.id])).toMatchObject({ removed: [] })
      expect(await ended()).toEqual([])
      expect(await membersOf(staff.id)).toEqual(['ada', 'bob'])
    })

    test('rejects an expiry in the past, for non-members, and for an unknown group or user', async () => {
      const { ada, bob, staff, guests } = await setting()
      const set = (userId: string, groupId: string, endsAt: number) =>
        it.directory.groups.setMembershipEnd({ userId, groupId, endsAt })
      for (const past of [noon, noon - 1, Number.NaN])
        await expect(set(ada.id, staff.id, past)).rejects.toMatchObject({ code: 'validation_failed' })
      for (const [user, of] of [
        [bob.id, guests.id],
        [randomUUID(), staff.id],
        ['x', staff.id],
        [ada.id, randomUUID()],
        [ada.id, 'x'],
      ])
        await expect(set(String(user), String(of), end)).rejects.toMatchObject({ status: 404, code: 'not_found' })
    })

    test('keeps the membership when the expiry is removed', async () => {
      const { ada, staff } = await setting()
      await it.directory.groups.setMembershipEnd({ userId: ada.id, groupId: staff.id, endsAt: null })
      it.clock.time = end
      expect(await membersOf(staff.id)).toEqual(['ada', 'bob'])
    })
  })

  test('pages members with a constant number of statements', async () => {
    const [staff, guests] = [await group('staff'), await group('guests')]
    const people: User[] = []
    for (const name of ['dan', 'ada', 'cid', 'bob', 'eve']) people.push(await person(name))
    await it.directory.groups.setMembers(
      staff.id,
      people.slice(0, 4).map(({ id }) => id),
    )
    await it.directory.groups.setMembers(guests.id, [String(people[4]?.id)])
    const [ada, cid] = [String(people[1]?.id), String(people[2]?.id)]
    await it.directory.groups.setMembershipEnd({ userId: ada, groupId: staff.id, endsAt: noon + 1 })
    await it.directory.groups.setMembershipEnd({ userId: cid, groupId: staff.id, endsAt: noon + 9 })
    const sort = { column: 'username', descending: false }
    const page = async (request: Partial<PageRequest>) => {
      const found = await it.directory.groups.members(staff.id, { ...everything, limit: 2, sort, ...request })
      expect(found.memberCount).toBe(it.clock.time === noon ? 4 : 3)
      return [found.total, ...found.items.map(({ userName, endsAt }) => [userName, endsAt])]
    }
    expect(await page({})).toEqual([4, ['ada', noon + 1], ['bob', null]])
    expect(await page({ page: 2 })).toEqual([4, ['cid', noon + 9], ['dan', null]])
    expect(await page({ search: 'D' })).toEqual([3, ['ada', noon + 1], ['cid', noon + 9]])
    expect(await page({ search: 'eve' })).toEqual([0])
    expect(await it.directory.groups.membership(staff.id, cid)).toMatchObject({ endsAt: noon + 9 })
    expect(await it.directory.groups.membership(guests.id, cid)).toBeUndefined()
    const counts = new Set<number>()
    for (const limit of [1, 4]) counts.add(await statementsOf(it.dataSource, () => page({ limit })))
    expect([...counts]).toEqual([5])
    it.clock.time = noon + 1
    expect(await page({})).toEqual([3, ['bob', null], ['cid', noon + 9]])
    expect(await it.directory.groups.membership(staff.id, ada)).toBeUndefined()
    for (const id of [randomUUID(), 'x'])
      expect(await it.directory.groups.members(id, everything)).toEqual({ items: [], total: 0, memberCount: 0 })
  })

  test('rejects duplicate names, ignoring case', async () => {
    const staff = await group('Stäff')
    const taken = { status: 409, code: 'already_in_use', details: { property: 'name' } }
    await expect(group('STÄFF')).rejects.toMatchObject(taken)
    const other = await group('other')
    const rename = (name: string) => it.directory.groups.update(other.id, { name, friendlyName: 'other' })
    await expect(rename('stäff')).rejects.toMatchObject(taken)
    expect(await rename('OTHER')).toMatchObject({ group: { ...other, name: 'OTHER' }, changed: ['name'] })
    expect(await rename('OTHER')).toMatchObject({ group: { ...other, name: 'OTHER' }, changed: [] })
    await it.directory.groups.remove(staff.id)
    expect((await rename('stäff')).group.name).toBe('stäff')
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => group(i % 2 ? 'twin' : 'TWIN')))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('reports missing groups as not found', async () => {
    const { groups, claims } = it.directory
    for (const id of [randomUUID(), 'x', '\0']) {
      expect(await groups.hasAdministrator(id)).toBe(false)
      for (const attempt of [
        () => groups.update(id, { name: 'name', friendlyName: 'name' }),
        () => groups.remove(id),
        () => groups.setMembers(id, []),
        () => claims.replaceForGroup(id, []),
      ])
        await expect(attempt()).rejects.toMatchObject({
          status: 404,
          code: 'not_found',
          details: { resource: 'User group' },
        })
    }
  })

  test('replaces members from either side and ignores unknown IDs', async () => {
    const [ann, bob, eve] = [await person('ann'), await person('bob'), await person('eve')]
    const [red, blue] = [await group('red'), await group('blue')]
    const { groups, users } = it.directory
    const junk = [randomUUID(), 'x', '\0', "' OR 1=1"]
    expect(await groups.setMembers(red.id, [bob.id, ann.id, bob.id, ...junk])).toEqual({
      added: expect.arrayContaining([ann.id, bob.id]),
      removed: [],
    })
    expect(await membersOf(red.id)).toEqual(['ann', 'bob'])
    expect(await users.setGroups(ann.id, [blue.id, ...junk])).toEqual({ added: [blue.id], removed: [red.id] })
    expect(await groups.setMembers(red.id, [bob.id, eve.id])).toEqual({ added: [eve.id], removed: [] })
    expect([await membersOf(red.id), await membersOf(blue.id)]).toEqual([['bob', 'eve'], ['ann']])
    expect([await namesOf(ann.id), await namesOf(bob.id)]).toEqual([['blue'], ['red']])
    await groups.setMembers(red.id, [])
    expect(await membersOf(red.id)).toEqual([])
    await expect(users.setGroups(randomUUID(), [red.id])).rejects.toMatchObject({ code: 'user_not_found' })
  })

  test('removes the memberships of a deleted group', async () => {
    const [ann, red] = [await person('ann'), await group('red')]
    await it.directory.groups.setMembers(red.id, [ann.id])
    await it.directory.claims.replaceForGroup(red.id, [{ key: 'room', value: '5' }])
    expect(await it.directory.groups.remove(red.id)).toEqual(red)
    expect([await namesOf(ann.id), await it.directory.claims.suggestKeys()]).toEqual([[], []])
    expect(await it.dataSource.query('SELECT * FROM pocket_membership')).toEqual([])
  })

  test('handles concurrent membership changes while users and groups are created and removed', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, (_, index) => person(`p${index}`)))
    const groups = await Promise.all(Array.from({ length: 6 }, (_, index) => group(`g${index}`)))
    const [userIds, groupIds] = [people.map(({ id }) => id), groups.map(({ id }) => id)]
    await Promise.all([
      ...userIds.slice(1).map((id) => it.directory.users.setGroups(id, groupIds)),
      ...groupIds.slice(1).map((id) => it.directory.groups.setMembers(id, userIds)),
      it.directory.users.remove(userIds[0] ?? ''),
      it.directory.groups.remove(groupIds[0] ?? ''),
    ])
    const memberships: readonly unknown[] = await it.dataSource.query('SELECT * FROM pocket_membership')
    expect(memberships).toHaveLength(25)
  })

  test('lists groups by ID', async () => {
    const [red, blue] = [await group('red'), await group('blue')]
    await it.directory.claims.replaceForGroup(red.id, [{ key: 'room', value: '5' }])
    const list = () => it.directory.groups.list([red.id, blue.id, randomUUID(), '\0'])
    expect(await list()).toEqual([
      { ...blue, claims: [] },
      { ...red, claims: [{ key: 'room', value: '5' }] },
    ])
    expect(await statementsOf(it.dataSource, list)).toBe(2)
  })

  describe('group list', () => {
    beforeEach(async () => {
      const ids = [(await person('ann')).id, (await person('bob')).id]
      for (const [index, [name, friendly, size]] of (
        [
          ['zebras', 'Aa', 1],
          ['Äpfel_%', 'Cc', 2],
          ['mangos', 'Bb', 0],
        ] as const
      ).entries()) {
        it.clock.time = noon + index
        const { id } = await group(name, friendly)
        await it.directory.groups.setMembers(id, ids.slice(0, size))
        await it.directory.claims.replaceForGroup(id, [{ key: 'size', value: String(size) }])
      }
    })

    async function listed(request: Partial<PageRequest>): Promise<string[]> {
      const { items } = await it.directory.groups.page({ ...everything, ...request })
      return items.map(({ friendlyName }) => friendlyName)
    }

    test('counts the members', async () => {
      const { items, total } = await it.directory.groups.page(everything)
      expect(total).toBe(3)
      expect(items.map(({ friendlyName, userCount, claims }) => [friendlyName, userCount, claims])).toEqual([
        ['Aa', 1, [{ key: 'size', value: '1' }]],
        ['Cc', 2, [{ key: 'size', value: '2' }]],
        ['Bb', 0, [{ key: 'size', value: '0' }]],
      ])
    })

    test.each([
      ['createdAt', ['Aa', 'Cc', 'Bb']],
      ['friendlyName', ['Aa', 'Bb', 'Cc']],
      ['userCount', ['Bb', 'Aa', 'Cc']],
    ])('sorts by %s', async (column, names) => {
      expect(await listed({ sort: { column, descending: false } })).toEqual(names)
      expect(await listed({ sort: { column, descending: true } })).toEqual(names.toReversed())
    })

    test('sorts by name, ignoring case', async () => {
      await group('ALPHA', 'First')
      const names = await listed({ search: 'a', sort: { column: 'name', descending: false } })
      expect(names).toEqual(['First', 'Bb', 'Aa'])
    })

    test.each([
      ['äPF', ['Cc']],
      ['%', ['Cc']],
      ['_', ['Cc']],
      ['Bb', []],
      ['S', ['Aa', 'Bb']],
    ])('finds %j in the name', async (search, names) => {
      expect(await listed({ search })).toEqual(names)
    })

    test('uses a constant number of statements', async () => {
      const list = () => it.directory.groups.page(everything)
      expect(await statementsOf(it.dataSource, list)).toBe(3)
      for (let index = 0; index < 30; index += 1) await group(`g${index}`)
      expect(await statementsOf(it.dataSource, list)).toBe(3)
    })
  })
})
