import { describe, expect, test } from '@jest/globals'
import type { KnownUser, LdapAnswer, LdapImportState, LdapRules, LdapSnapshot, User } from '../../src/index.ts'
import { nameKey } from '../../src/internal.ts'
import { planLdapImport } from '../../src/ldap/plan.ts'
import { answer, group, person, rules as usual } from './answers.ts'

const rules: LdapRules = { ...usual, now: 5 }
const nobody: LdapSnapshot = { people: [], localUsers: [], groups: [], memberships: [] }

function held(name: string, user: Partial<User> = {}, mark: Partial<LdapImportState> = {}): KnownUser {
  const id = `00000000-0000-4000-8000-${name.padStart(12, '0').replaceAll(/[^0-9a-f]/g, 'a')}`
  return {
    user: {
      id,
      userName: name,
      email: `${name}@example.com`,
      emailVerified: true,
      firstName: name.toUpperCase(),
      lastName: 'Example',
      displayName: `${name} Example`,
      administrator: false,
      disabled: false,
      locale: 'de',
      ldapId: `id-${name}`,
      createdAt: 1,
      updatedAt: 1,
      ...user,
    },
    importState: {
      userId: id,
      dn: `uid=${name},ou=people`,
      disabledByImport: false,
      enabledManually: false,
      isImportedAdministrator: false,
      isManualAdministrator: false,
      pictureHash: null,
      pictureImage: null,
      ...mark,
    },
  }
}

function local(userName: string, email: string | null = null, isEnabledAdministrator = true) {
  return {
    id: `local-${userName}`,
    userName,
    userNameKey: nameKey(userName),
    emailKey: email && nameKey(email),
    isEnabledAdministrator,
  }
}

/** Summarizes a plan, one line per change. */
async function told(
  given: LdapAnswer,
  before: LdapSnapshot,
  more: Partial<LdapRules> = {},
): Promise<readonly string[]> {
  const plan = await planLdapImport(given, before, { ...rules, ...more })
  return [
    ...plan.creations.map(({ user }) => `create ${user.userName}${user.administrator ? ' as administrator' : ''}`),
    ...plan.changes.map(({ kind, after, changed }) => `${kind} ${after.user.userName} ${changed.join()}`.trim()),
    ...plan.removals.map(({ user }) => `delete ${user.userName}`),
    ...plan.groupCreations.map(({ group: each }) => `create group ${each.name}`),
    ...plan.groupChanges.map(({ before: old, after }) => `rename group ${old.name} ${after.name}`),
    ...plan.groupRemovals.map(({ name }) => `delete group ${name}`),
    ...plan.memberships.map((each) => `${each.groupName} +${each.added.length} -${each.removed.length}`),
    ...plan.problems.map(({ dn, code }) => `${code} ${dn}`.trim()),
  ]
}

const ada = held('ada')
const bob = held('bob')
const adaBy = (name: string, more = {}) => person(name, { id: 'id-ada', dn: 'uid=ada,ou=people', ...more })

