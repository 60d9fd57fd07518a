import { describe, expect, test } from '@jest/globals'
import {
  type Group,
  type KnownUser,
  type LdapEntries,
  type LdapImportState,
  type LdapRules,
  type LdapSnapshot,
  type NewUser,
  newUser,
  type User,
} from '../../src/index.ts'
import { nameKey } from '../../src/internal.ts'
import { toUserFields } from '../../src/ldap/person-fields.ts'
import { planLdapImport } from '../../src/ldap/plan.ts'
import { rules as defaultRules, group, ldapEntries, person } from './ldap-entries.ts'

const rules: LdapRules = { ...defaultRules, now: 5 }
const emptySnapshot: LdapSnapshot = { people: [], localUsers: [], groups: [], memberships: [] }

function ldapUser(name: string, user: Partial<User> = {}, importState: Partial<LdapImportState> = {}): KnownUser {
  const id = `00000000-0000-4000-8000-${name.padStart(12, '0').replaceAll(/[^0-9a-f]/g, 'a')}`
  return {
    user: {
      ...newUser({ username: 'name', firstName: name.toUpperCase(), lastName: 'Example', locale: 'de' }),
      ...{ id, userName: name, email: `${name}@example.com`, displayName: `${name} Example` },
      ...{ emailVerified: true, administrator: false, disabled: false },
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
      ...importState,
    },
  }
}

function localUser(userName: string, email: string | null = null, isEnabledAdministrator = true) {
  return {
    id: `local-${userName}`,
    userName,
    userNameKey: nameKey(userName),
    emailKey: email && nameKey(email),
    isEnabledAdministrator,
  }
}

/** Summarizes a plan, one line per change. */
async function summarizePlan(
  directoryAnswer: LdapEntries,
  snapshot: LdapSnapshot,
  overrides: Partial<LdapRules> = {},
): Promise<readonly string[]> {
  const plan = await planLdapImport(directoryAnswer, snapshot, { ...rules, ...overrides })
  return [
    ...plan.creations.map(({ user }) => `create ${user.userName}${user.administrator ? ' as administrator' : ''}`),
    ...plan.changes.map(({ kind, after, changed }) => `${kind} ${after.user.userName} ${changed.join()}`.trim()),
    ...plan.removals.map(({ user }) => `delete ${user.userName}`),
    ...plan.groupCreations.map(({ group: created }) => `create group ${created.name}`),
    ...plan.groupChanges.map(({ before: current, after }) => `rename group ${current.name} ${after.name}`),
    ...plan.groupRemovals.map(({ name }) => `delete group ${name}`),
    ...plan.memberships.map(
      (membership) => `${membership.groupName} +${membership.added.length} -${membership.removed.length}`,
    ),
    ...plan.problems.map(({ dn, code }) => `${code} ${dn}`.trim()),
  ]
}

/** A plan by its search result, the known state, its lines, and rules. */
type Case = readonly [LdapEntries, Partial<LdapSnapshot>, readonly string[], Partial<LdapRules>?]
function testPlans(cases: Readonly<Record<string, Case>>): void {
  test.each(Object.entries(cases))('%s', async (_, [result, snapshot, expected, overrides]) => {
    expect(await summarizePlan(result, { ...emptySnapshot, ...snapshot }, overrides)).toEqual(expected)
  })
}

function storedGroup(id: string, name: string, ldapId: string | null): Group {
  return { id, name, friendlyName: name, ldapId, createdAt: 1, requiresTwoPasskeys: false }
}

const ada = ldapUser('ada')
const bob = ldapUser('bob')
const knownAda = { people: [ada] }
const adaEntry = ldapEntries([person('ada')])
const nameOnly = { dn: 'uid=ada,ou=people', id: 'id-ada', userName: 'ada' }
const noEntries = ldapEntries([])
const renamedAda = (name: string, overrides = {}) =>
  person(name, { id: 'id-ada', dn: 'uid=ada,ou=people', ...overrides })

