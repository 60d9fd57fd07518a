import type { Group } from '../entities/group.ts'
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

/** The changes of one import transaction. */
export interface LdapChanges {
  readonly creations?: readonly PersonCreation[]
  /** Excludes changes of kind `note`. */
  readonly changes?: readonly PersonChange[]
  readonly removals?: readonly KnownUser[]
  readonly groupCreations?: readonly GroupCreation[]
  readonly groupChanges?: readonly GroupChange[]
  readonly groupRemovals?: readonly Group[]
  readonly memberships?: readonly MembershipPlan[]
}

/** The host callbacks of an import. */
export interface LdapHost {
  /**
   * Called within each transaction with its changes, to record them and to end the sessions of users who were disabled,
   * removed or taken out of groups.
   */
  onApplied(applied: LdapChanges): Promise<void>
  /** Called after each transaction with the counts so far, which stay valid even if the next one fails. */
  onProgress?(counts: LdapCounts): void
  /**
   * Sets users' pictures one by one. Calls `saveImage` with each result: the host's image name, an empty string if the image
   * cannot be converted, or `null` if the picture was removed. Users who chose their own picture are skipped.
   */
  applyPictures?(
    changed: readonly PicturePlan[],
    saveImage: (change: PicturePlan, image: string | null) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>
}

/** The kinds of changes that an import counts. */
export const ldapCountNames = [
  'created',
  'changed',
  'disabled',
  'enabled',
  'removed',
  'groupsCreated',
  'groupsChanged',
  'groupsRemoved',
  'membersAdded',
  'membersRemoved',
] as const

/** The number of changes of each kind. */
export type LdapCounts = Readonly<Record<(typeof ldapCountNames)[number], number>>

/** The result of applying a plan. */
export interface LdapOutcome {
  readonly counts: LdapCounts
  /** Objects that were changed concurrently; the next run retries them. */
  readonly postponed: readonly (LdapEntry & { readonly code: 'changed_meanwhile' })[]
}

/** The numbers of changes of each kind. */
export function countChanges(applied: LdapChanges): LdapCounts {
  const { creations, changes = [], removals, groupCreations, groupChanges, groupRemovals, memberships = [] } = applied
  const countKind = (kind: PersonChange['kind']) => changes.filter((change) => change.kind === kind).length
  return {
    created: creations?.length ?? 0,
    changed: countKind('change'),
    disabled: countKind('disable'),
    enabled: countKind('enable'),
    removed: removals?.length ?? 0,
    groupsCreated: groupCreations?.length ?? 0,
    groupsChanged: groupChanges?.length ?? 0,
    groupsRemoved: groupRemovals?.length ?? 0,
    membersAdded: memberships.reduce((sum, { added }) => sum + added.length, 0),
    membersRemoved: memberships.reduce((sum, { removed }) => sum + removed.length, 0),
  }
}

export function addCounts(a: LdapCounts, b: LdapCounts): LdapCounts {
  return mapCounts((name) => a[name] + b[name])
}

function mapCounts(countOf: (name: keyof LdapCounts) => number): LdapCounts {
  // `Object.fromEntries` loses the types of the keys.
  return Object.fromEntries(ldapCountNames.map((name) => [name, countOf(name)])) as LdapCounts
}

/** The counts of an import without changes. */
export const emptyLdapCounts: LdapCounts = mapCounts(() => 0)
