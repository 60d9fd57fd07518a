import { expect, test } from '@jest/globals'
import {
  type Group,
  type KnownUser,
  type LdapEntries,
  type LdapImportState,
  type LdapRules,
  type LdapSnapshot,
  newUser,
  type User,
} from '../../src/index.ts'
import { nameKey } from '../../src/internal.ts'
import { planLdapImport } from '../../src/ldap/plan.ts'
import { rules as defaultRules, ldapEntries, person } from './ldap-entries.ts'

export const rules: LdapRules = { ...defaultRules, now: 5 }
export const emptySnapshot: LdapSnapshot = { people: [], localUsers: [], groups: [], memberships: [] }

export function ldapUser(
  name: string,
  user: Partial<User> = {},
  importState: Partial<LdapImportState> = {},
): KnownUser {
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

export function localUser(userName: string, email: string | null = null, isEnabledAdministrator = true) {
  return {
    id: `local-${userName}`,
    userName,
    userNameKey: nameKey(userName),
    emailKey: email && nameKey(email),
    isEnabledAdministrator,
  }
}

/** Summarizes a plan, one line per change. */
export async function summarizePlan(
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
type PlanCase = readonly [LdapEntries, Partial<LdapSnapshot>, readonly string[], Partial<LdapRules>?]
export function testPlans(cases: Readonly<Record<string, PlanCase>>): void {
  test.each(Object.entries(cases))('%s', async (_, [result, snapshot, expected, overrides]) => {
    expect(await summarizePlan(result, { ...emptySnapshot, ...snapshot }, overrides)).toEqual(expected)
  })
}

export function storedGroup(id: string, name: string, ldapId: string | null): Group {
  return { id, name, friendlyName: name, ldapId, createdAt: 1, requiresTwoPasskeys: false }
}

export const ada = ldapUser('ada')
export const bob = ldapUser('bob')
export const knownAda = { people: [ada] }
export const adaEntry = ldapEntries([person('ada')])
export const nameOnly = { dn: 'uid=ada,ou=people', id: 'id-ada', userName: 'ada' }
export const noEntries = ldapEntries([])
export const renamedAda = (name: string, overrides = {}) =>
  person(name, { id: 'id-ada', dn: 'uid=ada,ou=people', ...overrides })
