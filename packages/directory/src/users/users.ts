import { ConflictError, NotFoundError } from '@pocket/core/errors'
import type { DirectoryContext } from '../context.ts'
import { type CustomClaim, validateClaims } from '../entities/claim.ts'
import type { User, UserDetails } from '../entities/user.ts'
import { isId } from '../id.ts'
import type { Page, PageRequest } from '../page.ts'
import { type NewUser, newUser } from './create-user.ts'
import type { MembershipChange } from './membership-store.ts'
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
   * One page of users: searches the e-mail address and the names; sorts by `createdAt`, `username`,
   * `email`, `emailVerified`, `firstName`, `lastName`, `displayName`, `isAdmin` or `disabled`; filters by `emailVerified`,
   * `isAdmin` and `disabled`.
   */
  page(request: PageRequest): Promise<Page<UserDetails>>
  /** The IDs of all users that match the request, in its order and regardless of its page. */
  ids(request: PageRequest): Promise<readonly string[]>
  /**
   * Changes the given `fields`, read as in {@link newUser}: `undefined` keeps a value, `null` clears it. A new e-mail address
   * is unverified unless `rights` set otherwise.
   *
   * @throws NotFoundError `user_not_found`
   * @throws InvalidInputError `validation_failed`
   * @throws ConflictError `already_in_use` with `details.property`, `last_administrator`
   */
  update(id: string, fields: Readonly<Record<string, unknown>>, rights?: UserRights): Promise<UserUpdate>
  /** Like `update`, for a user that was read in the same `Directory.withLock`. */
  change(before: User, fields: Readonly<Record<string, unknown>>, rights?: UserRights): Promise<UserUpdate>
  /**
   * Removes the user and returns it. The host calls `Pocket.forgetAccount` in the same transaction.
   *
   * @throws NotFoundError `user_not_found` @throws ConflictError `last_administrator`, unless `allowLastAdministrator` is set
   */
  remove(id: string, options?: UserRemovalOptions): Promise<User>
  /** Replaces the groups of the user. Ignores unknown IDs. @throws NotFoundError `user_not_found` */
  setGroups(id: string, groupIds: readonly string[]): Promise<MembershipChange>
}

/** How {@link Users.remove} removes a user. */
export interface UserRemovalOptions {
  /** For a host that can create an administrator without one. */
  readonly allowLastAdministrator?: boolean
}

export function createUsers({ users, memberships, ldap, withLock, clock }: DirectoryContext): Users {
  const requireUser = async (id: string): Promise<User> => {
    const user = isId(id) ? await users.find(id) : undefined
    if (user === undefined) throw new NotFoundError('user_not_found', 'There is no such user')
    return user
  }

  const change: Users['change'] = async (before, fields, rights = {}) => {
    const profile = applyFields(before, fields)
    const {
      administrator = before.administrator,
      disabled = before.disabled,
      emailVerified = profile.email === before.email && before.emailVerified,
    } = rights
    const flags = { administrator, disabled, emailVerified }
    const user: User = { ...before, ...profile, ...flags, updatedAt: clock.now() }
    const changed = changedProperties(before, user)
    if (changed.length === 0) return { before, user: before, changed }
    if (!isEnabledAdministrator(user)) await assertAnotherAdministrator(users, before)
    assertUnique(await users.update(user, before))
    if (before.ldapId !== null) await ldap.recordManualDecision(before.id, manualDecisionOf(user, changed))
    return { before, user, changed }
  }

  return {
    async find(id) {
      return isId(id) ? users.findDetails(id) : undefined
    },

    page: (request) => users.page(request),

    ids: (request) => users.ids(request),

    update: (id, fields, rights) => withLock(async () => change(await requireUser(id), fields, rights)),

    change,

    remove: (id, { allowLastAdministrator = false } = {}) =>
      withLock(async () => {
        const user = await requireUser(id)
        if (!allowLastAdministrator) await assertAnotherAdministrator(users, user)
        await users.remove(id)
        return user
      }),

    setGroups: (id, groupIds) =>
      withLock(async () => {
        await requireUser(id)
        return memberships.replaceGroups(id, groupIds.filter(isId))
      }),
  }
}

/** The manual decisions that an LDAP import must not override. */
function manualDecisionOf({ administrator, disabled }: User, changed: readonly (keyof User)[]) {
  return {
    ...(changed.includes('administrator') && { administrator }),
    ...(changed.includes('disabled') && { disabled }),
  }
}

export async function createUser(context: DirectoryContext, input: NewUser, rights: NewUserRights): Promise<User> {
  const { users, memberships, claims, withLock, clock } = context
  const {
    groupIds = [],
    claims: inputClaims = [],
    emailVerified = false,
    administrator = false,
    disabled = false,
  } = rights
  const now = clock.now()
  const flags = { emailVerified, administrator, disabled }
  const metadata = { ldapId: null, createdAt: now, updatedAt: now }
  // Validated again, since a plan may come from storage, and its type is not checked there.
  const user: User = { ...newUser({ ...input }), ...metadata, ...flags }
  const customClaims = validateClaims(inputClaims)
  return withLock(async () => {
    assertUnique(await users.insert(user))
    if (groupIds.length > 0) await memberships.replaceGroups(user.id, groupIds.filter(isId))
    if (customClaims.length > 0) await claims.replace('user', user.id, customClaims)
    return user
  })
}

/** @throws ConflictError `last_administrator` if this user is the only enabled administrator */
async function assertAnotherAdministrator(users: UserStore, user: User): Promise<void> {
  if (!isEnabledAdministrator(user) || (await users.hasOtherAdministrator(user.id))) return
  throw new ConflictError('last_administrator', 'At least one enabled administrator is required', {
    details: { id: user.id },
  })
}

function isEnabledAdministrator({ administrator, disabled }: User): boolean {
  return administrator && !disabled
}

function assertUnique(conflict: UniqueProperty | undefined): void {
  if (conflict === undefined) return
  throw new ConflictError('already_in_use', `${conflict} is already in use`, { details: { property: conflict } })
}

function applyFields(before: User, fields: Readonly<Record<string, unknown>>): NewUser {
  const definedFields = Object.entries(fields).filter(([, value]) => value !== undefined)
  // Unchanged names are not validated: older rules may have allowed them, and they must not prevent disabling a user.
  return definedFields.length === 0
    ? before
    : newUser({ ...before, ...Object.fromEntries(definedFields), id: before.id })
}

const changeableProperties = [
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
  return changeableProperties.filter((property) => before[property] !== after[property])
}
