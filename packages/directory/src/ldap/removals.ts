import { createHash } from 'node:crypto'
import type { LdapRules, MembershipPlan, Removal, Removals } from './ldap-plan.ts'
import type { GroupsPlan } from './plan-groups.ts'
import type { PeoplePlan } from './plan-people.ts'
import type { LdapSnapshot } from './snapshot.ts'
import type { Turns } from './turns.ts'

interface Compared {
  readonly held: LdapSnapshot
  readonly people: PeoplePlan
  readonly groups: GroupsPlan
  readonly memberships: readonly MembershipPlan[]
  readonly rules: LdapRules
}

/** Removing this few memberships needs no confirmation: small groups often lose a large share of their members. */
const smallMembershipCount = 20

export async function removalsOf(
  { held, people, groups, memberships, rules }: Compared,
  turns: Turns,
): Promise<Removals> {
  const disabled = people.changes.filter(({ kind }) => kind === 'disable').map(({ before }) => before.user.id)
  const removed = people.removals.map(({ user }) => user.id)
  const isRemoved = new Set(removed)
  const there = held.people.filter(({ user, mark }) => !mark.disabledByImport || isRemoved.has(user.id))
  await turns.pass()
  const ownedGroups = held.groups.filter(({ ldapId }) => ldapId !== null)
  const left = memberships.reduce((sum, plan) => sum + plan.removed.length, 0)
  const losses = {
    people: { lost: disabled.length + removed.length, of: there.length },
    groups: { lost: groups.removals.length, of: ownedGroups.length },
    memberships: { lost: left, of: held.memberships.length },
  }
  const tooMany = ({ lost, of }: Removal) => lost > of * rules.maxRemovals
  const asks =
    tooMany(losses.people) || tooMany(losses.groups) || (left > smallMembershipCount && tooMany(losses.memberships))
  const taken = [
    disabled.toSorted(),
    removed.toSorted(),
    groups.removals.map(({ id }) => id).toSorted(),
    (await turns.flatMap(memberships, (plan) => plan.removed.map((userId) => `${plan.groupId} ${userId}`))).toSorted(),
  ]
  await turns.pass()
  return { ...losses, asks, digest: createHash('sha256').update(JSON.stringify(taken)).digest('base64url') }
}
