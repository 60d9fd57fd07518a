import { PocketError } from '@pocket/core/errors'
import type { User, UserDetails } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { pickedGroups } from '../http/choices.ts'
import { formTexts } from '../http/form.ts'
import { runFormAction, submittedVersion } from '../http/form-page.ts'
import { seeOther } from '../http/show-page.ts'
import { maxImageBytes } from '../images/application-images.ts'
import { readUpload } from '../images/upload.ts'
import { passkeyRemovedPath } from '../webauthn/passkey-removed-page.ts'
import type { UserPageContext } from './show-user.ts'

export function userRelationsPages(context: UserPageContext) {
  const { pocket, directory, users, reauthentication, profilePictures, passkeyRemovals } = context
  const { showUser, redirectWithNotice } = context

  /** Changing an administrator requires recent re-authentication. */
  const withUser =
    (handle: (ctx: Context, viewer: User, user: UserDetails) => Promise<void>) =>
    async (ctx: Context, viewer: User): Promise<void> => {
      const user = await users.find(String(ctx.params.id))
      const action = () => handle(ctx, viewer, user)
      await (user.administrator ? reauthentication.when('administrator', action)(ctx) : action())
    }
  const actorOf = (ctx: Context, viewer: User) => ({ ...pageActor(viewer, ctx), ...submittedVersion(ctx) })

  return {
    setGroups: withUser(async (ctx, viewer, user) => {
      const selectedIds = formTexts(ctx, 'groups')
      const refusal = await runFormAction(() => users.setGroups(actorOf(ctx, viewer), user.id, selectedIds))
      if (!refusal) return redirectWithNotice(ctx, user.id, 'groups_saved', 'access')
      const groups = pickedGroups(await directory.groups.list(selectedIds))
      await showUser(ctx, viewer, await users.find(user.id), 'access', { groups, conflict: [] })
      ctx.status = refusal.status
    }),

    async putPicture(ctx: Context, viewer: User) {
      const user = await users.find(String(ctx.params.id))
      try {
        await profilePictures.put(pageActor(viewer, ctx), user.id, await readUpload(ctx, maxImageBytes))
      } catch (error) {
        if (!(error instanceof PocketError) || error.status >= 500) throw error
        await showUser(ctx, viewer, user, 'profile', { problem: error.code })
        ctx.status = error.status
        return
      }
      redirectWithNotice(ctx, user.id, 'picture_saved', 'profile')
    },

    async removePicture(ctx: Context, viewer: User) {
      const { id } = await users.find(String(ctx.params.id))
      await profilePictures.remove(pageActor(viewer, ctx), id)
      redirectWithNotice(ctx, id, 'picture_removed', 'profile')
    },

    async removePasskey(ctx: Context, viewer: User) {
      const { id } = await users.find(String(ctx.params.id))
      const passkeyId = String(ctx.params.passkeyId)
      const actor = pageActor(viewer, ctx)
      const passkey = (await pocket.passkeys.list(id)).find((each) => each.id === passkeyId)
      await users.removePasskey(actor, id, passkeyId)
      const removals = await passkeyRemovals.list(actor, id)
      const needsReview = removals.some((removal) => removal.passkeyId === passkeyId)
      redirectWithNotice(ctx, id, 'passkey_removed', 'security', passkey?.name)
      if (needsReview) seeOther(ctx, passkeyRemovedPath(passkeyId, id))
    },
  }
}
