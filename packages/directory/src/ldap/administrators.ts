import type { Group } from '../groups/group.ts'
import { nameKey } from '../users/user-store.ts'
import type { LdapAnswer } from './answer.ts'
import { byDn } from './entries.ts'
import type { LdapRules, SkippedEntry } from './ldap-plan.ts'

/**
 * The identifiers of the people whom LDAP makes administrators; `null` where it is not asked. A group that is not there has
 * no members: whoever removes it takes the rights that it gave. Names of groups are unique nowhere but in one branch, and
 * whoever may create a group in another must not make administrators by it: of several the one that is known counts.
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
  // Who is in a group that could not be read to its end is not known.
  if (known && problems.some(({ id }) => id === known.ldapId)) return null
  if (found.length === 0) skipped.push({ dn: '', code: 'administrator_group_missing', detail: administratorGroup })
  const chosen = found.length > 1 ? found.find(({ id }) => id === known?.ldapId) : found[0]
  for (const { dn, id } of found.toSorted(byDn))
    if (found.length > 1 && id !== chosen?.id)
      skipped.push({ dn, id, code: 'administrator_group_twice', detail: administratorGroup })
  if (found.length > 1 && !chosen) return null
  return new Set(chosen?.memberIds)
}
