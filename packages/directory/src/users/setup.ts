import { ConflictError } from '@pocket/core/errors'
import type { DirectoryContext } from '../context.ts'
import type { User } from '../entities/user.ts'

/**
 * Creates the first administrator. Of concurrent setups, only one succeeds.
 *
 * @throws ConflictError `setup_already_completed` if an administrator already exists.
 */
export function setUp(
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
