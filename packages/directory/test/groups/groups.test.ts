import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { startForEachTest } from '@pocket/test-support'
import { newUser, type PageRequest, type User } from '../../src/index.ts'
import { countStatements } from '../count-statements.ts'
import { databases, testTime } from '../open-directory.ts'

const firstPage: PageRequest = { page: 1, limit: 20, sort: null, filters: {}, search: '' }

describe.each(databases)('groups on %s', (_kind, open) => {
  const env = startForEachTest(open)

  const createUser = (username: string): Promise<User> => env.directory.create(newUser({ username }))
  const createGroup = (name: string, friendlyName = name) => env.directory.groups.create({ name, friendlyName })
  const groupNamesOf = async (userId: string) =>
    (await env.directory.accounts.find(userId))?.groups.map(({ name }) => name)
  const memberNamesOf = async (id: string) =>
    (await env.directory.groups.find(id))?.members.map(({ userName }) => userName)

  test('stores groups unchanged', async () => {
    const created = await createGroup('Sta\u0308ff', 'Our 👩‍👩‍👧 staff')
    expect(created).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Stäff',
      friendlyName: 'Our 👩‍👩‍👧 staff',
      ldapId: null,
      createdAt: testTime,
      requiresTwoPasskeys: false,
    })
    expect(await env.directory.groups.find(created.id)).toEqual({ ...created, claims: [], members: [] })
    for (const id of [randomUUID(), '', '\0']) expect(await env.directory.groups.find(id)).toBeUndefined()
  })

  test('lists the first groups by display name, and filters groups by members and origin', async () => {
    const [emptyGroup, groupWithMember] = [await createGroup('aa', 'Zebras'), await createGroup('bb', 'Apes')]
    await createGroup('cc', 'Bears')
    await env.directory.groups.setMembers(groupWithMember.id, [(await createUser('ape')).id])
    expect(await env.directory.groups.first(2)).toMatchObject({ items: [{ name: 'bb' }, { name: 'cc' }], total: 3 })
    const listGroupNames = async (filters: PageRequest['filters']) =>
      (await env.directory.groups.page({ ...firstPage, filters })).items.map(({ name }) => name).toSorted()
    expect(await listGroupNames({ hasMembers: [true] })).toEqual(['bb'])
    expect(await listGroupNames({ hasMembers: [false] })).toEqual(['aa', 'cc'])
    expect(await listGroupNames({ isFromLdap: [true] })).toEqual([])
    const { id } = await createUser('bear')
    await env.directory.groups.setMembers(emptyGroup.id, [id])
    await env.directory.groups.setMembershipEnd({ userId: id, groupId: emptyGroup.id, endsAt: testTime + 1 })
    expect(await listGroupNames({ hasMembers: [true] })).toEqual(['aa', 'bb'])
    env.clock.time = testTime + 1
    expect(await listGroupNames({ hasMembers: [true] })).toEqual(['bb'])
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
    const error = await env.directory.groups.create(input).then(
      () => undefined,
      (reason) => reason,
    )
    expect(error.code).toBe('validation_failed')
    const errorCodes: [string, string][] = error.fields.map(({ field, code }: { field: string; code: string }) => [
      field,
      code,
    ])
    expect(Object.fromEntries(errorCodes)).toEqual(codes)
  })

  test('accepts names of the maximum length', async () => {
    expect(await createGroup('𝒷'.repeat(255), '𝒷'.repeat(50))).toMatchObject({ name: '𝒷'.repeat(255) })
  })

  describe('membership expiry', () => {
    const expiry = testTime + 60_000
    const createMemberships = async () => {
      const [ada, bob, staff, guests] = [
        await createUser('ada'),
        await createUser('bob'),
        await createGroup('staff'),
        await createGroup('guests'),
      ]
      await env.directory.claims.replaceForGroup(staff.id, [{ key: 'plan', value: 'staff' }])
      await env.directory.groups.setMembers(staff.id, [ada.id, bob.id])
      await env.directory.groups.setMembers(guests.id, [ada.id])
      await env.directory.groups.setMembershipEnd({ userId: ada.id, groupId: staff.id, endsAt: expiry })
      return { ada, bob, staff, guests }
    }
    const countMembers = async () =>
      (await env.directory.groups.page(firstPage)).items.map(({ userCount }) => userCount)
    const removeExpired = async () => {
      const removed: unknown[] = []
      await env.directory.groups.removeEndedMemberships(async (membership) => void removed.push(membership))
      return removed
    }

    test('ignores a membership everywhere from its expiry on', async () => {
      const { ada, bob, staff, guests } = await createMemberships()
      await env.directory.users.update(ada.id, {}, { administrator: true })
      expect(await env.directory.groups.hasAdministrator(guests.id)).toBe(true)
      env.clock.time = expiry - 1
      expect(await env.directory.groups.hasAdministrator(staff.id)).toBe(true)
      expect(await groupNamesOf(ada.id)).toEqual(['guests', 'staff'])
      expect(await env.directory.groups.memberships(staff.id)).toContainEqual({
        userId: ada.id,
        groupId: staff.id,
        endsAt: expiry,
      })
      expect(await removeExpired()).toEqual([])
      env.clock.time = expiry
      expect(await env.directory.groups.hasAdministrator(staff.id)).toBe(false)
      expect(await groupNamesOf(ada.id)).toEqual(['guests'])
      expect(await memberNamesOf(staff.id)).toEqual(['bob'])
      expect(await countMembers()).toEqual([1, 1])
      const found = (await env.directory.users.find(ada.id))?.groups
      expect(found).toEqual([{ ...guests, claims: [] }])
      expect(await env.directory.groups.memberships(staff.id)).toEqual([
        { userId: bob.id, groupId: staff.id, endsAt: null },
      ])
      const expiredMembership = env.directory.groups.setMembershipEnd({
        userId: ada.id,
        groupId: staff.id,
        endsAt: null,
      })
      await expect(expiredMembership).rejects.toMatchObject({ status: 404, code: 'not_found' })
      expect(await removeExpired()).toEqual([{ userId: ada.id, groupId: staff.id, endsAt: expiry }])
      expect(await removeExpired()).toEqual([])
    })

    test('keeps the expiry when other groups are selected, and resets it when the group is selected again', async () => {
      const { ada, bob, staff, guests } = await createMemberships()
      await env.directory.groups.setMembers(staff.id, [ada.id])
      await env.directory.users.setGroups(ada.id, [staff.id, guests.id])
      env.clock.time = expiry
      expect(await memberNamesOf(staff.id)).toEqual([])
      expect(await env.directory.groups.setMembers(staff.id, [ada.id, bob.id])).toMatchObject({ removed: [] })
      expect(await removeExpired()).toEqual([])
      expect(await memberNamesOf(staff.id)).toEqual(['ada', 'bob'])
    })

    test('rejects an expiry in the past, for non-members, and for an unknown group or user', async () => {
      const { ada, bob, staff, guests } = await createMemberships()
      const setExpiry = (userId: string, groupId: string, endsAt: number) =>
        env.directory.groups.setMembershipEnd({ userId, groupId, endsAt })
      for (const expiredAt of [testTime, testTime - 1, Number.NaN])
        await expect(setExpiry(ada.id, staff.id, expiredAt)).rejects.toMatchObject({ code: 'validation_failed' })
      for (const [userId, groupId] of [
        [bob.id, guests.id],
        [randomUUID(), staff.id],
        ['x', staff.id],
        [ada.id, randomUUID()],
        [ada.id, 'x'],
      ])
        await expect(setExpiry(String(userId), String(groupId), expiry)).rejects.toMatchObject({
          status: 404,
          code: 'not_found',
        })
    })

    test('keeps the membership when the expiry is removed', async () => {
      const { ada, staff } = await createMemberships()
      await env.directory.groups.setMembershipEnd({ userId: ada.id, groupId: staff.id, endsAt: null })
      env.clock.time = expiry
      expect(await memberNamesOf(staff.id)).toEqual(['ada', 'bob'])
    })
  })

  test('pages members with a constant number of statements', async () => {
    const [staff, guests] = [await createGroup('staff'), await createGroup('guests')]
    const people: User[] = []
    for (const name of ['dan', 'ada', 'cid', 'bob', 'eve']) people.push(await createUser(name))
    await env.directory.groups.setMembers(
      staff.id,
      people.slice(0, 4).map(({ id }) => id),
    )
    await env.directory.groups.setMembers(guests.id, [String(people[4]?.id)])
    const [ada, cid] = [String(people[1]?.id), String(people[2]?.id)]
    await env.directory.groups.setMembershipEnd({ userId: ada, groupId: staff.id, endsAt: testTime + 1 })
    await env.directory.groups.setMembershipEnd({ userId: cid, groupId: staff.id, endsAt: testTime + 9 })
    const sort = { column: 'username', descending: false }
    const readPage = async (request: Partial<PageRequest>) => {
      const found = await env.directory.groups.members(staff.id, { ...firstPage, limit: 2, sort, ...request })
      expect(found.memberCount).toBe(env.clock.time === testTime ? 4 : 3)
      return [found.total, ...found.items.map(({ userName, endsAt }) => [userName, endsAt])]
    }
    expect(await readPage({})).toEqual([4, ['ada', testTime + 1], ['bob', null]])
    expect(await readPage({ page: 2 })).toEqual([4, ['cid', testTime + 9], ['dan', null]])
    expect(await readPage({ search: 'D' })).toEqual([3, ['ada', testTime + 1], ['cid', testTime + 9]])
    expect(await readPage({ search: 'eve' })).toEqual([0])
    expect(await env.directory.groups.membership(staff.id, cid)).toMatchObject({ endsAt: testTime + 9 })
    expect(await env.directory.groups.membership(guests.id, cid)).toBeUndefined()
    const countMembers = new Set<number>()
    for (const limit of [1, 4]) countMembers.add(await countStatements(env.dataSource, () => readPage({ limit })))
    expect([...countMembers]).toEqual([5])
    env.clock.time = testTime + 1
    expect(await readPage({})).toEqual([3, ['bob', null], ['cid', testTime + 9]])
    expect(await env.directory.groups.membership(staff.id, ada)).toBeUndefined()
    for (const id of [randomUUID(), 'x'])
      expect(await env.directory.groups.members(id, firstPage)).toEqual({ items: [], total: 0, memberCount: 0 })
  })

  test('rejects duplicate names, ignoring case', async () => {
    const staff = await createGroup('Stäff')
    const conflict = { status: 409, code: 'already_in_use', details: { property: 'name' } }
    await expect(createGroup('STÄFF')).rejects.toMatchObject(conflict)
    const other = await createGroup('other')
    const rename = (name: string) => env.directory.groups.update(other.id, { name, friendlyName: 'other' })
    await expect(rename('stäff')).rejects.toMatchObject(conflict)
    expect(await rename('OTHER')).toMatchObject({ group: { ...other, name: 'OTHER' }, changed: ['name'] })
    expect(await rename('OTHER')).toMatchObject({ group: { ...other, name: 'OTHER' }, changed: [] })
    await env.directory.groups.remove(staff.id)
    expect((await rename('stäff')).group.name).toBe('stäff')
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => createGroup(i % 2 ? 'twin' : 'TWIN')))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('reports missing groups as not found', async () => {
    const { groups, claims } = env.directory
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
    const [ann, bob, eve] = [await createUser('ann'), await createUser('bob'), await createUser('eve')]
    const [red, blue] = [await createGroup('red'), await createGroup('blue')]
    const { groups, users } = env.directory
    const unknownIds = [randomUUID(), 'x', '\0', "' OR 1=1"]
    expect(await groups.setMembers(red.id, [bob.id, ann.id, bob.id, ...unknownIds])).toEqual({
      added: expect.arrayContaining([ann.id, bob.id]),
      removed: [],
    })
    expect(await memberNamesOf(red.id)).toEqual(['ann', 'bob'])
    expect(await users.setGroups(ann.id, [blue.id, ...unknownIds])).toEqual({ added: [blue.id], removed: [red.id] })
    expect(await groups.setMembers(red.id, [bob.id, eve.id])).toEqual({ added: [eve.id], removed: [] })
    expect([await memberNamesOf(red.id), await memberNamesOf(blue.id)]).toEqual([['bob', 'eve'], ['ann']])
    expect([await groupNamesOf(ann.id), await groupNamesOf(bob.id)]).toEqual([['blue'], ['red']])
    await groups.setMembers(red.id, [])
    expect(await memberNamesOf(red.id)).toEqual([])
    await expect(users.setGroups(randomUUID(), [red.id])).rejects.toMatchObject({ code: 'user_not_found' })
  })

  test('removes the memberships of a deleted group', async () => {
    const [ann, red] = [await createUser('ann'), await createGroup('red')]
    await env.directory.groups.setMembers(red.id, [ann.id])
    await env.directory.claims.replaceForGroup(red.id, [{ key: 'room', value: '5' }])
    expect(await env.directory.groups.remove(red.id)).toEqual(red)
    expect([await groupNamesOf(ann.id), await env.directory.claims.suggestKeys()]).toEqual([[], []])
    expect(await env.dataSource.query('SELECT * FROM pocket_membership')).toEqual([])
  })

  test('handles concurrent membership changes while users and groups are created and removed', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, (_, index) => createUser(`p${index}`)))
    const groups = await Promise.all(Array.from({ length: 6 }, (_, index) => createGroup(`g${index}`)))
    const [userIds, groupIds] = [people.map(({ id }) => id), groups.map(({ id }) => id)]
    await Promise.all([
      ...userIds.slice(1).map((id) => env.directory.users.setGroups(id, groupIds)),
      ...groupIds.slice(1).map((id) => env.directory.groups.setMembers(id, userIds)),
      env.directory.users.remove(userIds[0] ?? ''),
      env.directory.groups.remove(groupIds[0] ?? ''),
    ])
    const memberships: readonly unknown[] = await env.dataSource.query('SELECT * FROM pocket_membership')
    expect(memberships).toHaveLength(25)
  })

  test('lists groups by ID', async () => {
    const [red, blue] = [await createGroup('red'), await createGroup('blue')]
    await env.directory.claims.replaceForGroup(red.id, [{ key: 'room', value: '5' }])
    const listGroups = () => env.directory.groups.list([red.id, blue.id, randomUUID(), '\0'])
    expect(await listGroups()).toEqual([
      { ...blue, claims: [] },
      { ...red, claims: [{ key: 'room', value: '5' }] },
    ])
    expect(await countStatements(env.dataSource, listGroups)).toBe(2)
  })

  describe('group list', () => {
    beforeEach(async () => {
      const ids = [(await createUser('ann')).id, (await createUser('bob')).id]
      for (const [index, [name, friendlyName, size]] of (
        [
          ['zebras', 'Aa', 1],
          ['Äpfel_%', 'Cc', 2],
          ['mangos', 'Bb', 0],
        ] as const
      ).entries()) {
        env.clock.time = testTime + index
        const { id } = await createGroup(name, friendlyName)
        await env.directory.groups.setMembers(id, ids.slice(0, size))
        await env.directory.claims.replaceForGroup(id, [{ key: 'size', value: String(size) }])
      }
    })

    async function listGroupNames(request: Partial<PageRequest>): Promise<string[]> {
      const { items } = await env.directory.groups.page({ ...firstPage, ...request })
      return items.map(({ friendlyName }) => friendlyName)
    }

    test('counts the members', async () => {
      const { items, total } = await env.directory.groups.page(firstPage)
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
      expect(await listGroupNames({ sort: { column, descending: false } })).toEqual(names)
      expect(await listGroupNames({ sort: { column, descending: true } })).toEqual(names.toReversed())
    })

    test('sorts by name, ignoring case', async () => {
      await createGroup('ALPHA', 'First')
      const names = await listGroupNames({ search: 'a', sort: { column: 'name', descending: false } })
      expect(names).toEqual(['First', 'Bb', 'Aa'])
    })

    test.each([
      ['äPF', ['Cc']],
      ['%', ['Cc']],
      ['_', ['Cc']],
      ['Bb', ['Bb']],
      ['S', ['Aa', 'Bb']],
    ])('finds %j in the names', async (search, names) => {
      expect(await listGroupNames({ search })).toEqual(names)
    })

    test('finds letters outside of ASCII in the displayed name, ignoring case', async () => {
      await createGroup('east', 'ÖSTERREICH Über')
      expect(await listGroupNames({ search: 'österreich üb' })).toEqual(['ÖSTERREICH Über'])
    })

    test('uses a constant number of statements', async () => {
      const listGroups = () => env.directory.groups.page(firstPage)
      expect(await countStatements(env.dataSource, listGroups)).toBe(3)
      for (let index = 0; index < 30; index += 1) await createGroup(`g${index}`)
      expect(await countStatements(env.dataSource, listGroups)).toBe(3)
    })
  })
})
