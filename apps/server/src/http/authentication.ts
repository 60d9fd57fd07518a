import type { Pocket } from '@pocket/core'
import { NotAuthenticated } from '@pocket/core/errors'
import type { Directory, User } from '@pocket/directory'
import type { Context } from 'koa'
import { assertCondition, callerOf } from '../access/guard.ts'

/** Who uses a page. Who may use it is in the access table. */
export interface Authentication {
  /** The person signed in here, if any. */
  user(ctx: Context): Promise<User | undefined>
  /** The person whom the guard has let in. @throws {NotAuthenticated} `not_signed_in` on a page that anybody may use */
  requireUser(ctx: Context): Promise<User>
}

export function createAuthentication(
  pocket: Pick<Pocket, 'session'>,
  directory: Pick<Directory, 'find'>,
): Authentication {
  const user = async (ctx: Context) => {
    const caller = callerOf(ctx)
    if (caller) return caller
    const session = await pocket.session(ctx.req, ctx.res)
    return session && directory.find(session.accountId)
  }
  return {
    user,
    async requireUser(ctx) {
      const caller = callerOf(ctx)
      if (caller) return caller
      await assertCondition(ctx, 'known-account')
      const found = await user(ctx)
      if (!found) throw new NotAuthenticated('not_signed_in', 'Nobody is signed in.')
      return found
    },
  }
}