describe('users', () => {
  const cases: readonly (readonly [string, LdapAnswer, LdapSnapshot, Partial<LdapRules>, readonly string[]])[] = [
    ['who are new are created', answer([person('ada')]), nobody, {}, ['create ada']],
    ['who are as they were are left alone', answer([person('ada')]), { ...nobody, people: [ada] }, {}, []],
    [
      'change field by field, and never their language',
      answer([person('ada', { email: 'new@example.com', lastName: 'New' })]),
      { ...nobody, people: [ada] },
      {},
      ['change ada email,lastName'],
    ],
    [
      'keep what the directory is not asked for',
      answer([{ dn: 'uid=ada,ou=people', id: 'id-ada', userName: 'ada' }]),
      { ...nobody, people: [ada] },
      { mapped: { email: false, firstName: false, lastName: false, displayName: false, picture: false } },
      [],
    ],
    [
      'with an address that the directory was not asked for are not vouched for',
      answer([{ dn: 'uid=ada,ou=people', id: 'id-ada', userName: 'ada' }]),
      { ...nobody, people: [held('ada', { emailVerified: false })] },
      { mapped: { email: false, firstName: false, lastName: false, displayName: false, picture: false } },
      [],
    ],
    [
      'with an address of the directory are vouched for',
      answer([person('ada')]),
      { ...nobody, people: [held('ada', { emailVerified: false })] },
      {},
      ['change ada emailVerified'],
    ],
    [
      'lose what their entry has no longer',
      answer([{ dn: 'uid=ada,ou=people', id: 'id-ada', userName: 'ada' }]),
      { ...nobody, people: [ada] },
      {},
      ['change ada email,firstName,lastName,displayName'],
    ],
    ['whose entry is gone are disabled', answer([]), { ...nobody, people: [ada] }, {}, ['disable ada disabled']],
    [
      'are deleted where that is chosen',
      answer([]),
      { ...nobody, people: [ada] },
      { missing: 'delete' },
      ['delete ada'],
    ],
    ['who were disabled stay so', answer([]), { ...nobody, people: [held('ada', { disabled: true })] }, {}, []],
    [
      'come back when an import had disabled them',
      answer([person('ada')]),
      { ...nobody, people: [held('ada', { disabled: true }, { disabledByImport: true })] },
      {},
      ['enable ada disabled'],
    ],
    [
      'stay disabled when somebody had disabled them by hand',
      answer([person('ada', { firstName: 'A' })]),
      { ...nobody, people: [held('ada', { disabled: true })] },
      {},
      ['change ada firstName'],
    ],
    [
      'whom somebody let in again by hand stay without an entry',
      answer([]),
      { ...nobody, people: [held('ada', {}, { enabledManually: true })] },
      { missing: 'delete' },
      [],
    ],
    [
      'whom somebody let in again are as all others once their entry is back',
      answer([person('ada')]),
      { ...nobody, people: [held('ada', {}, { enabledManually: true })] },
      {},
      ['note ada'],
    ],
    [
      'who have moved in the directory are known by their identifier',
      answer([person('ada', { dn: 'uid=ada,ou=elsewhere' })]),
      { ...nobody, people: [ada] },
      {},
      ['note ada'],
    ],
  ]
  test.each(cases)('%s', async (_, given, before, more, expected) => {
    expect(await told(given, before, more)).toEqual(expected)
  })

  test('keep their locale and creation time, and get a verified e-mail address', async () => {
    const before = { ...nobody, people: [held('ada', { emailVerified: false })] }
    const [change] = (await planLdapImport(answer([person('ada')]), before, rules)).changes
    expect(change?.after.user).toMatchObject({ locale: 'de', createdAt: 1, emailVerified: true, ldapId: 'id-ada' })
  })
})

