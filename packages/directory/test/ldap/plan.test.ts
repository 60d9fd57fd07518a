import { describe, expect, test } from '@jest/globals'
import type { LdapImportState, NewUser } from '../../src/index.ts'
import { toUserFields } from '../../src/ldap/person-states.ts'
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
  nameOnly,
  noEntries,
  renamedAda,
  rules,
  summarizePlan,
  testPlans,
} from './plan-cases.ts'

describe('users', () => {
  const unmapped = {
    mapped: { email: false, firstName: false, lastName: false, displayName: false, picture: false },
  }
  const disabledAda = (importState: Partial<LdapImportState> = {}) => ({
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
    'stay disabled if their entry is missing': [noEntries, disabledAda(), []],
    'are enabled again if an import disabled them': [
      adaEntry,
      disabledAda({ disabledByImport: true }),
      ['enable ada disabled'],
    ],
    'stay disabled if an administrator disabled them': [
      ldapEntries([person('ada', { firstName: 'A' })]),
      disabledAda(),
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
  const snapshotOfLocalUsers = (...localUsers: readonly ReturnType<typeof localUser>[]) => ({ localUsers })
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
      snapshotOfLocalUsers(localUser('Ada')),
      ['create bob', 'user_name_taken uid=ada,ou=people'],
    ],
    'the e-mail address of a local user': [
      adaEntry,
      snapshotOfLocalUsers(localUser('eve', 'ADA@example.com')),
      ['email_taken uid=ada,ou=people'],
    ],
    'an e-mail address that is another user’s user name': [
      adaEntry,
      snapshotOfLocalUsers(localUser('ada@example.com')),
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