describe('users', () => {
  const unmapped = {
    mapped: { email: false, firstName: false, lastName: false, displayName: false, picture: false },
  }
  const disabled = (importState: Partial<LdapImportState> = {}) => ({
    people: [ldapUser('ada', { disabled: true }, importState)],
  })
  const unverified = { people: [ldapUser('ada', { emailVerified: false })] }
  const enabledManually = { people: [ldapUser('ada', {}, { enabledManually: true })] }
  const changedNames = ldapEntries([person('ada', { email: 'new@example.com', lastName: 'New' })])
  const movedEntry = ldapEntries([person('ada', { dn: 'uid=ada,ou=elsewhere' })])
  testPlans({
    'are created': [adaEntry, {}, ['create ada']],
    'are not changed if their entry is unchanged': [adaEntry, knownAda, []],
    'are updated field by field, except for the locale': [changedNames, knownAda, ['change ada email,lastName']],
    'keep the values of unmapped attributes': [ldapEntries([nameOnly]), knownAda, [], unmapped],
    'keep an unverified e-mail address if it is not mapped': [ldapEntries([nameOnly]), unverified, [], unmapped],
    'get a verified e-mail address from the directory': [adaEntry, unverified, ['change ada emailVerified']],
    'lose values that their entry no longer has': [
      ldapEntries([nameOnly]),
      knownAda,
      ['change ada email,firstName,lastName,displayName'],
    ],
    'are disabled if their entry is missing': [noEntries, knownAda, ['disable ada disabled']],
    'are deleted if their entry is missing and deletion is configured': [
      noEntries,
      knownAda,
      ['delete ada'],
      { missing: 'delete' },
    ],
    'stay disabled if their entry is missing': [noEntries, disabled(), []],
    'are enabled again if an import disabled them': [
      adaEntry,
      disabled({ disabledByImport: true }),
      ['enable ada disabled'],
    ],
    'stay disabled if an administrator disabled them': [
      ldapEntries([person('ada', { firstName: 'A' })]),
      disabled(),
      ['change ada firstName'],
    ],
    'stay enabled without an entry if an administrator enabled them': [
      noEntries,
      enabledManually,
      [],
      { missing: 'delete' },
    ],
    'lose the manual exception once their entry has returned': [adaEntry, enabledManually, ['note ada']],
    'are recognized by their identifier if their entry was moved': [movedEntry, knownAda, ['note ada']],
  })

  test('keep every field that is not mapped', () => {
    // A value for every field, so that a new one must be added here.
    const fields: Readonly<Record<keyof NewUser, string>> = {
      id: '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1',
      userName: 'ada',
      email: 'ada@example.com',
      firstName: 'Ada',
      lastName: 'Lovelace',
      displayName: 'The Countess',
      locale: 'de',
    }
    const mapped = { email: false, firstName: false, lastName: false, displayName: false, picture: false }
    const before = { ...ldapUser('ada').user, ...fields }
    expect(toUserFields(person('ada'), before, { ...rules, mapped })).toEqual(fields)
  })

  test('keep their locale and creation time, and get a verified e-mail address', async () => {
    const snapshot = { ...emptySnapshot, people: [ldapUser('ada', { emailVerified: false })] }
    const [change] = (await planLdapImport(ldapEntries([person('ada')]), snapshot, rules)).changes
    expect(change?.after.user).toMatchObject({ locale: 'de', createdAt: 1, emailVerified: true, ldapId: 'id-ada' })
  })
})

