import type { Group } from '../groups/group.ts'
import { nameKey } from '../users/user-store.ts'
import type { LdapAnswer } from './answer.ts'
import { byDn } from './entries.ts'
import type { LdapRules, SkippedEntry } from './ldap-plan.ts'

/**
 * The identifiers of the users whom LDAP makes administrators; `null` if LDAP does not control this. A missing group has no
 * members, so removing it revokes the rights that it granted. Group names are unique only within one branch, and permission
 * to create a group in another branch must not allow creating administrators: of several groups with the name, the known one
 * counts.
 */
export function administratorsOf(
  { groups, problems }: LdapAnswer,
  held: readonly Group[],
  { administratorGroup }: LdapRules,
  skipped: SkippedEntry[],
): ReadonlySet<string> | null {
  if (administratorGroup === '') return null
  const key = nameKey(administratorGroup)
  const found = groups.filter(({ name }) => name !== undefined && nameKey(name) === key)
  const known = held.find(({ name, ldapId }) => ldapId !== null && nameKey(name) === key)
  // The members of a partially read group are unknown.
  if (known && problems.some(({ id }) => id === known.ldapId)) return null
  if (found.length === 0) skipped.push({ dn: '', code: 'administrator_group_missing', detail: administratorGroup })
  const chosen = found.length > 1 ? found.find(({ id }) => id === known?.ldapId) : found[0]
  for (const { dn, id } of found.toSorted(byDn))
    if (found.length > 1 && id !== chosen?.id)
      skipped.push({ dn, id, code: 'administrator_group_twice', detail: administratorGroup })
  if (found.length > 1 && !chosen) return null
  return new Set(chosen?.memberIds)
}
