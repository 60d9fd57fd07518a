import type { LdapEntries, LdapGroup, LdapHost, LdapPerson, LdapRules } from '../../src/index.ts'

/** Settings that enable every feature of an import. */
export const rules: Omit<LdapRules, 'now'> = {
  administratorGroup: '',
  missing: 'disable',
  mapped: { email: true, firstName: true, lastName: true, displayName: true, picture: true },
  requireEmail: false,
  maxRemovals: 1,
  newClaims: [],
}

export function person(name: string, overrides: Partial<LdapPerson> = {}): LdapPerson {
  const names = { userName: name, email: `${name}@example.com`, firstName: name.toUpperCase(), lastName: 'Example' }
  return { dn: `uid=${name},ou=people`, id: `id-${name}`, ...names, displayName: `${name} Example`, ...overrides }
}

export function group(name: string, members: readonly string[] = [], overrides: Partial<LdapGroup> = {}): LdapGroup {
  return {
    dn: `cn=${name},ou=groups`,
    id: `id-${name}`,
    name,
    memberIds: members.map((memberName) => `id-${memberName}`),
    ...overrides,
  }
}

export function ldapEntries(
  people: readonly LdapPerson[],
  groups: readonly LdapGroup[] = [],
  problems: LdapEntries['problems'] = [],
): LdapEntries {
  return { people, groups, problems }
}

/** A host that ignores all callbacks. */
export const silentHost: LdapHost = { onApplied: async () => {} }
export const neverAborted: AbortSignal = new AbortController().signal