describe('an unusable entry is reported, and its user stays unchanged', () => {
  const local = (...localUsers: readonly ReturnType<typeof localUser>[]) => ({ localUsers })
  const otherId = ldapEntries([person('ada', { id: 'id-new' })])
  testPlans({
    'no user name': [
      ldapEntries([{ dn: 'uid=ada,ou=people', id: 'id-ada' }, person('bob')]),
      knownAda,
      ['create bob', 'user_name_missing uid=ada,ou=people'],
    ],
    'an invalid user name': [
      ldapEntries([renamedAda('no name'), person('bob')]),
      knownAda,
      ['create bob', 'user_invalid uid=ada,ou=people'],
    ],
    'a line break in a name': [
      ldapEntries([person('ada', { firstName: 'a\nb' })]),
      knownAda,
      ['user_invalid uid=ada,ou=people'],
    ],
    'no e-mail address although one is required': [
      ldapEntries([nameOnly]),
      knownAda,
      ['email_missing uid=ada,ou=people'],
      { requireEmail: true },
    ],
    'a duplicate identifier': [
      ldapEntries([person('ada'), person('eve', { id: 'id-ada' })]),
      knownAda,
      ['id_twice uid=eve,ou=people'],
    ],
    'an identifier that cannot be stored': [
      ldapEntries([person('eve', { id: 'a\0b' })]),
      {},
      ['id_invalid uid=eve,ou=people'],
    ],
    'an entry that was read only partially': [
      ldapEntries([], [], [{ dn: 'uid=ada,ou=people', code: 'id_missing' }]),
      knownAda,
      ['id_missing uid=ada,ou=people'],
    ],
    'the user name of a local user': [
      ldapEntries([person('ada'), person('bob')]),
      local(localUser('Ada')),
      ['create bob', 'user_name_taken uid=ada,ou=people'],
    ],
    'the e-mail address of a local user': [
      adaEntry,
      local(localUser('eve', 'ADA@example.com')),
      ['email_taken uid=ada,ou=people'],
    ],
    'an e-mail address that is another user’s user name': [
      adaEntry,
      local(localUser('ada@example.com')),
      ['email_taken uid=ada,ou=people'],
    ],
    'the user name of an earlier entry': [
      ldapEntries([person('ada'), person('eve', { userName: 'ADA' })]),
      {},
      ['create ada', 'user_name_taken uid=eve,ou=people'],
    ],
    'the user name of a user whose entry is missing': [
      otherId,
      knownAda,
      ['disable ada disabled', 'user_name_taken uid=ada,ou=people'],
    ],
    'the user name of a deleted user, which is available': [
      otherId,
      knownAda,
      ['create ada', 'delete ada'],
      { missing: 'delete' },
    ],
    'a new user name that is taken, while the old one stays reserved': [
      ldapEntries([renamedAda('root'), person('bob', { userName: 'ada', email: 'bob@example.com' })]),
      { people: [ada, bob], localUsers: [localUser('root')] },
      ['change ada firstName,displayName', 'user_name_taken uid=ada,ou=people', 'user_name_taken uid=bob,ou=people'],
    ],
    'names that two users already share, as neither takes them from the other': [
      ldapEntries([person('ada', { lastName: 'New' }), person('bob', { userName: 'ada@example.com' })]),
      { people: [ada, ldapUser('bob', { userName: 'ada@example.com' })] },
      ['change ada lastName'],
    ],
  })

  test('keeps the names of users who exchange them, and applies everything else', async () => {
    const administrator = { administrator: true, emailVerified: false }
    const people = [ldapUser('ada', administrator, { isImportedAdministrator: true }), bob]
    const exchanged = [
      person('ada', { email: 'bob@example.com', lastName: 'New' }),
      person('bob', { email: 'ada@example.com' }),
    ]
    const snapshot = { ...emptySnapshot, people, localUsers: [localUser('root')] }
    const plan = await planLdapImport(ldapEntries(exchanged, [group('admins')]), snapshot, {
      ...rules,
      administratorGroup: 'Admins',
    })
    expect(plan.problems.map(({ code }) => code)).toEqual(['email_taken', 'email_taken'])
    expect(plan.changes).toMatchObject([
      {
        after: {
          user: { email: 'ada@example.com', emailVerified: false, lastName: 'New', administrator: false },
          importState: { isImportedAdministrator: false },
        },
        changed: ['lastName', 'administrator'],
      },
    ])
  })

  test('names the conflicting user, whom an administrator may link', async () => {
    const snapshot = { ...emptySnapshot, localUsers: [localUser('ada')] }
    const [problem] = (await planLdapImport(ldapEntries([person('ada')]), snapshot, rules)).problems
    expect(problem).toEqual({
      dn: 'uid=ada,ou=people',
      id: 'id-ada',
      code: 'user_name_taken',
      detail: 'ada',
      conflictingUser: { userId: 'local-ada', userName: 'ada' },
    })
  })

  test('a name that another user gives up is available to the next run', async () => {
    const directoryAnswer = ldapEntries([renamedAda('adele'), person('ada', { id: 'id-new', dn: 'uid=new,ou=people' })])
    expect(await summarizePlan(directoryAnswer, { ...emptySnapshot, people: [ada] })).toEqual([
      'change adele userName,email,firstName,displayName',
      'user_name_taken uid=new,ou=people',
    ])
    const adele = ldapUser('adele', { ldapId: 'id-ada' }, { dn: 'uid=ada,ou=people' })
    expect(await summarizePlan(directoryAnswer, { ...emptySnapshot, people: [adele] })).toEqual(['create ada'])
  })
})

