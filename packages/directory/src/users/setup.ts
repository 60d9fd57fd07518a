import type { Transaction } from '@pocket/core'
import { ConflictError } from '@pocket/core/errors'
import type { User } from '../entities/user.ts'
import type { UserStore } from './user-store.ts'

export interface SetUpPorts {
  readonly users: UserStore
  /** Runs a transaction that excludes other changes to the directory. */
  readonly withLock: Transaction
  /** Inserts the administrator. */
  readonly create: () => Promise<User>
  /** Creates the administrator's first passkey in the same transaction, so that the setup completes entirely or not at all. */
  readonly addPasskey: (user: User) => Promise<void>
}

/**
 * Creates the first administrator. Of concurrent setups, only one succeeds.
 *
 * @throws ConflictError `setup_already_completed` if an administrator already exists.
 */
export function setUp({ users, withLock, create, addPasskey }: SetUpPorts): Promise<User> {
  return withLock(async () => {
    if (await users.hasAdministrator())
      throw new ConflictError('setup_already_completed', 'Setup already completed: an administrator exists')
    const user = await create()
    await addPasskey(user)
    return user
  })
}
