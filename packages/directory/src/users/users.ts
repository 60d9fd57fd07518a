import type { Clock, Transaction } from '@pocket/core'
import { ConflictError, NotFoundError } from '@pocket/core/errors'
import type { CustomClaim } from '../claims/claim.ts'
import { checkedClaims } from '../claims/claim.ts'
import type { ClaimStore } from '../claims/claim-store.ts'
import type { MembershipChange, MembershipStore } from '../groups/membership-store.ts'
import { isId } from '../id.ts'
import type { LdapStore } from '../ldap/ldap-store.ts'
import type { Page, PageRequest } from '../page.ts'
import { type NewUser, newUser } from './create-user.ts'
import type { User, UserDetails } from './user.ts'
import type { UniqueProperty, UserStore } from './user-store.ts'

/** The properties of a user that only an administrator may change. */
export type UserRights = {
  readonly [Right in 'administrator' | 'disabled' | 'emailVerified']?: User[Right] | undefined
}

/** The initial properties of a user besides the names. */
export interface NewUserRights extends UserRights {
  /** Unknown IDs are ignored. */
  readonly groupIds?: readonly string[] | undefined
  readonly claims?: readonly CustomClaim[] | undefined
}

/** The result of a change. */
export interface UserUpdate {
  readonly before: User
  readonly user: User
  /** The names of the changed properties. */
  readonly changed: readonly (keyof User)[]
}

/** The users of the directory and their operations. */
export interface Users {
  find(id: string): Promise<UserDetails | undefined>
  /**
   * One page of users: searches the e-mail address, first name, last name and user name; sorts by `createdAt`, `username`,
   * `email`, `emailVerified`, `firstName`, `lastName`, `displayName`, `isAdmin` or `disabled`; filters by `emailVerified`,
   * `isAdmin` and `disabled`.
   */
  page(request: PageRequest): Promise<Page<UserDetails>>
  /** The number of enabled users. */
  countEnabled(): Promise<number>
  /**
   * Changes the given `fields`, read as in {@link newUser}: `undefined` keeps a value, `null` clears it. A new e-mail address
   * is unverified unless `rights` set otherwise.
   *
   * @throws NotFoundError `user_not_found`
   * @throws InvalidInputError `validation_failed`
   * @throws ConflictError `already_in_use` with `details.property`, `last_administrator`
   */
  update(id: string, fields: Readonly<Record<string, unknown>>, rights?: UserRights): Promise<UserUpdate>
  /**
   * Removes the user and returns it. The host calls `Pocket.forgetAccount` in the same transaction.
   *
   * @throws NotFoundError `user_not_found` @throws ConflictError `last_administrator`
   */
  remove(id: string): Promise<User>
  /** Replaces the groups of the user. Ignores unknown IDs. @throws NotFoundError `user_not_found` */
  setGroups(id: string, groupIds: readonly string[]): Promise<MembershipChange>
}

export interface UserPorts {
  readonly users: UserStore
  readonly memberships: MembershipStore
  readonly claims: ClaimStore
  readonly ldap: Pick<LdapStore, 'recordManualDecision'>
  /** Runs a transaction that excludes other changes to the directory. */
  readonly exclusively: Transaction
  readonly clock: Clock
}

export function createUsers({ users, memberships, ldap, exclusively, clock }: UserPorts): Users {
  const existing = async (id: string): Promise<User> => {
    const user = isId(id) ? await users.find(id) : undefined
    if (user === undefined) throw new NotFoundError('user_not_found', 'There is no such user')
    return user
  }

  return {
    async find(id) {
      const user = isId(id) ? await users.find(id) : undefined
      return user && (await users.withDetails([user]))[0]
    },

    page: (request) => users.page(request),

    countEnabled: () => users.countEnabled(),

    update: (id, fields, rights = {}) =>
      exclusively(async () => {
        const before = await existing(id)
        const named = renamed(before, fields)
        const {
          administrator = before.administrator,
          disabled = before.disabled,
          emailVerified = named.email === before.email && before.emailVerified,
        } = rights
        const flags = { administrator, disabled, emailVerified }
        const user: User = { ...before, ...named, ...flags, updatedAt: clock.now() }
        const changed = changedProperties(before, user)
        if (changed.length === 0) return { before, user: before, changed }
        if (!governs(user)) await assertAnotherAdministrator(users, before)
        assertFree(await users.update(user))
        if (before.ldapId !== null) await ldap.recordManualDecision(id, decided(user, changed))
        return { before, user, changed }
      }),

    remove: (id) =>
      exclusively(async () => {
        const user = await existing(id)
        await assertAnotherAdministrator(users, user)
        await users.remove(id)
        return user
      }),

    setGroups: (id, groupIds) =>
      exclusively(async () => {
        await existing(id)
        return memberships.replaceGroups(id, groupIds.filter(isId))
      }),
  }
}

/** The manual decisions that an LDAP import must not override. */
function decided({ administrator, disabled }: User, changed: readonly (keyof User)[]) {
  return {
    ...(changed.includes('administrator') && { administrator }),
    ...(changed.includes('disabled') && { disabled }),
  }
}

/** Stores a new user with groups and claims. */
export async function createUser(ports: UserPorts, planned: NewUser, rights: NewUserRights): Promise<User> {
  const { users, memberships, claims, exclusively, clock } = ports
  const { groupIds = [], claims: given = [], emailVerified = false, administrator = false, disabled = false } = rights
  const now = clock.now()
  const flags = { emailVerified, administrator, disabled }
  const made = { ldapId: null, createdAt: now, updatedAt: now }
  // Validated again, since a plan may come from storage, and its type alone proves nothing.
  const user: User = { ...newUser({ ...planned }), ...made, ...flags }
  const own = checkedClaims(given)
  return exclusively(async () => {
    assertFree(await users.insert(user))
    if (groupIds.length > 0) await memberships.replaceGroups(user.id, groupIds.filter(isId))
    if (own.length > 0) await claims.replace('user', user.id, own)
    return user
  })
}

/** @throws ConflictError `last_administrator` if this user is the only enabled administrator */
async function assertAnotherAdministrator(users: UserStore, user: User): Promise<void> {
  if (!governs(user) || (await users.anyOtherAdministrator(user.id))) return
  throw new ConflictError('last_administrator', 'Somebody has to be able to administer this', {
    details: { id: user.id },
  })
}

function governs({ administrator, disabled }: User): boolean {
  return administrator && !disabled
}

function assertFree(taken: UniqueProperty | undefined): void {
  if (taken === undefined) return
  throw new ConflictError('already_in_use', `${taken} is already in use`, { details: { property: taken } })
}

function renamed(before: User, fields: Readonly<Record<string, unknown>>): NewUser {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  // Unchanged names are not validated: older rules may have allowed them, and they must not prevent disabling a user.
  return given.length === 0 ? before : newUser({ ...before, ...Object.fromEntries(given), id: before.id })
}

const changeable = [
  'userName',
  'email',
  'emailVerified',
  'firstName',
  'lastName',
  'displayName',
  'administrator',
  'disabled',
  'locale',
] as const satisfies readonly (keyof User)[]

function changedProperties(before: User, after: User): readonly (keyof User)[] {
  return changeable.filter((property) => before[property] !== after[property])
}
