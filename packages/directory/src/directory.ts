import type { AccountStore, Clock, Transaction } from '@pocket/core'
import { NotFound } from '@pocket/core/errors'
import type { ClaimStore } from './claims/claim-store.ts'
import { type Claims, createClaims } from './claims/claims.ts'
import type { GroupStore } from './groups/group-store.ts'
import { createGroups, type Groups } from './groups/groups.ts'
import type { MembershipStore } from './groups/membership-store.ts'
import { isId } from './id.ts'
import { createLdapImport, type LdapImport } from './ldap/ldap-import.ts'
import type { LdapStore } from './ldap/ldap-store.ts'
import type { NewUser } from './users/create-user.ts'
import { setUp } from './users/setup.ts'
import { accountOf, type User } from './users/user.ts'
import type { UserStore } from './users/user-store.ts'
import { createUser, createUsers, type NewUserRights, type Users } from './users/users.ts'

/** What the directory needs from outside. */
export interface DirectoryPorts {
  readonly users: UserStore
  readonly groups: GroupStore
  readonly memberships: MembershipStore
  readonly claims: ClaimStore
  readonly ldap: LdapStore
  /** The one that the host gives to core as well, so that a user and a first passkey are created together. */
  readonly transaction: Transaction
  readonly clock: Clock
}

/** The people who can sign in, the groups they are in, and what is said of both. */
export interface Directory {
  /** A transaction during which nobody else changes the directory. */
  readonly exclusively: Transaction
  /** Core's port to them. */
  readonly accounts: AccountStore
  readonly users: Users
  readonly groups: Groups
  readonly claims: Claims
  readonly ldap: LdapImport
  find(id: string): Promise<User | undefined>
  /** Those of these ids who are there, in any order, in one statement however many they are. */
  findEach(ids: readonly string[]): Promise<readonly User[]>
  /**
   * By user name or e-mail address, whatever the case of the letters. Nobody where it is the name of one and the address of
   * another, which older rules may have let in: whoever is meant must not be somebody else.
   */
  findByName(name: string): Promise<User | undefined>
  /** By e-mail address alone, whatever the case of the letters. */
  findByEmail(email: string): Promise<User | undefined>
  /** All users, by user name. */
  list(): Promise<readonly User[]>
  /**
   * @throws InvalidInput `validation_failed` as {@link newUser} does; `reserved_claim`, `duplicate_claim`
   * @throws Conflict `already_in_use`; `details.property` is `email`, `username` or `id`.
   */
  create(user: NewUser, rights?: NewUserRights): Promise<User>
  /**
   * Creates the administrator that an instance begins with, and runs `alongside` in the same transaction: if it fails,
   * nobody has been created.
   *
   * @throws Conflict `setup_already_completed` where there is an administrator already.
   * @throws InvalidInput `validation_failed` as {@link newUser} does.
   */
  createFirstAdministrator(user: NewUser, alongside: (user: User) => Promise<void>): Promise<User>
  /** Whether there is an administrator already; users alone, made by a key of the environment, are no set-up. */
  isSetUp(): Promise<boolean>
  /** @throws NotFound `account_not_found` @throws Conflict `last_administrator` */
  setDisabled(id: string, disabled: boolean): Promise<void>
}

/**
 * Makes the directory of its stores.
 *
 * @example
 * ```ts
 * const directory = createDirectory({ ...directoryStores(dataSource), clock: systemClock })
 * const pocket = await createPocket({ issuer, masterKey, stores: { ...typeormStores(dataSource), accounts: directory.accounts } })
 * ```
 */
export function createDirectory({ transaction, clock, ...stores }: DirectoryPorts): Directory {
  const { users } = stores
  // One lock for every change, so that what has been looked up holds until it is acted upon, and nobody waits crosswise.
  const exclusively: Transaction = (work) =>
    transaction(async () => {
      await users.lock()
      return work()
    })
  const ports = { ...stores, exclusively, clock }
  const nouns = { users: createUsers(ports), groups: createGroups(ports), claims: createClaims(ports) }
  const ldap = createLdapImport(ports)
  const create: Directory['create'] = (planned, rights = {}) => createUser(ports, planned, rights)
  const find = async (id: string) => (isId(id) ? users.find(id) : undefined)

  return {
    ...nouns,
    ldap,
    exclusively,
    accounts: {
      async find(id) {
        const user = await find(id)
        const [details] = user ? await users.withDetails([user]) : []
        return details && accountOf(details)
      },
    },
    find,
    findEach: async (ids) => {
      const known = ids.filter(isId)
      return known.length === 0 ? [] : users.findEach(known)
    },
    findByName: (name) => users.findByName(name),
    findByEmail: (email) => users.findByEmail(email),
    list: () => users.list(),
    create,
    createFirstAdministrator: (planned, alongside) =>
      setUp({ users, exclusively, alongside, create: () => create(planned, { administrator: true }) }),
    isSetUp: () => users.anyAdministrator(),

    setDisabled: (id, disabled) =>
      exclusively(async () => {
        if (!(await find(id))) throw new NotFound('account_not_found', 'There is no such user', { details: { id } })
        await nouns.users.update(id, {}, { disabled })
      }),
  }
}
