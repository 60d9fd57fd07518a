import { ConflictError, InvalidInputError, NotFoundError } from '@pocket/core/errors'
import type { DirectoryContext } from '../context.ts'
import { type Group, type GroupItem, type GroupWithClaims, groupNames, groupNotFound } from '../entities/group.ts'
import type { UserDetails } from '../entities/user.ts'
import { isId } from '../id.ts'
import type { Page, PageRequest } from '../page.ts'
import { uuid } from '../random.ts'
import type { Membership, MembershipChange } from '../users/membership-store.ts'

/** A group with all its members, by user name. */
export interface GroupDetails extends GroupWithClaims {
  readonly members: readonly UserDetails[]
}

/** A group member in a list. */
export interface Member extends UserDetails {
  /** Milliseconds since the Unix epoch, after which the membership no longer counts. `null`: it does not expire. */
  readonly endsAt: number | null
}

/** One page of the members of a group. */
export interface MemberPage extends Page<Member> {
  /** The total number of members, regardless of the search. */
  readonly memberCount: number
}

/** The result of a change. */
export interface GroupUpdate {
  readonly before: Group
  readonly group: Group
  /** The names of the changed properties. */
  readonly changed: readonly (keyof Group)[]
}

/** The groups of the directory and their operations. */
export interface Groups {
  find(id: string): Promise<GroupDetails | undefined>
  /** The group with this name, ignoring case. */
  findByName(name: string): Promise<Group | undefined>
  /** The existing groups among these IDs, by name and without members; always two statements. */
  list(ids: readonly string[]): Promise<readonly GroupWithClaims[]>
  /** The first `limit` groups by display name, for selection; members are not counted, which keeps it fast. */
  first(limit: number): Promise<Page<Group>>
  /** One page of groups: searches both names; sorts by `createdAt`, `friendlyName`, `name` or `userCount`. */
  page(request: PageRequest): Promise<Page<GroupItem>>
  /**
   * Reads the fields `name` and `friendlyName` like {@link groupNames}, and `requiresTwoPasskeys` if it is a boolean.
   *
   * @throws InvalidInputError `validation_failed` @throws ConflictError `already_in_use`; `details.property` is `name`.
   */
  create(input: Readonly<Record<string, unknown>>): Promise<Group>
  /** @throws NotFoundError `not_found`, otherwise as `create` */
  update(id: string, input: Readonly<Record<string, unknown>>): Promise<GroupUpdate>
  /** Removes the group and returns it. @throws NotFoundError `not_found` */
  remove(id: string): Promise<Group>
  /** Replaces all members of the group. Ignores unknown IDs. @throws NotFoundError `not_found` */
  setMembers(id: string, userIds: readonly string[]): Promise<MembershipChange>
  /**
   * One page of members, with the search and sort options of users; empty if the group does not exist. At most five
   * statements.
   */
  members(id: string, request: PageRequest): Promise<MemberPage>
  /** The number of members, in one statement; 0 if the group does not exist. */
  countMembers(id: string): Promise<number>
  /** Whether an administrator is a member; `false` if the group does not exist. One statement, regardless of group size. */
  hasAdministrator(id: string): Promise<boolean>
  /** The membership of this user with its expiry; `undefined` if the user is not a member. */
  membership(id: string, userId: string): Promise<Membership | undefined>
  /** All memberships of the group with their expiry. @throws NotFoundError `not_found` */
  memberships(id: string): Promise<readonly Membership[]>
  /**
   * Sets the expiry of a membership: milliseconds since the Unix epoch, in the future; `null` for no expiry.
   *
   * @throws NotFoundError `not_found` @throws InvalidInputError `validation_failed`
   */
  setMembershipEnd(membership: Membership): Promise<void>
  /**
   * Removes expired memberships, which no longer count, and calls `onRemoved` for each of them in the same transaction, in
   * ascending order of users, as transactions lock accounts.
   */
  removeEndedMemberships(onRemoved: (membership: Membership) => Promise<void>): Promise<void>
}

const changeable = ['name', 'friendlyName', 'requiresTwoPasskeys'] as const

