import { NotAuthenticated } from '@pocket/core/errors'
import type { Directory, UserDetails } from '@pocket/directory'

/** Somebody who has just signed in. @throws {NotAuthenticated} `not_signed_in` where they have been deleted meanwhile */
export async function knownUser({ users }: Pick<Directory, 'users'>, id: string): Promise<UserDetails> {
  const user = await users.find(id)
  if (!user) throw new NotAuthenticated('not_signed_in', 'There is no such user any more.')
  return user
}
