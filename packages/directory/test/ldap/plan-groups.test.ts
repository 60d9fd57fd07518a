import { describe, expect, test } from '@jest/globals'
import type { Group, KnownUser, LdapEntries, LdapImportState, LdapRules, LdapSnapshot } from '../../src/index.ts'
import { planLdapImport } from '../../src/ldap/plan.ts'
import { group, ldapEntries, person } from './ldap-entries.ts'
import {
  ada,
  adaEntry,
  bob,
  emptySnapshot,
  knownAda,
  ldapUser,
  localUser,
  noEntries,
  renamedAda,
  rules,
  storedGroup,
  testPlans,
} from './plan-cases.ts'

describe('administrators', () => {
  const adminRules = { administratorGroup: 'Admins' }
  const admins = storedGroup('g', 'admins', 'id-admins')
  const imported = ldapUser('ada', { administrator: true }, { isImportedAdministrator: true })
  const localState = (people: readonly KnownUser[], groups: readonly Group[] = []) => ({
    localUsers: [localUser('root')],
    people,
    groups,
  })
  const emptyGroup = ldapEntries([person('ada')], [group('admins')])
  const twoPeople = [person('ada'), person('bob')]
  testPlans({
    'are the members of the configured group': [
      ldapEntries(twoPeople, [group('admins', ['bob'])]),
      localState([ada], [admins]),
      ['create bob as administrator', 'admins +1 -0'],
      adminRules,
    ],
    'lose a right granted by an import when they leave the group': [
      emptyGroup,
      localState([imported]),
      ['change ada administrator', 'create group admins'],
      adminRules,
    ],
    'keep a right that was granted manually': [
      emptyGroup,
      localState([ldapUser('ada', { administrator: true })]),
      ['create group admins'],
      adminRules,
    ],
    'do not regain a right that was revoked manually': [
      ldapEntries([person('ada')], [group('admins', ['ada'])]),
      localState([ldapUser('ada', {}, { isManualAdministrator: true })]),
      ['create group admins', 'admins +1 -0'],
      adminRules,
    ],
    'are not changed if the setting is empty': [adaEntry, localState([imported]), []],
    'lose rights granted by a missing group, which is reported': [
      adaEntry,
      localState([imported]),
      ['change ada administrator', 'administrator_group_missing'],
      adminRules,
    ],
    'keep their rights if the group could not be read': [
      ldapEntries([person('ada')], [], [{ dn: 'x', code: 'group_too_large', id: 'id-admins' }]),
      localState([imported], [admins]),
      ['group_too_large x'],
      adminRules,
    ],
    'get no rights from another group with the same name, which is reported': [
      ldapEntries(twoPeople, [
        group('admins', ['ada']),
        group('evil', ['bob'], { name: 'ADMINS', dn: 'cn=ADMINS,ou=apart' }),
      ]),
      localState([ada], [admins]),
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
      localState([imported]),
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
      localState([ada], [storedGroup('g', 'admins', null)]),
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
    'are reported if their name is invalid': [
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
