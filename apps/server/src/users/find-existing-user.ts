import { NotAuthenticatedError } from '@pocket/core/errors'
import type { Directory, UserDetails } from '@pocket/directory'

/** The user who has just signed in. @throws {NotAuthenticatedError} `not_signed_in` if the user has since been deleted */
export async function findExistingUser({ users }: Pick<Directory, 'users'>, id: string): Promise<UserDetails> {
  const user = await users.find(id)
  if (!user) throw new NotAuthenticatedError('not_signed_in', 'The user no longer exists.')
  return user
}
