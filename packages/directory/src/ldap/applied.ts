import type { Group } from '../groups/group.ts'
import type {
  GroupChange,
  GroupCreation,
  LdapEntry,
  MembershipPlan,
  PersonChange,
  PersonCreation,
  PicturePlan,
} from './ldap-plan.ts'
import type { KnownUser } from './snapshot.ts'

/** What a transaction of an import has done. */
export interface LdapApplied {
  readonly creations?: readonly PersonCreation[]
  /** Without notes. */
  readonly changes?: readonly PersonChange[]
  readonly removals?: readonly KnownUser[]
  readonly groupCreations?: readonly GroupCreation[]
  readonly groupChanges?: readonly GroupChange[]
  readonly groupRemovals?: readonly Group[]
  readonly memberships?: readonly MembershipPlan[]
}

/** What an import asks of the host. */
export interface LdapHost {
  /**
   * Hears what has been done, within its transaction: to write it down, and to end what people who were disabled, removed or
   * taken out of groups have open.
   */
  applied(done: LdapApplied): Promise<void>
  /** Hears after each transaction what all of them have changed so far, which stays whatever becomes of the next one. */
  counted?(counts: LdapCounts): void
  /**
   * Gives people their pictures, one after the other. `keep` is called with what became of each: what the host calls the
   * image, the empty text where none can be made of it, or `null` where there is none any more. Who has chosen a picture of
   * their own keeps that, and is left aside.
   */
  pictures?(
    changed: readonly PicturePlan[],
    keep: (userId: string, image: string | null) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>
}

/** How many of each an import has changed. */
export interface LdapCounts {
  readonly created: number
  readonly changed: number
  readonly disabled: number
  readonly enabled: number
  readonly removed: number
  readonly groupsCreated: number
  readonly groupsChanged: number
  readonly groupsRemoved: number
  readonly membersAdded: number
  readonly membersRemoved: number
}

/** What came of a plan that was carried out. */
export interface LdapOutcome {
  readonly counts: LdapCounts
  /** What somebody else has changed since it was read: the next run looks again. */
  readonly postponed: readonly (LdapEntry & { readonly code: 'changed_meanwhile' })[]
}

/** The counts of an import that has changed nothing. */
export const nothingCounted: LdapCounts = {
  created: 0,
  changed: 0,
  disabled: 0,
  enabled: 0,
  removed: 0,
  groupsCreated: 0,
  groupsChanged: 0,
  groupsRemoved: 0,
  membersAdded: 0,
  membersRemoved: 0,
}

export function countsOf(done: LdapApplied): LdapCounts {
  const { creations, changes = [], removals, groupCreations, groupChanges, groupRemovals, memberships = [] } = done
  const kinds = (kind: PersonChange['kind']) => changes.filter((change) => change.kind === kind).length
  return {
    created: creations?.length ?? 0,
    changed: kinds('change'),
    disabled: kinds('disable'),
    enabled: kinds('enable'),
    removed: removals?.length ?? 0,
    groupsCreated: groupCreations?.length ?? 0,
    groupsChanged: groupChanges?.length ?? 0,
    groupsRemoved: groupRemovals?.length ?? 0,
    membersAdded: memberships.reduce((sum, { added }) => sum + added.length, 0),
    membersRemoved: memberships.reduce((sum, { removed }) => sum + removed.length, 0),
  }
}

export function sumOf(one: LdapCounts, other: LdapCounts): LdapCounts {
  const keys = Object.keys(nothingCounted) as (keyof LdapCounts)[]
  // A cast: the entries of an object forget which there are.
  return Object.fromEntries(keys.map((key) => [key, one[key] + other[key]])) as unknown as LdapCounts
}
