import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { type ScimObject, type ScimServer, startScimServer } from '@pocket/test-support/scim'
import { newUser, type User } from '../../src/index.ts'
import { isComplete } from '../../src/internal.ts'
import { countStatements } from '../count-statements.ts'
import { databases } from '../open-directory.ts'
import { createProvider, type Provider } from './scim-run.ts'

const listRequests = ['GET /Users?startIndex=1&count=1000', 'GET /Groups?startIndex=1&count=1000']

describe.each(databases)('provisioning on %s', (kind, open) => {
  const env = shareBetweenTests(() => open())
  let server: ScimServer
  let provider: Provider

  beforeEach(async () => {
    server = await startScimServer()
    provider = createProvider(env)
  })

  afterEach(async () => {
    await server[Symbol.asyncDispose]()
    for (const { id } of await env.directory.list()) await env.directory.users.remove(id)
    const { items } = await env.directory.groups.page({ page: 1, limit: 100, sort: null, filters: {}, search: '' })
    for (const { id } of items) await env.directory.groups.remove(id)
  })

  const createUser = (username: string, overrides: object = {}): Promise<User> =>
    env.directory.create(newUser({ username, email: `${username}@example.com`, firstName: 'First', ...overrides }))
  const createGroup = async (name: string, ...members: readonly User[]) => {
    const created = await env.directory.groups.create({ name, friendlyName: name })
    await env.directory.groups.setMembers(
      created.id,
      members.map(({ id }) => id),
    )
    return created
  }
  const run = (options: Partial<Parameters<Provider['run']>[0]> = {}) => provider.run({ url: server.url, ...options })
  const findRemote = (id: string): ScimObject | undefined =>
    [...server.users.values(), ...server.groups.values()].find(({ externalId }) => externalId === id)
  const remoteMembersOf = (id: string) => {
    const { members = [] } = findRemote(id) as { members?: { value: string }[] }
    return members.map(({ value }) => value).sort()
  }
  const recordRequests = async (callback: () => Promise<unknown>): Promise<readonly string[]> => {
    server.requests.length = 0
    await callback()
    return [...server.requests]
  }
  const addForeignUser = (userName: string, overrides: object = {}): ScimObject => {
    const object: ScimObject = { id: `their-${userName}`, userName, displayName: userName, active: true, ...overrides }
    server.users.set(object.id, object)
    return object
  }

  test('creates users with their groups, and only lists in a second run', async () => {
    const [ada, bob] = [await createUser('ada', { lastName: 'Lovelace' }), await createUser('bob', { email: null })]
    const staff = await createGroup('staff', ada, bob)
    const report = await run()
    expect(isComplete(report)).toBe(true)
    expect(report.user).toMatchObject({ total: 2, created: 2, unchanged: 0 })
    expect(report.group).toMatchObject({ total: 1, created: 1 })
    expect(findRemote(ada.id)).toMatchObject({
      userName: 'ada',
      displayName: ada.displayName,
      name: { givenName: 'First', familyName: 'Lovelace' },
      active: true,
      emails: [{ value: 'ada@example.com', primary: true }],
    })
    expect(findRemote(bob.id)?.emails).toBeUndefined()
    expect(remoteMembersOf(staff.id)).toEqual([findRemote(ada.id)?.id, findRemote(bob.id)?.id].sort())

    // Three statements and the isolation level for the snapshot, and one for the records; nothing is written.
    const statements = countStatements(env.dataSource, async () => {
      expect(await recordRequests(async () => expect((await run()).user.unchanged).toBe(2))).toEqual(listRequests)
    })
    expect(await statements).toBe(kind === 'PostgreSQL' ? 5 : 4)
  })

  test.each([true, false])('updates only users who differ (PATCH: %s)', async (patch) => {
    await server[Symbol.asyncDispose]()
    server = await startScimServer({ patch })
    const [ada, bob] = [await createUser('ada'), await createUser('bob')]
    const staff = await createGroup('staff', ada)
    await run()
    const remoteUser = findRemote(ada.id) as ScimObject
    server.users.set(remoteUser.id, { ...remoteUser, title: 'Countess' })
    await env.directory.users.update(ada.id, { username: 'ada2', email: null, lastName: 'King' })
    await env.directory.groups.setMembers(staff.id, [bob.id])
    const method = patch ? 'PATCH' : 'PUT'
    const requests = await recordRequests(async () => expect((await run()).user.updated).toBe(1))
    expect(requests.filter((request) => !request.startsWith('GET'))).toEqual([
      `${method} /Users/${remoteUser.id}`,
      `${method} /Groups/${findRemote(staff.id)?.id}`,
    ])
    expect(findRemote(ada.id)).toMatchObject({ userName: 'ada2', name: { familyName: 'King' }, title: 'Countess' })
    expect(findRemote(ada.id)?.emails ?? []).toEqual([])
    expect(remoteMembersOf(staff.id)).toEqual([findRemote(bob.id)?.id])
    expect(await recordRequests(run)).toEqual(listRequests)
  })

  test('reverts changes made in the target', async () => {
    const ada = await createUser('ada')
    await run()
    const remoteUser = findRemote(ada.id) as ScimObject
    server.users.set(remoteUser.id, { ...remoteUser, displayName: 'Somebody else' })
    expect((await run()).user.updated).toBe(1)
    expect(findRemote(ada.id)?.displayName).toBe(ada.displayName)
    expect(await recordRequests(run)).toEqual(listRequests)
    server.users.set(remoteUser.id, { ...remoteUser, active: false })
    expect((await run()).user.updated).toBe(1)
    expect(findRemote(ada.id)?.active).toBe(true)
  })

  test('provisions only members of allowed groups, and deprovisions them when access ends', async () => {
    const [ada, bob] = [await createUser('ada'), await createUser('bob')]
    const [staff, otherGroup] = [await createGroup('staff', ada, bob), await createGroup('others', bob)]
    await run({ groupIds: [staff.id] })
    expect([server.users.size, server.groups.size]).toEqual([2, 1])
    await env.directory.groups.setMembers(staff.id, [ada.id])
    expect((await run({ groupIds: [staff.id] })).user.deactivated).toBe(1)
    expect(findRemote(bob.id)).toMatchObject({ active: false, userName: 'bob' })
    expect(await recordRequests(() => run({ groupIds: [staff.id] }))).toEqual(listRequests)

    expect((await run({ groupIds: [otherGroup.id] })).group).toMatchObject({ created: 1, deleted: 1 })
    expect([findRemote(ada.id)?.active, findRemote(bob.id)?.active]).toEqual([false, true])
    expect((await run({ groupIds: [otherGroup.id], removal: 'delete' })).user.deleted).toBe(1)
    expect([findRemote(ada.id), server.users.size]).toEqual([undefined, 1])
  })

  test('deactivates disabled and deleted users, and creates no inactive ones', async () => {
    const [ada, bob, eve] = [await createUser('ada'), await createUser('bob'), await createUser('eve')]
    await env.directory.setDisabled(eve.id, true)
    await run()
    expect(findRemote(eve.id)).toBeUndefined()
    await env.directory.setDisabled(ada.id, true)
    await env.directory.users.remove(bob.id)
    const report = await run()
    expect([report.user.updated, report.user.deactivated]).toEqual([0, 2])
    expect([findRemote(ada.id)?.active, findRemote(bob.id)?.active]).toEqual([false, false])
    expect(await recordRequests(run)).toEqual(listRequests)
  })

  test('replaces a deleted user with a new user of the same name', async () => {
    const ada = await createUser('ada')
    const staff = await createGroup('staff', ada)
    await run({ removal: 'delete' })
    await env.directory.users.remove(ada.id)
    await env.directory.groups.remove(staff.id)
    const newUserAda = await createUser('ada')
    const newStaff = await createGroup('staff', newUserAda)
    const report = await run({ removal: 'delete' })
    expect(isComplete(report)).toBe(true)
    const expectedCounts = { total: 1, created: 1, deleted: 1, found: 0 }
    expect([report.user, report.group]).toMatchObject([expectedCounts, expectedCounts])
    expect([findRemote(ada.id), findRemote(staff.id)]).toEqual([undefined, undefined])
    expect(remoteMembersOf(newStaff.id)).toEqual([findRemote(newUserAda.id)?.id])
    expect(await recordRequests(run)).toEqual(listRequests)
  })

  test('never changes foreign objects, regardless of their names', async () => {
    const foreignUsers = [
      addForeignUser('zoe'),
      addForeignUser('yan', { externalId: '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1' }),
      addForeignUser('ADA'),
    ]
    await createUser('ada')
    await createGroup('staff')
    server.groups.set('g', { id: 'g', userName: '', displayName: 'Staff' })
    for (const removal of ['deactivate', 'delete'] as const) {
      const report = await run({ removal })
      expect([report.user.found, report.group.found, report.user.created]).toEqual([1, 1, 0])
    }
    for (const foreignUser of foreignUsers) expect(server.users.get(foreignUser.id)).toBe(foreignUser)
    expect(server.requests.filter((request) => /^(PUT|PATCH|DELETE)/.test(request))).toEqual([])
    const { items, total } = await provider.records.listFound(provider.id, 10)
    expect(total).toBe(2)
    expect(items.map(({ name, remoteName }) => [name, remoteName])).toEqual([
      ['ada', 'ADA'],
      ['staff', 'Staff'],
    ])
  })

  test('adopts found objects individually or all together', async () => {
    const [ada, bob] = [await createUser('ada'), await createUser('bob')]
    const staff = await createGroup('staff', ada, bob)
    addForeignUser('ada')
    addForeignUser('b', { emails: [{ value: 'BOB@example.com' }], externalId: 'of somebody else' })
    server.groups.set('g', { id: 'g', userName: '', displayName: 'staff' })
    expect(isComplete(await run())).toBe(false)
    expect(await provider.records.adopt(provider.id, { kind: 'user', localId: ada.id })).toBe(1)
    const requests = await recordRequests(run)
    expect(requests.filter((request) => /^(PATCH|POST|DELETE)/.test(request))).toEqual(['PATCH /Users/their-ada'])
    expect(findRemote(ada.id)?.id).toBe('their-ada')
    expect(await provider.records.adopt(provider.id)).toBe(2)
    expect(isComplete(await run())).toBe(true)
    expect([findRemote(bob.id)?.userName, findRemote(staff.id)?.id]).toEqual(['bob', 'g'])
    expect(remoteMembersOf(staff.id).length).toBe(2)
    expect(await recordRequests(run)).toEqual(listRequests)
    expect((await provider.records.listFound(provider.id, 10)).total).toBe(0)
  })

  test('does not write two local users to one remote object', async () => {
    await createUser('ada', { email: 'shared@example.com' })
    await createUser('shared', { email: null })
    addForeignUser('their', { userName: 'ADA', emails: [{ value: 'shared' }] })
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
      const oldUser = await createUser('ada')
      addForeignUser('ada')
      await run()
      await provider.records.adopt(provider.id)
      await run()
      await env.directory.users.remove(oldUser.id)
      const replacement = await createUser('ada')
      for (let runs = 0; runs < 3; runs++) {
        await run({ removal: runs === 0 ? 'deactivate' : removal })
        await provider.records.adopt(provider.id)
      }
      await run({ removal })
      expect(findRemote(replacement.id)).toMatchObject({ id: 'their-ada', active: true })
      expect(await recordRequests(() => run({ removal }))).toEqual(listRequests)
      expect((await provider.records.list(provider.id)).length).toBe(1)
    },
  )

  test.each([{ patch: true }, { patch: false }])('reassigns names within one run (%o)', async (capabilities) => {
    await server[Symbol.asyncDispose]()
    server = await startScimServer(capabilities)
    const names = ['ada', 'bob', 'carol', 'dave', 'erin']
    const people = await Promise.all(names.map((name) => createUser(name, { email: null })))
    const staff = await createGroup('staff', ...people)
    await run()
    const remoteIds = people.map(({ id }) => findRemote(id)?.id)
    const rename = async (newNames: Readonly<Record<string, string>>) => {
      const changeUserName = async (name: string, username: string) => {
        const user = await env.directory.findByName(name)
        await env.directory.users.update(user?.id ?? '', { username })
      }
      for (const name of Object.keys(newNames)) await changeUserName(name, `${name}-leaves`)
      for (const [name, newName] of Object.entries(newNames)) await changeUserName(`${name}-leaves`, newName)
    }
    // Two users swap names, and in a chain of three the last one gets a new name.
    const renames = { ada: 'bob', bob: 'ada', carol: 'dave', dave: 'erin', erin: 'eve' }
    await rename(renames)
    expect(isComplete(await run())).toBe(true)
    const expectedNames = names.map((name) => renames[name as keyof typeof renames])
    expect(people.map(({ id }) => findRemote(id)?.userName)).toEqual(expectedNames)
    expect(people.map(({ id }) => findRemote(id)?.id)).toEqual(remoteIds)
    expect(remoteMembersOf(staff.id)).toEqual(remoteIds.toSorted())
    expect(await recordRequests(run)).toEqual(listRequests)
  })

  test.each([{ patch: true }, { patch: false }])(
    'keeps group memberships when groups swap names (%o)',
    async (capabilities) => {
      await server[Symbol.asyncDispose]()
      server = await startScimServer(capabilities)
      const people = [await createUser('ada'), await createUser('bob')]
      const groups = [
        await createGroup('staff', ...people.slice(0, 1)),
        await createGroup('guests', ...people.slice(1)),
      ]
      await run()
      const remoteIds = groups.map(({ id }) => findRemote(id)?.id)
      const members = groups.map(({ id }) => remoteMembersOf(id))
      const [staff, guests] = groups
      for (const [id, name] of [
        [staff?.id, 'leaving'],
        [guests?.id, 'staff'],
        [staff?.id, 'guests'],
      ])
        await env.directory.groups.update(id ?? '', { name: name ?? '', friendlyName: name ?? '' })
      expect(isComplete(await run())).toBe(true)
      expect(groups.map(({ id }) => findRemote(id)?.displayName)).toEqual(['guests', 'staff'])
      expect(groups.map(({ id }) => findRemote(id)?.id)).toEqual(remoteIds)
      expect(groups.map(({ id }) => remoteMembersOf(id))).toEqual(members)
      expect(await recordRequests(run)).toEqual(listRequests)
    },
  )

  test('removes the members of a group that became empty', async () => {
    const staff = await createGroup('staff', await createUser('ada'))
    await run()
    await env.directory.groups.setMembers(staff.id, [])
    await run()
    expect(remoteMembersOf(staff.id)).toEqual([])
    expect(await recordRequests(run)).toEqual(listRequests)
  })

  test('recognizes objects by our ID that another run created', async () => {
    const [ada, bob] = [await createUser('ada'), await createUser('bob')]
    await run()
    provider = createProvider(env)
    await env.directory.users.update(ada.id, { lastName: 'New' })
    await env.directory.users.remove(bob.id)
    const report = await run()
    expect([report.user.created, report.user.updated, report.user.found]).toEqual([0, 1, 0])
    // The previous owner of that ID is unknown.
    expect(findRemote(bob.id)?.active).toBe(true)
  })

  test.each(['deactivate', 'delete'] as const)('ignores objects created by another provider (%s)', async (removal) => {
    const [ada, bob] = [await createUser('ada'), await createUser('bob')]
    const [staff, otherGroup] = [await createGroup('staff', ada), await createGroup('others', bob)]
    await run({ groupIds: [staff.id] })
    provider = createProvider(env)
    const report = await run({ groupIds: [otherGroup.id], removal })
    expect([report.user.created, report.user.deleted, report.user.deactivated]).toEqual([1, 0, 0])
    expect([findRemote(ada.id)?.active, findRemote(staff.id)?.displayName]).toEqual([true, 'staff'])
  })

  test('recreates users who were deleted in the target', async () => {
    const ada = await createUser('ada')
    await run()
    server.users.clear()
    expect((await run()).user.created).toBe(1)
    expect(findRemote(ada.id)).toBeDefined()
    expect(await recordRequests(run)).toEqual(listRequests)
  })

  test('recreates users whose remote ID was reassigned, and keeps the other object', async () => {
    const ada = await createUser('ada')
    await run()
    const { id } = findRemote(ada.id) as ScimObject
    const other: ScimObject = { id, userName: 'other', displayName: 'Other', externalId: 'theirs', active: true }
    server.users.set(id, other)
    const report = await run()
    expect(report.problems).toEqual([expect.objectContaining({ code: 'id_reused', localId: ada.id })])
    expect([server.users.get(id), findRemote(ada.id)?.userName]).toEqual([other, 'ada'])
    expect(isComplete(await run())).toBe(true)
  })
})
