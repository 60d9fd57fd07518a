import type { Client } from '@pocket/core'
import type { Context } from 'koa'
import { differences, refusalOf } from '../http/form-page.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { accessChoice, groupAccessOf, submittedSecret } from './access-form.ts'
import type { ClientPageContext } from './client-page-context.ts'
import type { ShowClient } from './show-client.ts'

/** Who may use the application: all users, or the members of groups. */
export function clientAccessPages(context: ClientPageContext, showClient: ShowClient): readonly PageRoute[] {
  const { directory, path, authentication, administration, formActor, getClient, redirectToClient } = context
  const { groups } = directory

  const saveAccess = async (ctx: Context) => {
    const user = await authentication.requireUser(ctx)
    const client = await getClient(ctx)
    const { isGroupRestricted, groupIds: submittedIds } = accessChoice(ctx)
    const shownIds = new Set((await groupAccessOf(groups, client)).groups.map(({ id }) => id))
    // Groups that the page does not show keep their access.
    const hiddenIds = client.allowedGroupIds.filter((id) => !shownIds.has(id))
    const selectedIds = (await groups.list(submittedIds)).map(({ id }) => id)
    const allowedGroupIds = [...hiddenIds, ...selectedIds]
    const groupIds = isGroupRestricted ? allowedGroupIds : undefined
    const refusal = await refusalOf(async () => {
      if (client.isGroupRestricted !== isGroupRestricted)
        await administration.update(formActor(ctx, user), client.id, { ...client, isGroupRestricted }, groupIds)
      else if (groupIds) await administration.setAllowedGroups(formActor(ctx, user), client.id, groupIds)
    })
    if (!refusal?.isConflict) {
      if (refusal) ctx.throw(refusal.status)
      return redirectToClient(ctx, client.id, { notice: 'saved', newSecret: submittedSecret(ctx, client) })
    }
    const current = await getClient(ctx)
    const requested = { ...current, isGroupRestricted, allowedGroupIds }
    await showClient(ctx, user, current, {
      access: await groupAccessOf(groups, requested),
      conflict: differences({ access: await accessText(current) }, { access: await accessText(requested) }),
    })
    ctx.status = refusal.status
  }

  /** The access as text for comparison and display: `everybody`, or the names of the groups. */
  const accessText = async ({ isGroupRestricted, allowedGroupIds }: Client): Promise<string> => {
    if (!isGroupRestricted) return 'everybody'
    const names = (await groups.list(allowedGroupIds)).map(({ friendlyName }) => friendlyName)
    return names.sort().join(', ')
  }

  return [{ method: 'post', path: `${path}/:id/access`, handle: saveAccess }]
}
