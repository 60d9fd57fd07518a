import type { Pocket } from '@pocket/core'
import { NotAuthenticatedError } from '@pocket/core/errors'
import type { Directory, User } from '@pocket/directory'
import type { Context } from 'koa'
import { assertCondition, callerOf } from '../access/guard.ts'

/** The user of a page. The access table states the permissions. */
export function createAuthentication(pocket: Pick<Pocket, 'session'>, directory: Pick<Directory, 'find'>) {
  const user = async (ctx: Context) => {
    const caller = callerOf(ctx)
    if (caller) return caller
    const session = await pocket.session(ctx.req, ctx.res)
    return session && directory.find(session.accountId)
  }
  return {
    user,

    /** The user that the guard authenticated. @throws {NotAuthenticatedError} `not_signed_in` on a public page */
    async requireUser(ctx: Context): Promise<User> {
      const caller = callerOf(ctx)
      if (caller) return caller
      await assertCondition(ctx, 'known-account')
      const signedInUser = await user(ctx)
      if (!signedInUser) throw new NotAuthenticatedError('not_signed_in', 'No user is signed in.')
      return signedInUser
    },
  }
}

export type Authentication = ReturnType<typeof createAuthentication>