describe('an unusable entry is reported, and its user stays unchanged', () => {
  const one = { ...nobody, people: [ada] }
  const cases: readonly (readonly [string, LdapAnswer, LdapSnapshot, Partial<LdapRules>, readonly string[]])[] = [
    [
      'no user name',
      answer([{ dn: 'uid=ada,ou=people', id: 'id-ada' }, person('bob')]),
      one,
      {},
      ['create bob', 'user_name_missing uid=ada,ou=people'],
    ],
    [
      'a user name that cannot be one',
      answer([adaBy('no name'), person('bob')]),
      one,
      {},
      ['create bob', 'user_invalid uid=ada,ou=people'],
    ],
    [
      'a line break in a name',
      answer([person('ada', { firstName: 'a\nb' })]),
      one,
      {},
      ['user_invalid uid=ada,ou=people'],
    ],
    [
      'no e-mail address where everybody needs one',
      answer([{ dn: 'uid=ada,ou=people', id: 'id-ada', userName: 'ada' }]),
      one,
      { requireEmail: true },
      ['email_missing uid=ada,ou=people'],
    ],
    [
      'an identifier twice',
      answer([person('ada'), person('eve', { id: 'id-ada' })]),
      one,
      {},
      ['id_twice uid=eve,ou=people'],
    ],
    [
      'an identifier that no database keeps',
      answer([person('eve', { id: 'a\0b' })]),
      nobody,
      {},
      ['id_invalid uid=eve,ou=people'],
    ],
    [
      'an entry that was not read whole',
      answer([], [], [{ dn: 'uid=ada,ou=people', code: 'id_missing' }]),
      one,
      {},
      ['id_missing uid=ada,ou=people'],
    ],
    [
      'the user name of a local user',
      answer([person('ada'), person('bob')]),
      { ...nobody, localUsers: [local('Ada')] },
      {},
      ['create bob', 'user_name_taken uid=ada,ou=people'],
    ],
    [
      'the e-mail address of a local user',
      answer([person('ada')]),
      { ...nobody, localUsers: [local('eve', 'ADA@example.com')] },
      {},
      ['email_taken uid=ada,ou=people'],
    ],
    [
      'an e-mail address that is somebody’s user name',
      answer([person('ada')]),
      { ...nobody, localUsers: [local('ada@example.com')] },
      {},
      ['email_taken uid=ada,ou=people'],
    ],
    [
      'the user name of another entry: the first comes first',
      answer([person('ada'), person('eve', { userName: 'ADA' })]),
      nobody,
      {},
      ['create ada', 'user_name_taken uid=eve,ou=people'],
    ],
    [
      'the user name of somebody whose entry is gone',
      answer([person('ada', { id: 'id-new' })]),
      one,
      {},
      ['disable ada disabled', 'user_name_taken uid=ada,ou=people'],
    ],
    [
      'the user name of somebody who is deleted, which is free',
      answer([person('ada', { id: 'id-new' })]),
      one,
      { missing: 'delete' },
      ['create ada', 'delete ada'],
    ],
    [
      'a new user name that is taken, so that the old one stays and nobody else gets it',
      answer([adaBy('root'), person('bob', { userName: 'ada', email: 'bob@example.com' })]),
      { ...nobody, people: [ada, bob], localUsers: [local('root')] },
      {},
      ['user_name_taken uid=ada,ou=people', 'user_name_taken uid=bob,ou=people'],
    ],
  ]
  test.each(cases)('%s', async (_, given, before, more, expected) => {
    expect(await told(given, before, more)).toEqual(expected)
  })

  test('names the conflicting user, whom an administrator may link', async () => {
    const before = { ...nobody, localUsers: [local('ada')] }
    const [problem] = (await planLdapImport(answer([person('ada')]), before, rules)).problems
    expect(problem).toEqual({
      dn: 'uid=ada,ou=people',
      id: 'id-ada',
      code: 'user_name_taken',
      detail: 'ada',
      inTheWay: { userId: 'local-ada', userName: 'ada' },
    })
  })

  test('swaps names', async () => {
    const given = answer([adaBy('bob'), person('ada', { id: 'id-bob', dn: 'uid=bob,ou=people' })])
    expect(await told(given, { ...nobody, people: [ada, bob] })).toEqual([
      'change bob userName,email,firstName,displayName',
      'change ada userName,email,firstName,displayName',
    ])
  })

  test('resolves twenty thousand requests for one name quickly', async () => {
    const people = Array.from({ length: 20_000 }, (_, index) => person(`u${index}`, { userName: 'same' }))
    expect((await planLdapImport(answer(people), nobody, rules)).problems).toHaveLength(19_999)
  })

  test('keeps all names quickly if the last of twenty thousand renames in a chain is blocked', async () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `n${index.toString(16)}`)
    const people = names.map((name, index) => person(name, { userName: names[index + 1] ?? 'root' }))
    const before = { ...nobody, people: names.map((name) => held(name)), localUsers: [local('root')] }
    const plan = await planLdapImport(answer(people), before, rules)
    expect(plan.changes).toEqual([])
    expect(plan.problems).toHaveLength(20_000)
  })
})

