import type { Transaction } from '@pocket/core'
import { Conflict } from '@pocket/core/errors'
import type { User } from './user.ts'
import type { UserStore } from './user-store.ts'

export interface SetUpPorts {
  readonly users: UserStore
  /** A transaction during which nobody else changes the directory. */
  readonly exclusively: Transaction
  /** Inserts the administrator. */
  readonly create: () => Promise<User>
  /** What else has to be there when the set-up is done, or not at all: the administrator's first passkey. */
  readonly alongside: (user: User) => Promise<void>
}

/**
 * Creates the first administrator. Of any number of set-ups at once, one succeeds.
 *
 * @throws Conflict `setup_already_completed` where there is an administrator already.
 */
export function setUp({ users, exclusively, create, alongside }: SetUpPorts): Promise<User> {
  return exclusively(async () => {
    if (await users.anyAdministrator())
      throw new Conflict('setup_already_completed', 'Setup already completed: the first administrator is there')
    const user = await create()
    await alongside(user)
    return user
  })
}
