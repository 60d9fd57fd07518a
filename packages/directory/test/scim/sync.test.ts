import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type ScimObject, type ScimServer, startScimServer } from '@pocket/test-support/scim'
import { newUser, type User } from '../../src/index.ts'
import { isComplete } from '../../src/internal.ts'
import { type DirectoryUnderTest, kinds } from '../open-directory.ts'
import { statementsOf } from '../count-statements.ts'
import { type Provider, providerOf } from './scim-run.ts'

const listing = ['GET /Users?startIndex=1&count=1000', 'GET /Groups?startIndex=1&count=1000']

describe.each(kinds)('provisioning on %s', (kind, open) => {
  let it: DirectoryUnderTest
  let server: ScimServer
  let provider: Provider

  beforeAll(async () => {
    it = await open()
  })

  beforeEach(async () => {
    server = await startScimServer()
    provider = providerOf(it)
  })

  afterEach(async () => {
    await server[Symbol.asyncDispose]()
    for (const { id } of await it.directory.list()) await it.directory.users.remove(id)
    const { items } = await it.directory.groups.page({ page: 1, limit: 100, sort: null, filters: {}, search: '' })
    for (const { id } of items) await it.directory.groups.remove(id)
  })

  afterAll(async () => it[Symbol.asyncDispose]())

  const person = (username: string, more: object = {}): Promise<User> =>
    it.directory.create(newUser({ username, email: `${username}@example.com`, firstName: 'First', ...more }))
  const group = async (name: string, ...members: readonly User[]) => {
    const created = await it.directory.groups.create({ name, friendlyName: name })
    await it.directory.groups.setMembers(
      created.id,
      members.map(({ id }) => id),
    )
    return created
  }
  const run = (options: Partial<Parameters<Provider['run']>[0]> = {}) => provider.run({ url: server.url, ...options })
  const remote = (id: string): ScimObject | undefined =>
    [...server.users.values(), ...server.groups.values()].find(({ externalId }) => externalId === id)
  const membersOf = (id: string) => {
    const { members = [] } = remote(id) as { members?: { value: string }[] }
    return members.map(({ value }) => value).sort()
  }
  const requestsOf = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    server.requests.length = 0
    await work()
    return [...server.requests]
  }
  const foreign = (userName: string, more: object = {}): ScimObject => {
    const object: ScimObject = { id: `their-${userName}`, userName, displayName: userName, active: true, ...more }
    server.users.set(object.id, object)
    return object
  }

  test('creates users with their groups, and only lists in a second run', async () => {
    const [ada, bob] = [await person('ada', { lastName: 'Lovelace' }), await person('bob', { email: null })]
    const staff = await group('staff', ada, bob)
    const report = await run()
    expect(isComplete(report)).toBe(true)
    expect(report.user).toMatchObject({ total: 2, created: 2, unchanged: 0 })
    expect(report.group).toMatchObject({ total: 1, created: 1 })
    expect(remote(ada.id)).toMatchObject({
      userName: 'ada',
      displayName: ada.displayName,
      name: { givenName: 'First', familyName: 'Lovelace' },
      active: true,
      emails: [{ value: 'ada@example.com', primary: true }],
    })
    expect(remote(bob.id)?.emails).toBeUndefined()
    expect(membersOf(staff.id)).toEqual([remote(ada.id)?.id, remote(bob.id)?.id].sort())

    // Three statements and the isolation level for the snapshot, and one for the records; nothing is written.
    const statements = statementsOf(it.dataSource, async () => {
      expect(await requestsOf(async () => expect((await run()).user.unchanged).toBe(2))).toEqual(listing)
    })
    expect(await statements).toBe(kind === 'PostgreSQL' ? 5 : 4)
  })

  test.each([true, false])('updates only users who differ (PATCH: %s)', async (patch) => {
    await server[Symbol.asyncDispose]()
    server = await startScimServer({ patch })
    const [ada, bob] = [await person('ada'), await person('bob')]
    const staff = await group('staff', ada)
    await run()
    const there = remote(ada.id) as ScimObject
    server.users.set(there.id, { ...there, title: 'Countess' })
    await it.directory.users.update(ada.id, { username: 'ada2', email: null, lastName: 'King' })
    await it.directory.groups.setMembers(staff.id, [bob.id])
    const method = patch ? 'PATCH' : 'PUT'
    const sent = await requestsOf(async () => expect((await run()).user.updated).toBe(1))
    expect(sent.filter((request) => !request.startsWith('GET'))).toEqual([
      `${method} /Users/${there.id}`,
      `${method} /Groups/${remote(staff.id)?.id}`,
    ])
    expect(remote(ada.id)).toMatchObject({ userName: 'ada2', name: { familyName: 'King' }, title: 'Countess' })
    expect(remote(ada.id)?.emails ?? []).toEqual([])
    expect(membersOf(staff.id)).toEqual([remote(bob.id)?.id])
    expect(await requestsOf(run)).toEqual(listing)
  })

  test('reverts changes made in the target', async () => {
    const ada = await person('ada')
    await run()
    const there = remote(ada.id) as ScimObject
    server.users.set(there.id, { ...there, displayName: 'Somebody else' })
    expect((await run()).user.updated).toBe(1)
    expect(remote(ada.id)?.displayName).toBe(ada.displayName)
    expect(await requestsOf(run)).toEqual(listing)
    server.users.set(there.id, { ...there, active: false })
    expect((await run()).user.updated).toBe(1)
    expect(remote(ada.id)?.active).toBe(true)
  })

  test('provisions only members of allowed groups, and deprovisions them when access ends', async () => {
    const [ada, bob] = [await person('ada'), await person('bob')]
    const [staff, others] = [await group('staff', ada, bob), await group('others', bob)]
    await run({ groupIds: [staff.id] })
    expect([server.users.size, server.groups.size]).toEqual([2, 1])
    await it.directory.groups.setMembers(staff.id, [ada.id])
    expect((await run({ groupIds: [staff.id] })).user.deactivated).toBe(1)
    expect(remote(bob.id)).toMatchObject({ active: false, userName: 'bob' })
    expect(await requestsOf(() => run({ groupIds: [staff.id] }))).toEqual(listing)

    expect((await run({ groupIds: [others.id] })).group).toMatchObject({ created: 1, deleted: 1 })
    expect([remote(ada.id)?.active, remote(bob.id)?.active]).toEqual([false, true])
    expect((await run({ groupIds: [others.id], removal: 'delete' })).user.deleted).toBe(1)
    expect([remote(ada.id), server.users.size]).toEqual([undefined, 1])
  })

  test('deactivates disabled and deleted users, and creates no inactive ones', async () => {
    const [ada, bob, eve] = [await person('ada'), await person('bob'), await person('eve')]
    await it.directory.setDisabled(eve.id, true)
    await run()
    expect(remote(eve.id)).toBeUndefined()
    await it.directory.setDisabled(ada.id, true)
    await it.directory.users.remove(bob.id)
    const report = await run()
    expect([report.user.updated, report.user.deactivated]).toEqual([0, 2])
    expect([remote(ada.id)?.active, remote(bob.id)?.active]).toEqual([false, false])
    expect(await requestsOf(run)).toEqual(listing)
  })

  test('replaces a deleted user with a new user of the same name', async () => {
    const ada = await person('ada')
    const staff = await group('staff', ada)
    await run({ removal: 'delete' })
    await it.directory.users.remove(ada.id)
    await it.directory.groups.remove(staff.id)
    const again = await person('ada')
    const staffAgain = await group('staff', again)
    const report = await run({ removal: 'delete' })
    expect(isComplete(report)).toBe(true)
    const made = { total: 1, created: 1, deleted: 1, found: 0 }
    expect([report.user, report.group]).toMatchObject([made, made])
    expect([remote(ada.id), remote(staff.id)]).toEqual([undefined, undefined])
    expect(membersOf(staffAgain.id)).toEqual([remote(again.id)?.id])
    expect(await requestsOf(run)).toEqual(listing)
  })

  test('never changes foreign objects, whatever their names', async () => {
    const others = [
      foreign('zoe'),
      foreign('yan', { externalId: '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1' }),
      foreign('ADA'),
    ]
    await person('ada')
    await group('staff')
    server.groups.set('g', { id: 'g', userName: '', displayName: 'Staff' })
    for (const removal of ['deactivate', 'delete'] as const) {
      const report = await run({ removal })
      expect([report.user.found, report.group.found, report.user.created]).toEqual([1, 1, 0])
    }
    for (const other of others) expect(server.users.get(other.id)).toBe(other)
    expect(server.requests.filter((request) => /^(PUT|PATCH|DELETE)/.test(request))).toEqual([])
    const { items, total } = await provider.records.listFound(provider.id, 10)
    expect(total).toBe(2)
    expect(items.map(({ name, remoteName }) => [name, remoteName])).toEqual([
      ['ada', 'ADA'],
      ['staff', 'Staff'],
    ])
  })

  test('adopts found objects individually or all together', async () => {
    const [ada, bob] = [await person('ada'), await person('bob')]
    const staff = await group('staff', ada, bob)
    foreign('ada')
    foreign('b', { emails: [{ value: 'BOB@example.com' }], externalId: 'of somebody else' })
    server.groups.set('g', { id: 'g', userName: '', displayName: 'staff' })
    expect(isComplete(await run())).toBe(false)
    expect(await provider.records.adopt(provider.id, { kind: 'user', localId: ada.id })).toBe(1)
    const sent = await requestsOf(run)
    expect(sent.filter((request) => /^(PATCH|POST|DELETE)/.test(request))).toEqual(['PATCH /Users/their-ada'])
    expect(remote(ada.id)?.id).toBe('their-ada')
    expect(await provider.records.adopt(provider.id)).toBe(2)
    expect(isComplete(await run())).toBe(true)
    expect([remote(bob.id)?.userName, remote(staff.id)?.id]).toEqual(['bob', 'g'])
    expect(membersOf(staff.id).length).toBe(2)
    expect(await requestsOf(run)).toEqual(listing)
    expect((await provider.records.listFound(provider.id, 10)).total).toBe(0)
  })

  test('does not write two local users to one remote object', async () => {
    await person('ada', { email: 'shared@example.com' })
    await person('shared', { email: null })
    foreign('their', { userName: 'ADA', emails: [{ value: 'shared' }] })
    await run()
    expect(await provider.records.adopt(provider.id)).toBe(2)
    for (let runs = 0; runs < 2; runs++) {
      const report = await run()
      expect(report.problems).toEqual([expect.objectContaining({ code: 'id_reused' })])
    }
  })

  test.each(['deactivate', 'delete'] as const)(
    'takes over an object if a new user has its name (%s)',
    async (removal) => {
      const before = await person('ada')
      foreign('ada')
      await run()
      await provider.records.adopt(provider.id)
      await run()
      await it.directory.users.remove(before.id)
      const now = await person('ada')
      for (let runs = 0; runs < 3; runs++) {
        await run({ removal: runs === 0 ? 'deactivate' : removal })
        await provider.records.adopt(provider.id)
      }
      await run({ removal })
      expect(remote(now.id)).toMatchObject({ id: 'their-ada', active: true })
      expect(await requestsOf(() => run({ removal }))).toEqual(listing)
      expect((await provider.records.list(provider.id)).length).toBe(1)
    },
  )

  test.each([{ patch: true }, { patch: false }])('hands over names within one run (%o)', async (can) => {
    await server[Symbol.asyncDispose]()
    server = await startScimServer(can)
    const names = ['ada', 'bob', 'carol', 'dave', 'erin']
    const people = await Promise.all(names.map((name) => person(name, { email: null })))
    const staff = await group('staff', ...people)
    await run()
    const before = people.map(({ id }) => remote(id)?.id)
    const rename = async (given: Readonly<Record<string, string>>) => {
      const change = async (name: string, username: string) => {
        const user = await it.directory.findByName(name)
        await it.directory.users.update(user?.id ?? '', { username })
      }
      for (const name of Object.keys(given)) await change(name, `${name}-leaves`)
      for (const [name, to] of Object.entries(given)) await change(`${name}-leaves`, to)
    }
    // Two users swap names, and in a chain of three the last one gets a new name.
    const given = { ada: 'bob', bob: 'ada', carol: 'dave', dave: 'erin', erin: 'eve' }
    await rename(given)
    expect(isComplete(await run())).toBe(true)
    const now = names.map((name) => given[name as keyof typeof given])
    expect(people.map(({ id }) => remote(id)?.userName)).toEqual(now)
    expect(people.map(({ id }) => remote(id)?.id)).toEqual(before)
    expect(membersOf(staff.id)).toEqual(before.toSorted())
    expect(await requestsOf(run)).toEqual(listing)
  })

  test.each([{ patch: true }, { patch: false }])(
    'keeps group memberships when groups hand over names (%o)',
    async (can) => {
      await server[Symbol.asyncDispose]()
      server = await startScimServer(can)
      const people = [await person('ada'), await person('bob')]
      const groups = [await group('staff', ...people.slice(0, 1)), await group('guests', ...people.slice(1))]
      await run()
      const before = groups.map(({ id }) => remote(id)?.id)
      const members = groups.map(({ id }) => membersOf(id))
      const [staff, guests] = groups
      for (const [id, name] of [
        [staff?.id, 'leaving'],
        [guests?.id, 'staff'],
        [staff?.id, 'guests'],
      ])
        await it.directory.groups.update(id ?? '', { name: name ?? '', friendlyName: name ?? '' })
      expect(isComplete(await run())).toBe(true)
      expect(groups.map(({ id }) => remote(id)?.displayName)).toEqual(['guests', 'staff'])
      expect(groups.map(({ id }) => remote(id)?.id)).toEqual(before)
      expect(groups.map(({ id }) => membersOf(id))).toEqual(members)
      expect(await requestsOf(run)).toEqual(listing)
    },
  )

  test('removes the members of a group that became empty', async () => {
    const staff = await group('staff', await person('ada'))
    await run()
    await it.directory.groups.setMembers(staff.id, [])
    await run()
    expect(membersOf(staff.id)).toEqual([])
    expect(await requestsOf(run)).toEqual(listing)
  })

  test('recognizes objects by our ID that another run created', async () => {
    const [ada, bob] = [await person('ada'), await person('bob')]
    await run()
    provider = providerOf(it)
    await it.directory.users.update(ada.id, { lastName: 'New' })
    await it.directory.users.remove(bob.id)
    const report = await run()
    expect([report.user.created, report.user.updated, report.user.found]).toEqual([0, 1, 0])
    // The previous owner of that ID is unknown.
    expect(remote(bob.id)?.active).toBe(true)
  })

  test.each(['deactivate', 'delete'] as const)('ignores objects created by another provider (%s)', async (removal) => {
    const [ada, bob] = [await person('ada'), await person('bob')]
    const [staff, others] = [await group('staff', ada), await group('others', bob)]
    await run({ groupIds: [staff.id] })
    provider = providerOf(it)
    const report = await run({ groupIds: [others.id], removal })
    expect([report.user.created, report.user.deleted, report.user.deactivated]).toEqual([1, 0, 0])
    expect([remote(ada.id)?.active, remote(staff.id)?.displayName]).toEqual([true, 'staff'])
  })

  test('recreates users who were deleted in the target', async () => {
    const ada = await person('ada')
    await run()
    server.users.clear()
    expect((await run()).user.created).toBe(1)
    expect(remote(ada.id)).toBeDefined()
    expect(await requestsOf(run)).toEqual(listing)
  })

  test('recreates users whose remote ID was reassigned, and keeps the other object', async () => {
    const ada = await person('ada')
    await run()
    const { id } = remote(ada.id) as ScimObject
    const other: ScimObject = { id, userName: 'other', displayName: 'Other', externalId: 'theirs', active: true }
    server.users.set(id, other)
    const report = await run()
    expect(report.problems).toEqual([expect.objectContaining({ code: 'id_reused', localId: ada.id })])
    expect([server.users.get(id), remote(ada.id)?.userName]).toEqual([other, 'ada'])
    expect(isComplete(await run())).toBe(true)
  })
})