describe('administrators', () => {
  const admins = { administratorGroup: 'Admins' }
  const localUsers = [local('root')]
  const cases: readonly (readonly [string, LdapAnswer, LdapSnapshot, Partial<LdapRules>, readonly string[]])[] = [
    [
      'the members of the group that is named become one',
      answer([person('ada'), person('bob')], [group('admins', ['bob'])]),
      {
        ...nobody,
        localUsers,
        people: [ada],
        groups: [{ id: 'g', name: 'admins', friendlyName: 'admins', ldapId: 'id-admins', createdAt: 1 }],
      },
      admins,
      ['create bob as administrator', 'admins +1 -0'],
    ],
    [
      'who was made one by an import is none any more outside of it',
      answer([person('ada')], [group('admins')]),
      {
        ...nobody,
        localUsers,
        people: [held('ada', { administrator: true }, { isImportedAdministrator: true })],
      },
      admins,
      ['change ada administrator', 'create group admins'],
    ],
    [
      'who was made one by hand stays one',
      answer([person('ada')], [group('admins')]),
      { ...nobody, localUsers, people: [held('ada', { administrator: true })] },
      admins,
      ['create group admins'],
    ],
    [
      'who was unmade by hand stays none',
      answer([person('ada')], [group('admins', ['ada'])]),
      { ...nobody, localUsers, people: [held('ada', {}, { isManualAdministrator: true })] },
      admins,
      ['create group admins', 'admins +1 -0'],
    ],
    [
      'an empty setting leaves all rights alone',
      answer([person('ada')]),
      {
        ...nobody,
        localUsers,
        people: [held('ada', { administrator: true }, { isImportedAdministrator: true })],
      },
      {},
      [],
    ],
    [
      'a group that is gone takes the rights that it gave, and is reported',
      answer([person('ada')]),
      {
        ...nobody,
        localUsers,
        people: [held('ada', { administrator: true }, { isImportedAdministrator: true })],
      },
      admins,
      ['change ada administrator', 'administrator_group_missing'],
    ],
    [
      'a group that could not be read takes no rights',
      answer([person('ada')], [], [{ dn: 'x', code: 'group_too_large', id: 'id-admins' }]),
      {
        ...nobody,
        localUsers,
        people: [held('ada', { administrator: true }, { isImportedAdministrator: true })],
        groups: [{ id: 'g', name: 'admins', friendlyName: 'admins', ldapId: 'id-admins', createdAt: 1 }],
      },
      admins,
      ['group_too_large x'],
    ],
    [
      'another group that takes the name gives no rights, and is reported',
      answer(
        [person('ada'), person('bob')],
        [group('admins', ['ada']), group('evil', ['bob'], { name: 'ADMINS', dn: 'cn=ADMINS,ou=apart' })],
      ),
      {
        ...nobody,
        localUsers,
        people: [ada],
        groups: [{ id: 'g', name: 'admins', friendlyName: 'admins', ldapId: 'id-admins', createdAt: 1 }],
      },
      admins,
      [
        'create bob',
        'change ada administrator',
        'admins +1 -0',
        'administrator_group_twice cn=ADMINS,ou=apart',
        'group_name_taken cn=ADMINS,ou=apart',
      ],
    ],
    [
      'of several groups of that name, none of which is known, none gives or takes rights',
      answer(
        [person('ada'), person('bob')],
        [group('admins', ['bob']), group('evil', ['bob'], { name: 'admins', dn: 'cn=admins,ou=apart' })],
      ),
      {
        ...nobody,
        localUsers,
        people: [held('ada', { administrator: true }, { isImportedAdministrator: true })],
      },
      admins,
      [
        'create bob',
        'create group admins',
        'admins +1 -0',
        'administrator_group_twice cn=admins,ou=apart',
        'administrator_group_twice cn=admins,ou=groups',
        'group_name_taken cn=admins,ou=groups',
      ],
    ],
    [
      'a local group of that name gives none',
      answer([person('ada')]),
      {
        ...nobody,
        localUsers,
        people: [ada],
        groups: [{ id: 'g', name: 'admins', friendlyName: 'admins', ldapId: null, createdAt: 1 }],
      },
      admins,
      ['administrator_group_missing'],
    ],
    [
      'the last one who can administer this stays',
      answer([person('bob')]),
      { ...nobody, people: [held('ada', { administrator: true }), bob], localUsers: [local('eve', null, false)] },
      {},
      ['last_administrator uid=ada,ou=people'],
    ],
  ]
  test.each(cases)('%s', async (_, given, before, more, expected) => {
    expect(await told(given, before, more)).toEqual(expected)
  })
})

