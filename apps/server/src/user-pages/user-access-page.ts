import { ConflictError, ForbiddenError } from '@pocket/core/errors'
import type { User, UserDetails } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { lifetimeOf } from '../http/api/lifetime.ts'
import { formText } from '../http/form.ts'
import { addPasskeyPath, userPath } from '../http/paths.ts'
import { seeOther } from '../http/show-page.ts'
import type { userNotices } from './page-model.ts'
import { createShowUser } from './show-user.ts'
import type { UserPagePorts } from './user-page-ports.ts'

interface PagePaths {
  readonly done: (ctx: Context, id: string, notice: (typeof userNotices)[number]) => void
}

const minute = 60_000
const usual = { code: 15 * minute, invitation: 24 * 60 * minute }

/** Gives access to a user without a passkey: a login code, or a link to register a new passkey. */
export function userAccessPages(ports: UserPagePorts, { done }: PagePaths) {
  const { pocket, users, authentication, mail, flashes } = ports
  const showUser = createShowUser(ports)

  const onUser = (work: (ctx: Context, viewer: User, user: UserDetails) => Promise<void>) => async (ctx: Context) => {
    const viewer = await authentication.requireUser(ctx)
    const user = await users.find(String(ctx.params.id))
    try {
      await work(ctx, viewer, user)
    } catch (error) {
      if (!(error instanceof ForbiddenError || error instanceof ConflictError)) throw error
      await showUser(ctx, viewer, user, { problem: error.code })
      ctx.status = error.status
    }
  }
  const kindOf = (ctx: Context) => (formText(ctx, 'kind', 20) === 'invitation' ? 'invitation' : 'code')

  return {
    makeWayIn: onUser(async (ctx, viewer, { id }) => {
      const kind = kindOf(ctx)
      const lifetime = lifetimeOf(formText(ctx, 'lifetime', 10), usual[kind])
      const code = await users.issueCode(pageActor(viewer, ctx), id, lifetime)
      const query = kind === 'invitation' ? `?${new URLSearchParams({ redirect: addPasskeyPath })}` : ''
      const wayIn = { kind, code, link: `${pocket.issuer}/lc/${code}${query}` }
      flashes.leave(ctx, userPath(id), { wayIn })
      seeOther(ctx, userPath(id))
    }),

    sendWayIn: onUser(async (ctx, viewer, { id }) => {
      const kind = kindOf(ctx)
      const lifetime = lifetimeOf(formText(ctx, 'lifetime', 10), usual[kind])
      const actor = pageActor(viewer, ctx)
      await (kind === 'code' ? mail.loginCodes.send(actor, id, lifetime) : mail.loginCodes.invite(actor, id, lifetime))
      mail.delivery.soon()
      done(ctx, id, kind === 'code' ? 'code_sent' : 'invitation_sent')
    }),
  }
}
