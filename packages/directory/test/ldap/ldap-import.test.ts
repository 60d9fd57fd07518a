import { describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import {
  type LdapChanges,
  type LdapEntries,
  type LdapPlan,
  type LdapRules,
  newUser,
  type User,
} from '../../src/index.ts'
import { countStatements } from '../count-statements.ts'
import { databases } from '../open-directory.ts'
import { group, ldapEntries, neverAborted, person, rules, silentHost } from './ldap-entries.ts'

const firstPage = { page: 1, limit: 100, sort: { column: 'username', descending: false }, filters: {}, search: '' }

/** What an import would write. */
const changesIn = ({ problems: _, losses: __, newClaims: ___, ...changes }: LdapPlan) => Object.values(changes).flat()

describe.each(databases)('an import from LDAP on %s', (_, open) => {
  const env = shareBetweenTests(() => open())

  const createPlan = (directoryAnswer: LdapEntries, overrides: Partial<LdapRules> = {}) =>
    env.directory.ldap.plan(directoryAnswer, { ...rules, ...overrides }, neverAborted)
  /** The changes of one run as reported to the host, and the objects that were postponed. */
  const run = async (directoryAnswer: LdapEntries, overrides: Partial<LdapRules> = {}) => {
    const reported: LdapChanges[] = []
    const host = { onApplied: async (changes: LdapChanges) => void reported.push(changes) }
    const { counts, postponed } = await env.directory.ldap.apply(
      await createPlan(directoryAnswer, overrides),
      host,
      neverAborted,
    )
    return { counts, postponed, heard: reported }
  }
  const findUser = async (name: string): Promise<User> => {
    const user = await env.directory.findByName(name)
    if (!user) throw new Error(`The user ${name} does not exist`)
    return user
  }
  const groupNamesOf = async (name: string) =>
    (await env.directory.users.find((await findUser(name)).id))?.groups.map((group) => group.name)

  test('yields to other work between two transactions', async () => {
    const people = Array.from({ length: 1500 }, (_, index) => person(`many${index}`))
    const plan = await createPlan(ldapEntries(people))
    let otherTasks = 0
    const host = { onApplied: async () => void setImmediate(() => otherTasks++) }
    await env.directory.ldap.apply(plan, host, neverAborted)
    // The last one runs after the import has finished.
    expect(otherTasks).toBeGreaterThanOrEqual(2)
    await run(ldapEntries([]), { missing: 'delete' })
  })

  test('creates users and groups only once', async () => {
    const directoryAnswer = ldapEntries(
      [person('ada'), person('bob')],
      [group('staff', ['ada', 'bob']), group('club', ['ada'])],
    )
    const { counts } = await run(directoryAnswer, { newClaims: [{ key: 'from', value: 'ldap' }] })
    expect(counts).toMatchObject({ created: 2, groupsCreated: 2, membersAdded: 3 })
    const { items } = await env.directory.users.page(firstPage)
    expect(items).toMatchObject([
      {
        userName: 'ada',
        ldapId: 'id-ada',
        emailVerified: true,
        claims: [{ key: 'from', value: 'ldap' }],
        groups: [
          { name: 'club', ldapId: 'id-club' },
          { name: 'staff', ldapId: 'id-staff' },
        ],
      },
      { userName: 'bob', ldapId: 'id-bob' },
    ])
    expect(await env.directory.findByEmail('ADA@example.com')).toMatchObject({ userName: 'ada' })
    const { id } = await findUser('ada')
    expect(await env.directory.ldap.importState(id)).toMatchObject({ userId: id, disabledByImport: false })

    // The second run only reads and writes nothing.
    env.clock.time += 1
    const secondPlan = await createPlan(directoryAnswer)
    expect(changesIn(secondPlan)).toEqual([])
    expect(await countStatements(env.dataSource, () => createPlan(directoryAnswer))).toBe(4)
    expect(
      await countStatements(env.dataSource, () => env.directory.ldap.apply(secondPlan, silentHost, neverAborted)),
    ).toBe(0)
    expect((await findUser('ada')).updatedAt).toBe(env.clock.time - 1)
  })

  test('applies changes, reports the previous values to the host, and hands a name over in the next run', async () => {
    const people = [person('adele', { id: 'id-ada' }), person('ada', { id: 'id-bob' })]
    const groups = [group('crew', ['bob'], { id: 'id-staff' }), group('staff', [], { id: 'id-club' })]
    const { counts, heard: reported } = await run(ldapEntries(people, groups))
    // The second user keeps the taken name, and gets all other values.
    expect(counts).toMatchObject({ changed: 2, groupsChanged: 1, membersRemoved: 2 })
    const changed = reported.flatMap(({ changes = [] }) => changes.map(({ before }) => before.user.userName))
    expect(changed.toSorted()).toEqual(['ada', 'bob'])
    expect((await run(ldapEntries(people, groups))).counts).toMatchObject({ changed: 1, groupsChanged: 1 })
    expect((await findUser('adele')).ldapId).toBe('id-ada')
    expect((await findUser('ada')).ldapId).toBe('id-bob')
    expect(await groupNamesOf('ada')).toEqual(['crew'])
    const earlier = ldapEntries(
      [person('ada'), person('bob')],
      [group('staff', ['ada', 'bob']), group('club', ['ada'])],
    )
    await run(earlier)
    await run(earlier)
    expect(await groupNamesOf('ada')).toEqual(['club', 'staff'])
  })

  test('ends and adds a single membership', async () => {
    const createStaffEntries = (...members: readonly string[]) =>
      ldapEntries([person('ada'), person('bob')], [group('staff', members), group('club', ['ada'])])
    expect((await run(createStaffEntries('ada'))).counts).toMatchObject({ membersRemoved: 1 })
    expect(await groupNamesOf('bob')).toEqual([])
    expect((await run(createStaffEntries('ada', 'bob'))).counts).toMatchObject({ membersAdded: 1 })
    expect(await groupNamesOf('bob')).toEqual(['staff'])
  })

  test('disables missing users, enables them when they return, and keeps manual decisions', async () => {
    const { directory } = env
    const fullAnswer = ldapEntries([person('ada'), person('bob')])
    expect((await run(ldapEntries([person('bob')]))).counts).toMatchObject({ disabled: 1, groupsRemoved: 2 })
    expect((await findUser('ada')).disabled).toBe(true)
    expect((await run(fullAnswer)).counts).toMatchObject({ enabled: 1 })

    await directory.setDisabled((await findUser('ada')).id, true)
    await run(fullAnswer)
    expect((await findUser('ada')).disabled).toBe(true)
    await run(ldapEntries([person('bob')]))
    await run(fullAnswer)
    expect((await findUser('ada')).disabled).toBe(true)

    await directory.setDisabled((await findUser('ada')).id, false)
    await run(fullAnswer)
    await run(ldapEntries([person('bob')]))
    expect((await findUser('ada')).disabled).toBe(true)
    await directory.setDisabled((await findUser('ada')).id, false)
    await run(ldapEntries([person('bob')]))
    expect((await findUser('ada')).disabled).toBe(false)
    await run(fullAnswer)
  })

  test('grants administrator rights, and revokes none that were granted manually', async () => {
    const { users } = env.directory
    await env.directory.create(newUser({ username: 'root' }), { administrator: true })
    const people = [person('ada'), person('bob')]
    const overrides = { administratorGroup: 'admins' }
    await users.update((await findUser('bob')).id, {}, { administrator: true })
    await run(ldapEntries(people, [group('admins', ['ada', 'bob'])]), overrides)
    expect((await findUser('ada')).administrator).toBe(true)
    await run(ldapEntries(people, [group('admins')]), overrides)
    expect([(await findUser('ada')).administrator, (await findUser('bob')).administrator]).toEqual([false, true])
    await users.update((await findUser('bob')).id, {}, { administrator: false })
    await run(ldapEntries(people, [group('admins', ['bob'])]), overrides)
    expect((await findUser('bob')).administrator).toBe(false)
  })

  test('disables the last imported administrator only if a local user is an enabled administrator', async () => {
    await using empty = await open()
    const { directory } = empty
    const overrides = { ...rules, administratorGroup: 'admins' }
    const planFor = (entries: LdapEntries) => directory.ldap.plan(entries, overrides, neverAborted)
    const root = await directory.create(newUser({ username: 'root' }), { administrator: true })
    const entries = ldapEntries([person('ada')], [group('admins', ['ada'])])
    await directory.ldap.apply(await planFor(entries), silentHost, neverAborted)
    const listChanges = async () => {
      const { changes, problems } = await planFor(ldapEntries([], [group('admins')]))
      return [changes.map(({ kind }) => kind), problems.map(({ code }) => code)]
    }
    expect(await listChanges()).toEqual([['disable'], []])
    await directory.setDisabled(root.id, true)
    expect(await listChanges()).toEqual([[], ['last_administrator']])
  })

  test('skips objects that were changed concurrently and updates them in the next run', async () => {
    const directoryAnswer = ldapEntries([person('ada', { lastName: 'New' }), person('bob'), person('eve')])
    const plan = await createPlan(directoryAnswer)
    env.clock.time += 1
    await env.directory.users.update((await findUser('ada')).id, { locale: 'fr' })
    await env.directory.create({
      ...(await findUser('bob')),
      id: '6f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1',
      userName: 'eve',
      email: null,
    })
    const { counts, postponed } = await env.directory.ldap.apply(plan, silentHost, neverAborted)
    expect(counts).toMatchObject({ created: 0, changed: 0 })
    expect(postponed.map(({ dn, code }) => [dn, code])).toEqual([
      ['uid=ada,ou=people', 'changed_meanwhile'],
      ['uid=eve,ou=people', 'changed_meanwhile'],
    ])
    expect((await run(directoryAnswer)).counts).toMatchObject({ changed: 1 })
    expect(await findUser('ada')).toMatchObject({ lastName: 'New', locale: 'fr' })
  })

  test('takes over a linked local user, and releases an unlinked one', async () => {
    const { ldap } = env.directory
    const people = [person('ada', { lastName: 'New' }), person('bob'), person('eve')]
    const { problems } = await createPlan(ldapEntries(people))
    expect(problems).toMatchObject([{ code: 'user_name_taken', conflictingUser: { userName: 'eve' } }])
    const eve = await findUser('eve')
    await expect(ldap.link(eve.id, { id: 'id-bob', dn: 'x' })).rejects.toMatchObject({ code: 'ldap_entry_linked' })
    await ldap.link(eve.id, { id: 'id-eve', dn: 'uid=eve,ou=people' })
    expect((await run(ldapEntries(people))).counts).toMatchObject({ created: 0, changed: 1 })
    expect(await findUser('eve')).toMatchObject({ id: eve.id, firstName: 'EVE', ldapId: 'id-eve' })
    await ldap.unlink(eve.id)
    await expect(ldap.unlink(eve.id)).rejects.toMatchObject({ code: 'ldap_not_linked' })
    expect(changesIn(await createPlan(ldapEntries(people.slice(0, 2))))).toEqual([])
  })

  test('deletes missing users if configured, and lets new users take their names', async () => {
    const oldBob = await findUser('bob')
    const newAnswer = ldapEntries([person('ada', { lastName: 'New' }), person('bob', { id: 'id-another' })])
    expect((await run(newAnswer, { missing: 'delete' })).counts).toMatchObject({ removed: 1, created: 1 })
    expect((await findUser('bob')).id).not.toBe(oldBob.id)
  })

  test('completes an aborted run in the next run', async () => {
    const people = Array.from({ length: 1200 }, (_, index) => person(`many${index}`))
    const directoryAnswer = ldapEntries(people, [
      group(
        'many',
        people.map(({ userName = '' }) => userName),
      ),
    ])
    const controller = new AbortController()
    let batches = 0
    const host = {
      async onApplied() {
        batches += 1
        if (batches === 3) controller.abort(new Error('aborted'))
      },
    }
    await expect(env.directory.ldap.apply(await createPlan(directoryAnswer), host, controller.signal)).rejects.toThrow(
      'aborted',
    )
    const failingHost = { onApplied: () => Promise.reject(new Error('audit log failed')) }
    await expect(
      env.directory.ldap.apply(await createPlan(directoryAnswer), failingHost, neverAborted),
    ).rejects.toThrow('audit log failed')
    const { counts } = await run(directoryAnswer)
    expect(counts.created).toBeGreaterThan(0)
    expect(counts.created).toBeLessThan(1200)
    expect(changesIn(await createPlan(directoryAnswer))).toEqual([])
    expect((await groupNamesOf('many1199'))?.length).toBe(1)
  })

  test('skips an identifier that is too long for an index', async () => {
    // Three bytes per character, and not compressible.
    const longId = (length: number) =>
      Array.from({ length }, (_value, index) => String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000))).join('')
    const plan = await createPlan(
      ldapEntries(
        [person('long-id', { id: longId(1024) }), person('not-so-long-id', { id: longId(300) })],
        [group('long-id', [], { id: longId(1024) })],
      ),
      { missing: 'disable' },
    )
    expect(plan.problems.map(({ code }) => code)).toEqual(['id_invalid', 'id_invalid'])
    const creations = { ...plan, changes: [], groupRemovals: [], memberships: [] }
    await env.directory.ldap.apply(creations, silentHost, neverAborted)
    expect((await findUser('not-so-long-id')).ldapId).toBe(longId(300))
  })

  test('uses few statements, and a constant number per transaction', async () => {
    const people = Array.from({ length: 1000 }, (_, index) => person(`new${index}`))
    const existingPeople = (await env.directory.users.page({ ...firstPage, limit: 2000 })).items.flatMap(
      ({ ldapId, userName }) => (ldapId ? [person(userName, { id: ldapId })] : []),
    )
    const groups = Array.from({ length: 100 }, (_, index) => group(`group${index}`, [`new${index}`, `new${index + 1}`]))
    const plan = await createPlan(ldapEntries([...existingPeople, ...people], groups), {
      mapped: { ...rules.mapped, picture: false },
    })
    const creations = {
      ...plan,
      changes: [],
      groupRemovals: [],
      memberships: plan.memberships.filter((membership) => membership.added.length > 0),
    }
    let transactions = 0
    const host = { onApplied: async () => void transactions++ }
    const statements = await countStatements(env.dataSource, () =>
      env.directory.ldap.apply(creations, host, neverAborted),
    )
    // Each transaction starts by acquiring the lock.
    expect(statements).toBeLessThanOrEqual(4 * transactions)
    expect(transactions).toBeLessThan(creations.creations.length / 10)
  })
})
