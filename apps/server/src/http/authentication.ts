import { isWithoutPasskey, type Pocket } from '@pocket/core'
import { Forbidden, NotAuthenticated } from '@pocket/core/errors'
import type { Directory, User } from '@pocket/directory'
import type { Context } from 'koa'

/** Who makes a request. */
export interface Authentication {
  /** The person signed in here, if any. */
  user(ctx: Context): Promise<User | undefined>
  /** @throws {NotAuthenticated} `not_signed_in` */
  requireUser(ctx: Context): Promise<User>
  /** @throws {NotAuthenticated} `not_signed_in` @throws {Forbidden} `forbidden` */
  requireAdministrator(ctx: Context): Promise<User>
  /**
   * The same in a session that is good for everything, for what lets somebody else in.
   *
   * @throws as `requireAdministrator` @throws {Forbidden} `passkey_required`
   */
  requireFullAdministrator(ctx: Context): Promise<User>
}

export function createAuthentication(pocket: Pocket, directory: Directory): Authentication {
  const user = async (ctx: Context) => {
    const session = await pocket.session(ctx.req, ctx.res)
    return session && directory.find(session.accountId)
  }
  const requireUser = async (ctx: Context) => {
    const found = await user(ctx)
    if (!found) throw new NotAuthenticated('not_signed_in', 'Nobody is signed in.')
    return found
  }
  const requireAdministrator = async (ctx: Context) => {
    const found = await requireUser(ctx)
    if (!found.administrator) throw new Forbidden('forbidden', 'This is for administrators.')
    return found
  }
  return {
    user,
    requireUser,
    requireAdministrator,
    async requireFullAdministrator(ctx) {
      const found = await requireAdministrator(ctx)
      const session = await pocket.session(ctx.req, ctx.res)
      if (!session || isWithoutPasskey(session))
        throw new Forbidden('passkey_required', 'This session began without a passkey: register or use one first.')
      return found
    },
  }
}