export function createGroups({ users, groups, memberships, claims, withLock, clock }: DirectoryContext): Groups {
  const find = async (id: string) => (isId(id) ? groups.find(id) : undefined)
  const requireGroup = async (id: string): Promise<Group> => {
    const group = await find(id)
    if (group === undefined) throw groupNotFound()
    return group
  }

  return {
    async find(id) {
      const group = await find(id)
      if (group === undefined) return undefined
      const claimsByGroup = await claims.listByGroups([id])
      const members = await users.withDetails(await memberships.listMembers(id))
      return { ...group, claims: claimsByGroup.get(id) ?? [], members }
    },

    findByName: (name) => groups.findByName(name),

    async list(ids) {
      const found = await groups.list(ids.filter(isId))
      const claimsByGroup = await claims.listByGroups(found.map(({ id }) => id))
      return found.map((group) => ({ ...group, claims: claimsByGroup.get(group.id) ?? [] }))
    },

    first: (limit) => groups.first(limit),
    page: (request) => groups.page(request),

    create: async (input) => {
      const group: Group = {
        ...{ id: uuid(), ...groupNames(input), ldapId: null, createdAt: clock.now() },
        requiresTwoPasskeys: input.requiresTwoPasskeys === true,
      }
      return withLock(async () => {
        assertUniqueName(await groups.insert(group))
        return group
      })
    },

    update: (id, input) =>
      withLock(async () => {
        const before = await requireGroup(id)
        const { requiresTwoPasskeys: stored } = before
        const requiresTwoPasskeys = typeof input.requiresTwoPasskeys === 'boolean' ? input.requiresTwoPasskeys : stored
        const group = { ...before, ...groupNames(input), requiresTwoPasskeys }
        const changed = changeable.filter((property) => before[property] !== group[property])
        if (changed.length > 0) assertUniqueName(await groups.update(group))
        return { before, group, changed }
      }),

    remove: (id) =>
      withLock(async () => {
        const group = await requireGroup(id)
        await groups.remove(id)
        return group
      }),

    setMembers: (id, userIds) =>
      withLock(async () => {
        await requireGroup(id)
        return memberships.replaceMembers(id, userIds.filter(isId))
      }),

    async members(id, request) {
      if (!isId(id)) return { items: [], total: 0, memberCount: 0 }
      const count = await memberships.count(id)
      const { items, total } = await users.page({ ...request, memberOf: { groupId: id, count } })
      const memberList = await memberships.listByUsers(
        id,
        items.map((user) => user.id),
      )
      const expiryByUser = new Map(memberList.map(({ userId, endsAt }) => [userId, endsAt]))
      return {
        items: items.map((user) => ({ ...user, endsAt: expiryByUser.get(user.id) ?? null })),
        total,
        memberCount: count,
      }
    },

    countMembers: async (id) => (isId(id) ? memberships.count(id) : 0),
    hasAdministrator: async (id) => isId(id) && memberships.hasAdministrator(id),

    async membership(id, userId) {
      return isId(id) && isId(userId) ? (await memberships.listByUsers(id, [userId]))[0] : undefined
    },

    async memberships(id) {
      await requireGroup(id)
      return memberships.listByGroup(id)
    },

    setMembershipEnd: (membership) =>
      withLock(async () => {
        const { groupId, userId, endsAt } = membership
        await requireGroup(groupId)
        if (endsAt !== null && !(endsAt > clock.now())) throw expiryInPast()
        if (!isId(userId) || !(await memberships.setEnd(membership))) throw membershipNotFound()
      }),

    removeEndedMemberships: (onRemoved) =>
      withLock(async () => {
        const removed = await memberships.removeEnded()
        for (const membership of removed.toSorted((a, b) => (a.userId < b.userId ? -1 : 1))) await onRemoved(membership)
      }),
  }
}

/** The error for a missing or expired membership. */
export function membershipNotFound(): NotFoundError {
  return new NotFoundError('not_found', 'The user is not a member of the group', {
    details: { resource: 'Membership' },
  })
}

function expiryInPast(): InvalidInputError {
  return new InvalidInputError('validation_failed', 'EndsAt must be in the future', {
    fields: [{ field: 'endsAt', code: 'invalid_format', message: 'must be in the future' }],
  })
}

function assertUniqueName(isUnique: boolean): void {
  if (!isUnique)
    throw new ConflictError('already_in_use', 'name is already in use by another group', {
      details: { property: 'name' },
    })
}