describe('groups', () => {
  const staff = { id: 'g1', name: 'staff', friendlyName: 'staff', ldapId: 'id-staff', createdAt: 1 }
  const club = { id: 'g2', name: 'Club', friendlyName: 'Club', ldapId: null, createdAt: 1 }
  const cases: readonly (readonly [string, LdapAnswer, LdapSnapshot, readonly string[]])[] = [
    [
      'are created with their members',
      answer([person('ada')], [group('staff', ['ada', 'eve'])]),
      nobody,
      ['create ada', 'create group staff', 'staff +1 -0'],
    ],
    [
      'are renamed',
      answer([], [group('crew', [], { id: 'id-staff' })]),
      { ...nobody, groups: [staff] },
      ['rename group staff crew'],
    ],
    [
      'that could not be read to their end stay as they are',
      answer([], [], [{ dn: 'x', code: 'group_too_large', id: 'id-staff' }]),
      { ...nobody, groups: [staff] },
      ['group_too_large x'],
    ],
    ['go', answer([], []), { ...nobody, groups: [staff, club] }, ['delete group staff']],
    [
      'of others are in the way',
      answer([], [group('club')]),
      { ...nobody, groups: [club] },
      ['group_name_taken cn=club,ou=groups'],
    ],
    [
      'need a name',
      answer([], [group('staff', [], { name: 'x' })]),
      { ...nobody, groups: [staff] },
      ['group_invalid cn=staff,ou=groups'],
    ],
    [
      'lose who is in them no longer, and keep who is',
      answer([person('ada'), person('bob')], [group('staff', ['bob'])]),
      {
        ...nobody,
        people: [ada, bob],
        groups: [staff],
        memberships: [
          { groupId: 'g1', userId: ada.user.id },
          { groupId: 'g1', userId: bob.user.id },
        ],
      },
      ['staff +0 -1'],
    ],
    [
      'keep a member whose entry cannot be used',
      answer([adaBy('no name')], [group('staff', ['ada'])]),
      { ...nobody, people: [ada], groups: [staff], memberships: [{ groupId: 'g1', userId: ada.user.id }] },
      ['user_invalid uid=ada,ou=people'],
    ],
  ]
  test.each(cases)('%s', async (_, given, before, expected) => {
    expect(await told(given, before)).toEqual(expected)
  })

  test('shortens a long display name, and keeps the full name for clients', async () => {
    const name = 'x'.repeat(80)
    const [created] = (await planLdapImport(answer([], [group(name)]), nobody, rules)).groupCreations
    expect(created?.group).toMatchObject({ name, friendlyName: `${'x'.repeat(49)}…` })
  })
})