describe('administrators', () => {
  const adminRules = { administratorGroup: 'Admins' }
  const admins = storedGroup('g', 'admins', 'id-admins')
  const imported = ldapUser('ada', { administrator: true }, { isImportedAdministrator: true })
  const known = (people: readonly KnownUser[], groups: readonly Group[] = []) => ({
    localUsers: [localUser('root')],
    people,
    groups,
  })
  const emptyGroup = ldapEntries([person('ada')], [group('admins')])
  const twoPeople = [person('ada'), person('bob')]
  testPlans({
    'are the members of the configured group': [
      ldapEntries(twoPeople, [group('admins', ['bob'])]),
      known([ada], [admins]),
      ['create bob as administrator', 'admins +1 -0'],
      adminRules,
    ],
    'lose a right granted by an import when they leave the group': [
      emptyGroup,
      known([imported]),
      ['change ada administrator', 'create group admins'],
      adminRules,
    ],
    'keep a right that was granted manually': [
      emptyGroup,
      known([ldapUser('ada', { administrator: true })]),
      ['create group admins'],
      adminRules,
    ],
    'do not regain a right that was revoked manually': [
      ldapEntries([person('ada')], [group('admins', ['ada'])]),
      known([ldapUser('ada', {}, { isManualAdministrator: true })]),
      ['create group admins', 'admins +1 -0'],
      adminRules,
    ],
    'are not changed if the setting is empty': [adaEntry, known([imported]), []],
    'lose rights granted by a missing group, which is reported': [
      adaEntry,
      known([imported]),
      ['change ada administrator', 'administrator_group_missing'],
      adminRules,
    ],
    'keep their rights if the group could not be read': [
      ldapEntries([person('ada')], [], [{ dn: 'x', code: 'group_too_large', id: 'id-admins' }]),
      known([imported], [admins]),
      ['group_too_large x'],
      adminRules,
    ],
    'get no rights from another group with the same name, which is reported': [
      ldapEntries(twoPeople, [
        group('admins', ['ada']),
        group('evil', ['bob'], { name: 'ADMINS', dn: 'cn=ADMINS,ou=apart' }),
      ]),
      known([ada], [admins]),
      [
        'create bob',
        'change ada administrator',
        'admins +1 -0',
        'administrator_group_twice cn=ADMINS,ou=apart',
        'group_name_taken cn=ADMINS,ou=apart',
      ],
      adminRules,
    ],
    'are not changed if several unknown groups have the name': [
      ldapEntries(twoPeople, [
        group('admins', ['bob']),
        group('evil', ['bob'], { name: 'admins', dn: 'cn=admins,ou=apart' }),
      ]),
      known([imported]),
      [
        'create bob',
        'create group admins',
        'admins +1 -0',
        'administrator_group_twice cn=admins,ou=apart',
        'administrator_group_twice cn=admins,ou=groups',
        'group_name_taken cn=admins,ou=groups',
      ],
      adminRules,
    ],
    'get no rights from a local group with the name': [
      adaEntry,
      known([ada], [storedGroup('g', 'admins', null)]),
      ['administrator_group_missing'],
      adminRules,
    ],
    'are not removed if only one enabled administrator remains': [
      ldapEntries([person('bob')]),
      { people: [ldapUser('ada', { administrator: true }), bob], localUsers: [localUser('eve', null, false)] },
      ['last_administrator uid=ada,ou=people'],
    ],
  })
})

