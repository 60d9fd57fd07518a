import type { AccountStore, Clock, Transaction } from '@pocket/core'
import { Conflict, NotFound } from '@pocket/core/errors'
import { type NewUser, newUser } from './users/create-user.ts'
import { setUp } from './users/setup.ts'
import { accountOf, type User } from './users/user.ts'
import type { UserStore } from './users/user-store.ts'

/** What the directory needs from outside. */
export interface DirectoryPorts {
  readonly users: UserStore
  /** The one that the host gives to core as well, so that a user and a first passkey are created together. */
  readonly transaction: Transaction
  readonly clock: Clock
}

/** What only whoever creates a user may decide. */
export type UserRights = Partial<Pick<User, 'administrator' | 'emailVerified'>>

/** The people who can sign in. */
export interface Directory {
  /** Core's port to them. */
  readonly accounts: AccountStore
  find(id: string): Promise<User | undefined>
  /** By user name or else by e-mail address, whatever the case of the letters. */
  findByName(name: string): Promise<User | undefined>
  /** All users, by user name. */
  list(): Promise<readonly User[]>
  /**
   * @throws InvalidInput `validation_failed` as {@link newUser} does.
   * @throws Conflict `already_in_use`; `details.property` is `email`, `username` or `id`.
   */
  create(user: NewUser, rights?: UserRights): Promise<User>
  /**
   * Creates the administrator that an instance begins with, and runs `alongside` in the same transaction: if it fails,
   * nobody has been created.
   *
   * @throws Conflict `setup_already_completed` where there is a user already.
   * @throws InvalidInput `validation_failed` as {@link newUser} does.
   */
  createFirstAdministrator(user: NewUser, alongside: (user: User) => Promise<void>): Promise<User>
  /** Whether there is a user already. */
  isSetUp(): Promise<boolean>
  /** @throws NotFound `account_not_found` */
  setDisabled(id: string, disabled: boolean): Promise<void>
}

export function createDirectory({ users, transaction, clock }: DirectoryPorts): Directory {
  async function create(planned: NewUser, rights: UserRights = {}): Promise<User> {
    const now = clock.now()
    const defaults = { emailVerified: false, administrator: false, disabled: false, createdAt: now, updatedAt: now }
    // Checked again, since a plan may have been put aside meanwhile, and the type alone proves nothing.
    const user: User = { ...newUser({ ...planned }), ...defaults, ...rights }
    const taken = await users.insert(user)
    if (taken === undefined) return user
    throw new Conflict('already_in_use', `Somebody else has this ${taken}`, { details: { property: taken } })
  }

  return {
    accounts: {
      async find(id) {
        const user = await users.find(id)
        return user === undefined ? undefined : accountOf(user)
      },
    },
    find: (id) => users.find(id),
    findByName: (name) => users.findByName(name),
    list: () => users.list(),
    create,
    createFirstAdministrator: (planned, alongside) =>
      setUp({ users, transaction, alongside, create: () => create(planned, { administrator: true }) }),
    isSetUp: () => users.any(),

    async setDisabled(id, disabled) {
      const found = await users.setDisabled(id, disabled, clock.now())
      if (!found) throw new NotFound('account_not_found', 'There is no such user', { details: { id } })
    },
  }
}
