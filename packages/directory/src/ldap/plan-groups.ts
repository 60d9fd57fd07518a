import { InvalidInputError } from '@pocket/core/errors'
import { type Group, groupNames } from '../groups/group.ts'
import { uuid } from '../random.ts'
import { nameKey } from '../users/user-store.ts'
import type { LdapAnswer, LdapGroup } from './answer.ts'
import { byDn, isStorable } from './entries.ts'
import type { GroupChange, GroupCreation, LdapRules, SkippedEntry } from './ldap-plan.ts'
import type { Turns } from './turns.ts'
import { claimNames } from './unique-names.ts'

export interface GroupsPlan {
  readonly creations: readonly GroupCreation[]
  readonly changes: readonly GroupChange[]
  readonly removals: readonly Group[]
  readonly skipped: readonly SkippedEntry[]
  /** The groups whose members LDAP controls, by entry ID. */
  readonly byEntry: ReadonlyMap<string, Group>
}

const maxFriendlyNameLength = 50

/** Plans the creation, renaming and removal of groups. */
export async function planGroups(
  answer: LdapAnswer,
  held: readonly Group[],
  rules: LdapRules,
  turns: Turns,
): Promise<GroupsPlan> {
  const owned = new Map(held.flatMap((group) => (group.ldapId === null ? [] : [[group.ldapId, group] as const])))
  const skipped: SkippedEntry[] = []
  // A partially read group still exists and stays unchanged.
  const unread = new Set(answer.problems.flatMap(({ id }) => id ?? []))
  const seen = new Set<string>(unread)
  const wanted: { entry: LdapGroup; before: Group | undefined; after: Group }[] = []
  await turns.each(answer.groups.toSorted(byDn), (entry) => {
    const { dn, id } = entry
    if (!isStorable(entry)) skipped.push({ dn, code: 'id_invalid' })
    else if (seen.has(id)) skipped.push({ dn, id, code: 'id_twice' })
    else {
      seen.add(id)
      const before = owned.get(id)
      const after = named(entry, before, rules.now)
      if ('code' in after) skipped.push(after)
      else wanted.push({ entry, before, after })
    }
  })
  const removals = [...owned.values()].filter(({ ldapId }) => ldapId !== null && !seen.has(ldapId))
  const claims = await claimNames(
    {
      fixed: held.flatMap((group) =>
        group.ldapId === null || seen.has(group.ldapId) ? [{ owner: group.id, keys: [nameKey(group.name)] }] : [],
      ),
      wanted: wanted.map(({ before, after }) => ({
        owner: after.id,
        keys: [nameKey(after.name)],
        before: before ? [nameKey(before.name)] : null,
      })),
    },
    turns,
  )
  const free = wanted.filter(({ entry: { dn, id }, after }) => {
    const conflict = claims.get(after.id)
    if (conflict) skipped.push({ dn, id, code: 'group_name_taken', detail: after.name })
    return !conflict
  })
  const kept = wanted.flatMap(({ entry, before }) => (before ? [[entry.id, before] as const] : []))
  return {
    creations: free.flatMap(({ entry: { dn, id }, before, after }) =>
      before ? [] : [{ entry: { dn, id }, group: after }],
    ),
    changes: free.flatMap(({ before, after }) =>
      before && (before.name !== after.name || before.friendlyName !== after.friendlyName) ? [{ before, after }] : [],
    ),
    removals,
    skipped,
    byEntry: new Map([
      ...[...owned].filter(([id]) => seen.has(id)),
      ...kept,
      ...free.map(({ entry, after }) => [entry.id, after] as const),
    ]),
  }
}

/** The target group, or the reason why it cannot be created. */
function named({ dn, id, name }: LdapGroup, before: Group | undefined, now: number): Group | SkippedEntry {
  if (name === undefined) return { dn, id, code: 'group_name_missing' }
  try {
    const names = groupNames({ name, friendlyName: shortened(name) })
    return before ? { ...before, ...names } : { id: uuid(), ...names, ldapId: id, createdAt: now }
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    return {
      dn,
      id,
      code: 'group_invalid',
      detail: error.fields.map(({ field, code }) => `${field}: ${code}`).join('; '),
    }
  }
}

/** The display name has a lower maximum length than the name. */
function shortened(name: string): string {
  const characters = [...name]
  return characters.length <= maxFriendlyNameLength
    ? name
    : `${characters.slice(0, maxFriendlyNameLength - 1).join('')}…`
}
