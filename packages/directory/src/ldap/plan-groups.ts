import { type Group, groupNames } from '../entities/group.ts'
import { uuid } from '../random.ts'
import { nameKey } from '../users/user-store.ts'
import { distinctEntries, invalidEntry } from './entry-checks.ts'
import type { LdapEntries, LdapGroup } from './ldap-entries.ts'
import type { GroupChange, GroupCreation, LdapRules, SkippedEntry } from './ldap-plan.ts'
import { findNameConflicts } from './unique-names.ts'

export interface GroupsPlan {
  readonly creations: readonly GroupCreation[]
  readonly changes: readonly GroupChange[]
  readonly removals: readonly Group[]
  readonly skipped: readonly SkippedEntry[]
  /** The groups whose members LDAP controls, by entry ID. */
  readonly byEntryId: ReadonlyMap<string, Group>
}

const maxFriendlyNameLength = 50

export function planGroups(ldapEntries: LdapEntries, knownGroups: readonly Group[], rules: LdapRules): GroupsPlan {
  const groupByLdapId = new Map(
    knownGroups.flatMap((group) => (group.ldapId === null ? [] : [[group.ldapId, group] as const])),
  )
  const skipped: SkippedEntry[] = []
  // A partially read group still exists and stays unchanged.
  const seenIds = new Set(ldapEntries.problems.flatMap(({ id }) => id ?? []))
  const entries = distinctEntries(ldapEntries.groups, seenIds, skipped)
  const candidates = entries.flatMap((entry) => {
    const before = groupByLdapId.get(entry.id)
    const after = toGroup(entry, before, rules.now)
    if (!('code' in after)) return [{ entry, before, after }]
    skipped.push(after)
    return []
  })
  const removals = [...groupByLdapId.values()].filter(({ ldapId }) => ldapId !== null && !seenIds.has(ldapId))
  const remaining = knownGroups.filter(({ ldapId }) => ldapId === null || seenIds.has(ldapId))
  const toClaim = ({ id, name }: Group) => ({ owner: id, keys: [nameKey(name)] })
  const conflicts = findNameConflicts(
    remaining.map(toClaim),
    candidates.map(({ after }) => toClaim(after)),
  )
  const available = candidates.filter(({ entry: { dn, id }, after }) => {
    const conflict = conflicts.get(after.id)
    if (conflict) skipped.push({ dn, id, code: 'group_name_taken', detail: after.name })
    return !conflict
  })
  const existing = candidates.flatMap(({ entry, before }) => (before ? [[entry.id, before] as const] : []))
  return {
    creations: available.flatMap(({ entry: { dn, id }, before, after }) =>
      before ? [] : [{ entry: { dn, id }, group: after }],
    ),
    changes: available.flatMap(({ before, after }) =>
      before && (before.name !== after.name || before.friendlyName !== after.friendlyName) ? [{ before, after }] : [],
    ),
    removals,
    skipped,
    byEntryId: new Map([
      ...[...groupByLdapId].filter(([id]) => seenIds.has(id)),
      ...existing,
      ...available.map(({ entry, after }) => [entry.id, after] as const),
    ]),
  }
}

/** The target group, or the reason why it cannot be created. */
function toGroup({ dn, id, name }: LdapGroup, before: Group | undefined, now: number): Group | SkippedEntry {
  if (name === undefined) return { dn, id, code: 'group_name_missing' }
  try {
    const names = groupNames({ name, friendlyName: shorten(name) })
    return before
      ? { ...before, ...names }
      : { id: uuid(), ...names, ldapId: id, createdAt: now, requiresTwoPasskeys: false }
  } catch (error) {
    return invalidEntry({ dn, id }, 'group_invalid', error)
  }
}

/** The display name has a lower maximum length than the name. */
function shorten(name: string): string {
  const characters = [...name]
  return characters.length <= maxFriendlyNameLength
    ? name
    : `${characters.slice(0, maxFriendlyNameLength - 1).join('')}…`
}