describe('confirmation of removals', () => {
  const four = { ...nobody, people: ['ada', 'bob', 'cy', 'dan'].map((name) => held(name)) }
  const quarter = { ...rules, maxRemovals: 0.25 }
  const asks = async (names: readonly string[], before: LdapSnapshot = four, more: Partial<LdapRules> = {}) =>
    (await planLdapImport(answer(names.map((name) => person(name))), before, { ...quarter, ...more })).losses

  test('is required above a quarter of the users, and for an empty answer', async () => {
    expect(await asks(['ada', 'bob', 'cy'])).toMatchObject({ asks: false, people: { lost: 1, of: 4 } })
    expect(await asks(['ada', 'bob'])).toMatchObject({ asks: true, people: { lost: 2, of: 4 } })
    expect(await asks([])).toMatchObject({ asks: true, people: { lost: 4, of: 4 } })
    expect(await asks([], four, { maxRemovals: 1 })).toMatchObject({ asks: false })
    expect(await asks([], nobody)).toMatchObject({ asks: false })
  })

  test('does not count users who are already disabled', async () => {
    const gone = held('eve', { disabled: true }, { disabledByImport: true })
    expect(await asks(['ada', 'bob', 'cy'], { ...nobody, people: [...four.people, gone] })).toMatchObject({
      asks: false,
    })
  })

  test('covers groups and memberships', async () => {
    const groups = ['g1', 'g2'].map((id) => ({ id, name: id, friendlyName: id, ldapId: `id-${id}`, createdAt: 1 }))
    const people = Array.from({ length: 30 }, (_, index) => held(`p${index.toString(16)}`))
    const before = {
      ...nobody,
      people,
      groups,
      memberships: people.map(({ user }) => ({ groupId: 'g1', userId: user.id })),
    }
    const entries = people.map(({ user }) => person(user.userName))
    expect((await planLdapImport(answer(entries, [group('g1')]), before, quarter)).losses).toMatchObject({
      asks: true,
      groups: { lost: 1, of: 2 },
      memberships: { lost: 30, of: 30 },
    })
    expect((await planLdapImport(answer(entries, [group('g1'), group('g2')]), before, quarter)).losses.asks).toBe(true)
  })

  test('applies only to the confirmed removals', async () => {
    expect((await asks(['ada', 'bob'])).digest).toBe((await asks(['bob', 'ada'])).digest)
    expect((await asks(['ada', 'bob'])).digest).not.toBe((await asks(['ada', 'cy'])).digest)
    expect((await asks(['ada', 'bob'])).digest).not.toBe(
      (await asks(['ada', 'bob'], four, { missing: 'delete' })).digest,
    )
  })
})

describe('pictures', () => {
  const bytes = new Uint8Array([1, 2, 3])
  const hash = 'A5BYxvLAy0ksUzsKTRTvd8wPeKvMztUofYShogEc-4E'
  const pictures = async (
    picture: Uint8Array | undefined,
    mark: Partial<LdapImportState>,
    problems: LdapAnswer['problems'] = [],
  ) => {
    const entry = picture ? person('ada', { picture }) : person('ada')
    const plan = await planLdapImport(
      answer([entry], [], problems),
      { ...nobody, people: [held('ada', {}, mark)] },
      rules,
    )
    return [plan.pictures.map((each) => each.picture?.hash ?? null), plan.problems.map(({ code }) => code)]
  }
  test('are set if they changed, and otherwise not checked', async () => {
    expect(await pictures(bytes, {})).toEqual([[hash], []])
    expect(await pictures(bytes, { pictureHash: hash, pictureImage: 'x' })).toEqual([[], []])
    expect(await pictures(bytes, { pictureHash: hash, pictureImage: '' })).toEqual([[], ['picture_invalid']])
    expect(await pictures(undefined, { pictureHash: hash, pictureImage: 'x' })).toEqual([[null], []])
    expect(await pictures(undefined, {})).toEqual([[], []])
  })
  test('are kept if they could not be read', async () => {
    const problem = { dn: 'uid=ada,ou=people', code: 'picture_too_large' }
    expect(await pictures(undefined, { pictureHash: hash, pictureImage: 'x' }, [problem])).toEqual([
      [],
      ['picture_too_large'],
    ])
  })
})