describe('groups', () => {
  const staff = storedGroup('g1', 'staff', 'id-staff')
  const club = storedGroup('g2', 'Club', null)
  const memberships = [ada, bob].map(({ user }) => ({ groupId: 'g1', userId: user.id }))
  testPlans({
    'are created with their members': [
      ldapEntries([person('ada')], [group('staff', ['ada', 'eve'])]),
      {},
      ['create ada', 'create group staff', 'staff +1 -0'],
    ],
    'are renamed': [
      ldapEntries([], [group('crew', [], { id: 'id-staff' })]),
      { groups: [staff] },
      ['rename group staff crew'],
    ],
    'are not changed if they were read only partially': [
      ldapEntries([], [], [{ dn: 'x', code: 'group_too_large', id: 'id-staff' }]),
      { groups: [staff] },
      ['group_too_large x'],
    ],
    'are deleted if their entry is missing': [noEntries, { groups: [staff, club] }, ['delete group staff']],
    'are reported if a local group has the name': [
      ldapEntries([], [group('club')]),
      { groups: [club] },
      ['group_name_taken cn=club,ou=groups'],
    ],
    'are reported without a valid name': [
      ldapEntries([], [group('staff', [], { name: 'x' })]),
      { groups: [staff] },
      ['group_invalid cn=staff,ou=groups'],
    ],
    'lose former members and keep current ones': [
      ldapEntries([person('ada'), person('bob')], [group('staff', ['bob'])]),
      { people: [ada, bob], groups: [staff], memberships },
      ['staff +0 -1'],
    ],
    'keep a member whose entry is invalid': [
      ldapEntries([renamedAda('no name')], [group('staff', ['ada'])]),
      { ...knownAda, groups: [staff], memberships: memberships.slice(0, 1) },
      ['user_invalid uid=ada,ou=people'],
    ],
  })

  test('shortens a long display name, and keeps the full name for clients', async () => {
    const name = 'x'.repeat(80)
    const [created] = (await planLdapImport(ldapEntries([], [group(name)]), emptySnapshot, rules)).groupCreations
    expect(created?.group).toMatchObject({ name, friendlyName: `${'x'.repeat(49)}…` })
  })
})

