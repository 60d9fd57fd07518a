import type { Transaction } from '@pocket/core'
import { ConflictError } from '@pocket/core/errors'
import type { User } from './user.ts'
import type { UserStore } from './user-store.ts'

export interface SetUpPorts {
  readonly users: UserStore
  /** Runs a transaction that excludes other changes to the directory. */
  readonly exclusively: Transaction
  /** Inserts the administrator. */
  readonly create: () => Promise<User>
  /** Creates the administrator's first passkey in the same transaction, so that the setup completes entirely or not at all. */
  readonly alongside: (user: User) => Promise<void>
}

/**
 * Creates the first administrator. Of concurrent setups, only one succeeds.
 *
 * @throws ConflictError `setup_already_completed` if an administrator already exists.
 */
export function setUp({ users, exclusively, create, alongside }: SetUpPorts): Promise<User> {
  return exclusively(async () => {
    if (await users.anyAdministrator())
      throw new ConflictError('setup_already_completed', 'Setup already completed: the first administrator is there')
    const user = await create()
    await alongside(user)
    return user
  })
}
