import type { AuditEvent } from '@pocket/core'
import { ForbiddenError } from '@pocket/core/errors'
import { changesBetween } from '@pocket/core/internal'
import type { CustomClaim, Group, GroupWithClaims, Membership } from '@pocket/directory'
import { groupNotFound } from '@pocket/directory/internal'
import type { Actor } from '../access/actor.ts'
import { assertUnchanged, isUnchanged } from '../http/api/precondition.ts'
import type { Deps } from '../http/deps.ts'
import { formatOptionalInstant } from '../http/instant.ts'
import type { Settings } from '../settings/settings.ts'
import { claimsByKey } from '../users/claims-by-key.ts'
import { idsOf } from './group-dto.ts'
import { groupRecordValidator, groupValidator, membershipValidator } from './validators.ts'

export interface GroupNames {
  readonly name: string
  readonly friendlyName: string
  /** Absent: unchanged. */
  readonly requiresTwoPasskeys?: boolean | undefined
}

/** Group administration. Throws `not_found` if a group does not exist. */
export function createGroupAdministration(deps: Deps & { readonly settings: Settings }) {
  const { directory, pocket, audit, transaction, settings } = deps
  const { groups, claims } = directory

  const find = async (id: string): Promise<GroupWithClaims> => {
    const [group] = await groups.list([id])
    if (group === undefined) throw groupNotFound()
    return group
  }

  const findWithMembers = async (id: string) => {
    const group = await groups.find(id)
    if (group === undefined) throw groupNotFound()
    return group
  }

  const isManagedByLdap = async ({ ldapId }: Pick<Group, 'ldapId'>) =>
    ldapId !== null && (await settings.values()).ldapEnabled

  const assertNotManagedByLdap = async (group: Pick<Group, 'ldapId'>) => {
    if (await isManagedByLdap(group))
      throw new ForbiddenError('ldap_user_group_update', 'LDAP user groups can’t be updated')
  }

  /** A transaction that first checks the caller's precondition, if any. */
  const withPrecondition = <T>(actor: Actor, id: string, work: () => Promise<T>): Promise<T> =>
    actor.ifMatch === undefined
      ? transaction(work)
      : directory.withLock(async () => {
          if (!isUnchanged(actor, groupRecordValidator(await find(id))))
            assertUnchanged(actor, groupValidator(await findWithMembers(id), idsOf(await pocket.clients.allowedTo(id))))
          return work()
        })

  /** Changes a group and records the change in the audit log, if anything changed. */
  const recordChange = (actor: Actor, id: string, work: () => Promise<AuditEvent | null>) =>
    withPrecondition(actor, id, async () => {
      const event = await work()
      if (event) await audit.record(event, actor.origin)
    })

  return {
    /** Without the members, because there can be many. */
    find,

    /** @throws {InvalidInputError} `validation_failed` @throws {ConflictError} `already_in_use` */
    create: (actor: Actor, { name, friendlyName, requiresTwoPasskeys = false }: GroupNames): Promise<GroupWithClaims> =>
      transaction(async () => {
        const { id } = await groups.create({ name, friendlyName, requiresTwoPasskeys })
        const changes = changesBetween(null, { name, friendlyName, requiresTwoPasskeys })
        await audit.record({ event: 'group_created', groupId: id, by: actor.id, ...changes }, actor.origin)
        return find(id)
      }),

    /**
     * @throws the same errors as `create`
     * @throws {ForbiddenError} `ldap_user_group_update` for the names of a group that is imported while LDAP is enabled
     */
    update: (actor: Actor, id: string, { name, friendlyName, requiresTwoPasskeys }: GroupNames): Promise<void> =>
      recordChange(actor, id, async () => {
        const stored = await find(id)
        const keepsNames = name === stored.name && friendlyName === stored.friendlyName
        if (requiresTwoPasskeys === undefined || !keepsNames) await assertNotManagedByLdap(stored)
        const { before, group, changed } = await groups.update(id, { name, friendlyName, requiresTwoPasskeys })
        if (changed.length === 0) return null
        if (group.requiresTwoPasskeys && !before.requiresTwoPasskeys) await pocket.endAccessWithoutSecondPasskey(id)
        const changes = changesBetween(before, group)
        return { event: 'group_updated', groupId: id, fields: changed, by: actor.id, ...changes }
      }),

    /** @throws {ForbiddenError} `ldap_user_group_update`, as `update` */
    remove: (actor: Actor, id: string): Promise<void> =>
      withPrecondition(actor, id, async () => {
        const { claims: groupClaims, members, ...before } = await findWithMembers(id)
        await assertNotManagedByLdap(before)
        await groups.remove(id)
        await pocket.clients.setAllowedTo(id, [])
        const names = {
          name: before.name,
          friendlyName: before.friendlyName,
          members: members.map(({ userName }) => userName),
        }
        const changes = changesBetween({ ...names, claims: groupClaims }, null)
        await audit.record({ event: 'group_removed', groupId: id, by: actor.id, ...changes }, actor.origin)
      }),

    /** Whether LDAP manages the names and members of this group, so that the next import would overwrite changes. */
    isManagedByLdap,

    setMembers: (actor: Actor, id: string, userIds: readonly string[]): Promise<void> =>
      recordChange(actor, id, async () => {
        const { added, removed } = await groups.setMembers(id, userIds)
        if (added.length === 0 && removed.length === 0) return null
        // In the order that transactions lock accounts.
        for (const userId of removed.toSorted()) await pocket.endAccessByGroups(userId, [id])
        // Only added and removed members, because a group can contain all users.
        const changes = changesBetween({ members: removed }, { members: added })
        return { event: 'group_members_changed', groupId: id, added, removed, by: actor.id, ...changes }
      }),

    /** Sets the end of a membership. @throws {InvalidInputError} `validation_failed` if it is in the past */
    setMembershipEnd: (actor: Actor, membership: Membership): Promise<void> =>
      directory.withLock(async () => {
        const { userId: accountId, groupId, endsAt: end } = membership
        const before = await groups.membership(groupId, accountId)
        if (before) assertUnchanged(actor, membershipValidator(before))
        await groups.setMembershipEnd(membership)
        const endsAt = formatOptionalInstant(end) ?? ''
        const changes = changesBetween(
          { endsAt: formatOptionalInstant(before?.endsAt ?? null) },
          { endsAt: formatOptionalInstant(end) },
        )
        const event = { event: 'membership_end_changed', accountId, groupId, endsAt, by: actor.id, ...changes } as const
        await audit.record(event, actor.origin)
      }),

    /** @throws {InvalidInputError} `reserved_claim`, `duplicate_claim`, `validation_failed` */
    setClaims: (actor: Actor, id: string, newClaims: readonly CustomClaim[]): Promise<readonly CustomClaim[]> =>
      withPrecondition(actor, id, async () => {
        const before = (await groups.list([id]))[0]?.claims ?? []
        const stored = await claims.replaceForGroup(id, newClaims)
        const keys = stored.map(({ key }) => key)
        const changes = changesBetween(claimsByKey(before), claimsByKey(stored))
        const event = { event: 'group_claims_changed', groupId: id, keys, by: actor.id, ...changes } as const
        if (changes.changes) await audit.record(event, actor.origin)
        return stored
      }),
  }
}

export type GroupAdministration = ReturnType<typeof createGroupAdministration>
