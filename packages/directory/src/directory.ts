import type { AccountStore, Transaction } from '@pocket/core'
import { ConfigurationError, ConflictError, NotFoundError } from '@pocket/core/errors'
import { argumentChecks } from '@pocket/core/internal'
import { argumentRows } from './arguments.ts'
import { type Claims, createClaims } from './claims/claims.ts'
import type { DirectoryContext, DirectoryPorts } from './context.ts'
import { accountOf, type User } from './entities/user.ts'
import { createGroups, type Groups } from './groups/groups.ts'
import { isId } from './id.ts'
import { createLdapImport, type LdapImport } from './ldap/ldap-import.ts'
import type { NewUser } from './users/create-user.ts'
import { createUser, createUsers, type NewUserRights, type Users } from './users/users.ts'

const { guarded } = argumentChecks

/** The users who can sign in, their groups and their claims. */
export interface Directory {
  /** Runs a transaction that excludes other changes to the directory. */
  readonly withLock: Transaction
  /** Core's port to the users. */
  readonly accounts: AccountStore
  readonly users: Users
  readonly groups: Groups
  readonly claims: Claims
  readonly ldap: LdapImport
  find(id: string): Promise<User | undefined>
  /** The existing users among these IDs, in any order, in one statement. */
  findMany(ids: readonly string[]): Promise<readonly User[]>
  /**
   * Finds a user by user name or e-mail address, ignoring case. Returns nothing if the text is one user's name and another
   * user's e-mail address, which older rules allowed: the result would be ambiguous.
   */
  findByName(name: string): Promise<User | undefined>
  /** By e-mail address only, ignoring case. */
  findByEmail(email: string): Promise<User | undefined>
  /** All users, sorted by user name. */
  list(): Promise<readonly User[]>
  /**
   * @throws InvalidInputError `validation_failed` as {@link newUser} does; `reserved_claim`, `duplicate_claim`
   * @throws ConflictError `already_in_use`; `details.property` is `email`, `username` or `id`.
   */
  create(user: NewUser, rights?: NewUserRights): Promise<User>
  /**
   * Creates the first administrator of an instance, and runs `addPasskey` in the same transaction: if it fails, no user is
   * created.
   *
   * @throws ConflictError `setup_already_completed` if an administrator already exists.
   * @throws InvalidInputError `validation_failed` as {@link newUser} does.
   */
  createFirstAdministrator(user: NewUser, addPasskey: (user: User) => Promise<void>): Promise<User>
  /** Whether an administrator exists; ordinary users created with the environment's API key do not complete the setup. */
  isSetUp(): Promise<boolean>
  /** @throws NotFoundError `account_not_found` @throws ConflictError `last_administrator` */
  setDisabled(id: string, disabled: boolean): Promise<void>
}

/**
 * Creates the directory from its stores.
 *
 * @throws ConfigurationError with the name of a missing store or option
 *
 * @example
 * ```ts
 * const directory = createDirectory({ ...directoryStores(dataSource), clock: systemClock })
 * const pocket = await createPocket({ issuer, masterKey, accounts: directory.accounts, stores: typeormStores(dataSource) })
 * ```
 */
export function createDirectory(ports: DirectoryPorts): Directory {
  for (const name of ['users', 'groups', 'memberships', 'claims', 'ldap', 'transaction', 'clock'] as const)
    if (!ports?.[name])
      throw new ConfigurationError(`${name} is missing: pass { ...directoryStores(dataSource), clock: systemClock }.`)
  const { transaction, clock, ...stores } = ports
  const { users } = stores
  // One lock for all changes, so that values read under it stay valid, and deadlocks are impossible.
  const withLock: Transaction = (work) =>
    transaction(async () => {
      await users.lock()
      return work()
    })
  const context: DirectoryContext = { ...stores, withLock, clock }
  const modules = { users: createUsers(context), groups: createGroups(context), claims: createClaims(context) }
  const ldap = createLdapImport(context)
  const create: Directory['create'] = (user, rights = {}) => createUser(context, user, rights)
  const find = async (id: string) => (isId(id) ? users.find(id) : undefined)

  const directory: Directory = {
    ...modules,
    ldap,
    withLock,
    accounts: {
      async find(id) {
        const details = isId(id) ? await users.findDetails(id) : undefined
        return details && accountOf(details)
      },
    },
    find,
    findMany: async (ids) => {
      const validIds = ids.filter(isId)
      return validIds.length === 0 ? [] : users.findMany(validIds)
    },
    findByName: (name) => users.findByName(name),
    findByEmail: (email) => users.findByEmail(email),
    list: () => users.list(),
    create,
    createFirstAdministrator: (user, addPasskey) =>
      setUp(context, () => create(user, { administrator: true }), addPasskey),
    isSetUp: () => users.hasAdministrator(),

    setDisabled: (id, disabled) =>
      withLock(async () => {
        if (!(await find(id)))
          throw new NotFoundError('account_not_found', 'There is no such user', { details: { id } })
        await modules.users.update(id, {}, { disabled })
      }),
  }
  return {
    ...guarded(directory, argumentRows.directory),
    accounts: guarded(directory.accounts, argumentRows.accounts),
    users: guarded(directory.users, argumentRows.users),
    groups: guarded(directory.groups, argumentRows.groups),
    claims: guarded(directory.claims, argumentRows.claims),
    ldap: guarded(directory.ldap, argumentRows.ldap),
  }
}

/**
 * Creates the first administrator. Of concurrent setups, only one succeeds.
 *
 * @throws ConflictError `setup_already_completed` if an administrator already exists.
 */
function setUp(
  { users, withLock }: DirectoryContext,
  create: () => Promise<User>,
  addPasskey: (user: User) => Promise<void>,
): Promise<User> {
  return withLock(async () => {
    if (await users.hasAdministrator())
      throw new ConflictError('setup_already_completed', 'Setup already completed: an administrator exists')
    const user = await create()
    await addPasskey(user)
    return user
  })
}
