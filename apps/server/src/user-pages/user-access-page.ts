import { ConflictError, ForbiddenError } from '@pocket/core/errors'
import type { User, UserDetails } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { lifetimeOf } from '../http/api/lifetime.ts'
import { formText } from '../http/form.ts'
import { addPasskeyPath } from '../http/paths.ts'
import { seeOther } from '../http/show-page.ts'
import { type UserPageContext, userTabPath } from './show-user.ts'

const minute = 60_000
const defaultLifetimes = { code: 15 * minute, invitation: 24 * 60 * minute }

/** Gives access to a user without a passkey: a login code, or a link to register a new passkey. */
export function userAccessPages(context: UserPageContext) {
  const { pocket, users, recoveryRequests, mail, flashes, showUser, redirectWithNotice } = context

  const withUser =
    (handle: (ctx: Context, viewer: User, user: UserDetails) => Promise<void>) =>
    async (ctx: Context, viewer: User) => {
      const user = await users.find(String(ctx.params.id))
      try {
        await handle(ctx, viewer, user)
      } catch (error) {
        if (!(error instanceof ForbiddenError || error instanceof ConflictError)) throw error
        await showUser(ctx, viewer, user, 'security', { problem: error.code })
        ctx.status = error.status
      }
    }
  const kindOf = (ctx: Context) => (formText(ctx, 'kind', 20) === 'invitation' ? 'invitation' : 'code')

  return {
    issueSignInLink: withUser(async (ctx, viewer, { id }) => {
      const kind = kindOf(ctx)
      const lifetime = lifetimeOf(formText(ctx, 'lifetime', 10), defaultLifetimes[kind])
      const code = await users.issueCode(pageActor(viewer, ctx), id, lifetime)
      const query = kind === 'invitation' ? `?${new URLSearchParams({ redirect: addPasskeyPath })}` : ''
      const issued = { kind, code, link: `${pocket.issuer}/lc/${code}${query}` }
      flashes.set(ctx, userTabPath(id, 'security'), { signInLink: issued })
      seeOther(ctx, userTabPath(id, 'security'))
    }),

    sendSignInLink: withUser(async (ctx, viewer, { id }) => {
      const kind = kindOf(ctx)
      const lifetime = lifetimeOf(formText(ctx, 'lifetime', 10), defaultLifetimes[kind])
      const actor = pageActor(viewer, ctx)
      await (kind === 'code' ? mail.loginCodes.send(actor, id, lifetime) : mail.loginCodes.invite(actor, id, lifetime))
      mail.delivery.trigger()
      redirectWithNotice(ctx, id, kind === 'code' ? 'code_sent' : 'invitation_sent', 'security')
    }),

    async stopRecovery(ctx: Context, viewer: User) {
      const { id } = await users.find(String(ctx.params.id))
      await recoveryRequests.stopByUser(pageActor(viewer, ctx), id)
      redirectWithNotice(ctx, id, 'recovery_stopped', 'security')
    },
  }
}
