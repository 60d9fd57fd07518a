import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { LdapAnswer, LdapChanges, LdapRules, User } from '../../src/index.ts'
import { isEmptyPlan } from '../../src/internal.ts'
import { type DirectoryUnderTest, kinds } from '../open-directory.ts'
import { statementsOf } from '../count-statements.ts'
import { answer, deaf, group, never, person, rules } from './answers.ts'

const anywhere = { page: 1, limit: 100, sort: { column: 'username', descending: false }, filters: {}, search: '' }

describe.each(kinds)('an import from LDAP on %s', (_, open) => {
  let site: DirectoryUnderTest
  beforeAll(async () => {
    site = await open()
  })
  afterAll(async () => site[Symbol.asyncDispose]())

  const planned = (given: LdapAnswer, more: Partial<LdapRules> = {}) =>
    site.directory.ldap.plan(given, { ...rules, ...more }, never)
  /** The changes of one run as reported to the host, and the objects that were postponed. */
  const run = async (given: LdapAnswer, more: Partial<LdapRules> = {}) => {
    const heard: LdapChanges[] = []
    const host = { onApplied: async (done: LdapChanges) => void heard.push(done) }
    const { counts, postponed } = await site.directory.ldap.apply(await planned(given, more), host, never)
    return { counts, postponed, heard }
  }
  const named = async (name: string): Promise<User> => {
    const user = await site.directory.findByName(name)
    if (!user) throw new Error(`There is no ${name}`)
    return user
  }
  const groupsOf = async (name: string) =>
    (await site.directory.users.find((await named(name)).id))?.groups.map((each) => each.name)

  test('yields to other work between two transactions', async () => {
    const people = Array.from({ length: 1500 }, (_, index) => person(`many${index}`))
    const plan = await planned(answer(people))
    let others = 0
    const host = { onApplied: async () => void setImmediate(() => others++) }
    await site.directory.ldap.apply(plan, host, never)
    // The last one runs after the import has finished.
    expect(others).toBeGreaterThanOrEqual(2)
    await run(answer([]), { missing: 'delete' })
  })

  test('reduces the batch size if transactions block other work', async () => {
    const people = Array.from({ length: 300 }, (_, index) => person(`many${index}`))
    const groups = [
      group(
        'all',
        people.map(({ userName = '' }) => userName),
      ),
    ]
    const sizes: number[] = []
    const onApplied = async ({ creations = [] }: LdapChanges) => {
      if (creations.length > 0) sizes.push(creations.length)
      const end = performance.now() + creations.length
      while (performance.now() < end);
    }
    const plan = await planned(answer(people, groups))
    const { counts } = await site.directory.ldap.apply(plan, { onApplied }, never)
    expect(counts).toMatchObject({ created: 300, membersAdded: 300 })
    // Each row takes at least a millisecond, and a transaction may take 40.
    const [first = 0, ...others] = sizes
    expect([first, Math.max(...others) <= 40, sizes.reduce((sum, size) => sum + size)]).toEqual([50, true, 300])
    expect((await site.directory.users.page(anywhere)).total).toBe(300)
    await run(answer([], []), { missing: 'delete' })
  })

  test('creates users and groups only once', async () => {
    const given = answer([person('ada'), person('bob')], [group('staff', ['ada', 'bob']), group('club', ['ada'])])
    const { counts } = await run(given, { newClaims: [{ key: 'from', value: 'ldap' }] })
    expect(counts).toMatchObject({ created: 2, groupsCreated: 2, membersAdded: 3 })
    const { items } = await site.directory.users.page(anywhere)
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
    expect(await site.directory.findByEmail('ADA@example.com')).toMatchObject({ userName: 'ada' })

    // The second run only reads and writes nothing.
    site.clock.time += 1
    const again = await planned(given)
    expect(isEmptyPlan(again)).toBe(true)
    expect(await statementsOf(site.dataSource, () => planned(given))).toBe(4)
    expect(await statementsOf(site.dataSource, () => site.directory.ldap.apply(again, deaf, never))).toBe(0)
    expect((await named('ada')).updatedAt).toBe(site.clock.time - 1)
  })

  test('applies changes, swaps names, and reports the previous values to the host', async () => {
    const exchanged = [
      person('ada', { userName: 'bob', email: 'bob@example.com' }),
      person('bob', { userName: 'ada', email: 'ada@example.com' }),
    ]
    const groups = [group('club', ['bob'], { id: 'id-staff' }), group('staff', [], { id: 'id-club' })]
    const { counts, heard } = await run(answer(exchanged, groups))
    expect(counts).toMatchObject({ changed: 2, groupsChanged: 2, membersRemoved: 2 })
    expect((await named('bob')).ldapId).toBe('id-ada')
    expect((await named('ada')).ldapId).toBe('id-bob')
    expect(await groupsOf('ada')).toEqual(['club'])
    expect(heard.flatMap(({ changes = [] }) => changes.map(({ before }) => before.user.userName)).toSorted()).toEqual([
      'ada',
      'bob',
    ])
    await run(answer([person('ada'), person('bob')], [group('staff', ['ada', 'bob']), group('club', ['ada'])]))
    expect(await groupsOf('ada')).toEqual(['club', 'staff'])
  })

  test('disables missing users, enables them when they return, and keeps manual decisions', async () => {
    const { directory } = site
    const both = answer([person('ada'), person('bob')])
    expect((await run(answer([person('bob')]))).counts).toMatchObject({ disabled: 1, groupsRemoved: 2 })
    expect((await named('ada')).disabled).toBe(true)
    expect((await run(both)).counts).toMatchObject({ enabled: 1 })

    await directory.setDisabled((await named('ada')).id, true)
    await run(both)
    expect((await named('ada')).disabled).toBe(true)
    await run(answer([person('bob')]))
    await run(both)
    expect((await named('ada')).disabled).toBe(true)

    await directory.setDisabled((await named('ada')).id, false)
    await run(both)
    await run(answer([person('bob')]))
    expect((await named('ada')).disabled).toBe(true)
    await directory.setDisabled((await named('ada')).id, false)
    await run(answer([person('bob')]))
    expect((await named('ada')).disabled).toBe(false)
    await run(both)
  })

  test('grants administrator rights, and revokes none that were granted manually', async () => {
    const { users } = site.directory
    await site.directory.create(
      {
        id: '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1',
        userName: 'root',
        email: null,
        firstName: '',
        lastName: '',
        displayName: 'R',
        locale: null,
      },
      { administrator: true },
    )
    const people = [person('ada'), person('bob')]
    const admins = { administratorGroup: 'admins' }
    await users.update((await named('bob')).id, {}, { administrator: true })
    await run(answer(people, [group('admins', ['ada', 'bob'])]), admins)
    expect((await named('ada')).administrator).toBe(true)
    await run(answer(people, [group('admins')]), admins)
    expect([(await named('ada')).administrator, (await named('bob')).administrator]).toEqual([false, true])
    await users.update((await named('bob')).id, {}, { administrator: false })
    await run(answer(people, [group('admins', ['bob'])]), admins)
    expect((await named('bob')).administrator).toBe(false)
  })

  test('skips objects that were changed concurrently and updates them in the next run', async () => {
    const given = answer([person('ada', { lastName: 'New' }), person('bob'), person('eve')])
    const plan = await planned(given)
    site.clock.time += 1
    await site.directory.users.update((await named('ada')).id, { locale: 'fr' })
    await site.directory.create({
      ...(await named('bob')),
      id: '6f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1',
      userName: 'eve',
      email: null,
    })
    const { counts, postponed } = await site.directory.ldap.apply(plan, deaf, never)
    expect(counts).toMatchObject({ created: 0, changed: 0 })
    expect(postponed.map(({ dn, code }) => [dn, code])).toEqual([
      ['uid=ada,ou=people', 'changed_meanwhile'],
      ['uid=eve,ou=people', 'changed_meanwhile'],
    ])
    expect((await run(given)).counts).toMatchObject({ changed: 1 })
    expect(await named('ada')).toMatchObject({ lastName: 'New', locale: 'fr' })
  })

  test('takes over a linked local user, and releases an unlinked one', async () => {
    const { ldap } = site.directory
    const people = [person('ada', { lastName: 'New' }), person('bob'), person('eve')]
    const { problems } = await planned(answer(people))
    expect(problems).toMatchObject([{ code: 'user_name_taken', inTheWay: { userName: 'eve' } }])
    const eve = await named('eve')
    await expect(ldap.link(eve.id, { id: 'id-bob', dn: 'x' })).rejects.toMatchObject({ code: 'ldap_entry_linked' })
    await ldap.link(eve.id, { id: 'id-eve', dn: 'uid=eve,ou=people' })
    expect((await run(answer(people))).counts).toMatchObject({ created: 0, changed: 1 })
    expect(await named('eve')).toMatchObject({ id: eve.id, firstName: 'EVE', ldapId: 'id-eve' })
    await ldap.unlink(eve.id)
    await expect(ldap.unlink(eve.id)).rejects.toMatchObject({ code: 'ldap_not_linked' })
    expect(isEmptyPlan(await planned(answer(people.slice(0, 2))))).toBe(true)
  })

  test('deletes missing users if configured, and lets new users take their names', async () => {
    const before = await named('bob')
    const next = answer([person('ada', { lastName: 'New' }), person('bob', { id: 'id-another' })])
    expect((await run(next, { missing: 'delete' })).counts).toMatchObject({ removed: 1, created: 1 })
    expect((await named('bob')).id).not.toBe(before.id)
  })

  test('completes an aborted run in the next run', async () => {
    const people = Array.from({ length: 1200 }, (_, index) => person(`many${index}`))
    const given = answer(people, [
      group(
        'many',
        people.map(({ userName = '' }) => userName),
      ),
    ])
    const stop = new AbortController()
    let batches = 0
    const host = {
      async onApplied() {
        batches += 1
        if (batches === 3) stop.abort(new Error('cut off'))
      },
    }
    await expect(site.directory.ldap.apply(await planned(given), host, stop.signal)).rejects.toThrow('cut off')
    const failing = { onApplied: () => Promise.reject(new Error('no log')) }
    await expect(site.directory.ldap.apply(await planned(given), failing, never)).rejects.toThrow('no log')
    const { counts } = await run(given)
    expect(counts.created).toBeGreaterThan(0)
    expect(counts.created).toBeLessThan(1200)
    expect(isEmptyPlan(await planned(given))).toBe(true)
    expect((await groupsOf('many1199'))?.length).toBe(1)
  })

  test('skips an identifier that is too long for an index', async () => {
    // Three bytes per character, and not compressible.
    const long = (length: number) =>
      Array.from({ length }, (_value, index) => String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000))).join('')
    const plan = await planned(
      answer(
        [person('long-id', { id: long(1024) }), person('not-so-long-id', { id: long(300) })],
        [group('long-id', [], { id: long(1024) })],
      ),
      { missing: 'disable' },
    )
    expect(plan.problems.map(({ code }) => code)).toEqual(['id_invalid', 'id_invalid'])
    const creations = { ...plan, changes: [], groupRemovals: [], memberships: [] }
    await site.directory.ldap.apply(creations, deaf, never)
    expect((await named('not-so-long-id')).ldapId).toBe(long(300))
  })

  test('uses few statements, and a constant number per transaction', async () => {
    const people = Array.from({ length: 1000 }, (_, index) => person(`new${index}`))
    const old = (await site.directory.users.page({ ...anywhere, limit: 2000 })).items.flatMap(({ ldapId, userName }) =>
      ldapId ? [person(userName, { id: ldapId })] : [],
    )
    const groups = Array.from({ length: 100 }, (_, index) => group(`group${index}`, [`new${index}`, `new${index + 1}`]))
    const plan = await planned(answer([...old, ...people], groups), { mapped: { ...rules.mapped, picture: false } })
    const creations = {
      ...plan,
      changes: [],
      groupRemovals: [],
      memberships: plan.memberships.filter((each) => each.added.length > 0),
    }
    let transactions = 0
    const host = { onApplied: async () => void transactions++ }
    const statements = await statementsOf(site.dataSource, () => site.directory.ldap.apply(creations, host, never))
    // Each transaction starts by acquiring the lock.
    expect(statements).toBeLessThanOrEqual(4 * transactions)
    expect(transactions).toBeLessThan(creations.creations.length / 10)
  })
})