describe('confirmation of removals', () => {
  const fourUsers = { ...emptySnapshot, people: ['ada', 'bob', 'cy', 'dan'].map((name) => ldapUser(name)) }
  const quarterLimit = { ...rules, maxRemovals: 0.25 }
  const planRemovals = async (
    names: readonly string[],
    snapshot: LdapSnapshot = fourUsers,
    overrides: Partial<LdapRules> = {},
  ) =>
    (await planLdapImport(ldapEntries(names.map((name) => person(name))), snapshot, { ...quarterLimit, ...overrides }))
      .losses

  test('is required if more than a quarter of the users would be removed, or the search returns nothing', async () => {
    expect(await planRemovals(['ada', 'bob', 'cy'])).toMatchObject({ asks: false, people: { lost: 1, of: 4 } })
    expect(await planRemovals(['ada', 'bob'])).toMatchObject({ asks: true, people: { lost: 2, of: 4 } })
    expect(await planRemovals([])).toMatchObject({ asks: true, people: { lost: 4, of: 4 } })
    expect(await planRemovals([], fourUsers, { maxRemovals: 1 })).toMatchObject({ asks: false })
    expect(await planRemovals([], emptySnapshot)).toMatchObject({ asks: false })
  })

  test('does not count users who are already disabled', async () => {
    const disabledUser = ldapUser('eve', { disabled: true }, { disabledByImport: true })
    expect(
      await planRemovals(['ada', 'bob', 'cy'], { ...emptySnapshot, people: [...fourUsers.people, disabledUser] }),
    ).toMatchObject({
      asks: false,
    })
  })

  test('covers groups and memberships', async () => {
    const groups = ['g1', 'g2'].map((id) => storedGroup(id, id, `id-${id}`))
    const people = Array.from({ length: 30 }, (_, index) => ldapUser(`p${index.toString(16)}`))
    const snapshot = {
      ...emptySnapshot,
      people,
      groups,
      memberships: people.map(({ user }) => ({ groupId: 'g1', userId: user.id })),
    }
    const entries = people.map(({ user }) => person(user.userName))
    expect((await planLdapImport(ldapEntries(entries, [group('g1')]), snapshot, quarterLimit)).losses).toMatchObject({
      asks: true,
      groups: { lost: 1, of: 2 },
      memberships: { lost: 30, of: 30 },
    })
    expect(
      (await planLdapImport(ldapEntries(entries, [group('g1'), group('g2')]), snapshot, quarterLimit)).losses.asks,
    ).toBe(true)
  })

  test('applies only to the confirmed removals', async () => {
    expect((await planRemovals(['ada', 'bob'])).digest).toBe((await planRemovals(['bob', 'ada'])).digest)
    expect((await planRemovals(['ada', 'bob'])).digest).not.toBe((await planRemovals(['ada', 'cy'])).digest)
    expect((await planRemovals(['ada', 'bob'])).digest).not.toBe(
      (await planRemovals(['ada', 'bob'], fourUsers, { missing: 'delete' })).digest,
    )
  })
})

describe('pictures', () => {
  const bytes = new Uint8Array([1, 2, 3])
  const hash = 'A5BYxvLAy0ksUzsKTRTvd8wPeKvMztUofYShogEc-4E'
  const planPictures = async (
    picture: Uint8Array | undefined,
    importState: Partial<LdapImportState>,
    problems: LdapEntries['problems'] = [],
  ) => {
    const entry = picture ? person('ada', { picture }) : person('ada')
    const plan = await planLdapImport(
      ldapEntries([entry], [], problems),
      { ...emptySnapshot, people: [ldapUser('ada', {}, importState)] },
      rules,
    )
    return [
      plan.pictures.map((picturePlan) => picturePlan.picture?.hash ?? null),
      plan.problems.map(({ code }) => code),
    ]
  }
  test('are set if they changed, and otherwise not checked', async () => {
    expect(await planPictures(bytes, {})).toEqual([[hash], []])
    expect(await planPictures(bytes, { pictureHash: hash, pictureImage: 'x' })).toEqual([[], []])
    expect(await planPictures(bytes, { pictureHash: hash, pictureImage: '' })).toEqual([[], ['picture_invalid']])
    expect(await planPictures(undefined, { pictureHash: hash, pictureImage: 'x' })).toEqual([[null], []])
    expect(await planPictures(undefined, {})).toEqual([[], []])
  })
  test('are kept if they could not be read', async () => {
    const problem = { dn: 'uid=ada,ou=people', code: 'picture_too_large' }
    expect(await planPictures(undefined, { pictureHash: hash, pictureImage: 'x' }, [problem])).toEqual([
      [],
      ['picture_too_large'],
    ])
  })
})
