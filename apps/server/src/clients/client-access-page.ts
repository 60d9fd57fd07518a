import type { Client } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { pickedGroups } from '../http/choices.ts'
import { formText } from '../http/form.ts'
import { differences, runFormAction } from '../http/form-page.ts'
import type { Messages } from '../http/messages.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { accessChoice } from './access-form.ts'
import { clientTab } from './client-head.ts'
import type { ClientPageContext } from './client-page-context.ts'
import type { ClientAccessPage } from './page-model.ts'
import { checkUserAccess } from './user-access-check.ts'

type Access = Pick<Client, 'isGroupRestricted' | 'allowedGroupIds'>

/** `/settings/admin/oidc-clients/:id/access`: the users who may use the application, and a check for one of them. */
export function clientAccessPages(context: ClientPageContext): readonly PageRoute[] {
  const { directory, path, show, administration, formActor, getClient, redirectToClient, messagesFor } = context
  const { groups } = directory

  const listGroups = async ({ allowedGroupIds }: Access) => pickedGroups(await groups.list(allowedGroupIds))

  const showAccess = async (
    ctx: Context,
    user: User,
    client: Client,
    { access = client, conflict = null }: { access?: Access; conflict?: ClientAccessPage['conflict'] } = {},
  ) => {
    const { shared } = await clientTab(context, ctx, user, client, '/access')
    await show(ctx, {
      view: 'client-access',
      ...shared,
      access: { isGroupRestricted: access.isGroupRestricted, groups: await listGroups(access) },
      check: await checkUserAccess(context, client, ctx.query),
      conflict,
    })
  }

  const saveAccess = async (ctx: Context, user: User) => {
    const client = await getClient(ctx)
    const { isGroupRestricted, groupIds: submittedIds } = accessChoice(ctx)
    const allowedGroupIds = (await groups.list(submittedIds)).map(({ id }) => id)
    const groupIds = isGroupRestricted ? allowedGroupIds : undefined
    const refusal = await runFormAction(async () => {
      if (client.isGroupRestricted !== isGroupRestricted)
        await administration.update(formActor(ctx, user), client.id, { ...client, isGroupRestricted }, groupIds)
      else if (groupIds) await administration.setAllowedGroups(formActor(ctx, user), client.id, groupIds)
    })
    if (!refusal?.isConflict) {
      if (refusal) ctx.throw(refusal.status)
      const tab = formText(ctx, 'tab', 20) === 'connect' ? '' : '/access'
      return redirectToClient(ctx, client.id, { notice: 'access_saved' }, tab)
    }
    const current = await getClient(ctx)
    const requested = { ...current, isGroupRestricted, allowedGroupIds }
    const messages = messagesFor(ctx.req, user)
    await showAccess(ctx, user, current, {
      access: requested,
      conflict: differences(
        { access: await accessText(current, messages) },
        { access: await accessText(requested, messages) },
      ),
    })
    ctx.status = refusal.status
  }

  /** The access as text for comparison and display: everybody, or the names of the groups. */
  const accessText = async (access: Access, { list, compare, text }: Messages): Promise<string> =>
    access.isGroupRestricted
      ? list((await listGroups(access)).map(({ name }) => name).sort(compare))
      : text('clientForm.options.allow.everyone')

  return [
    route.get(`${path}/:id/access`, async (ctx, user) => {
      await showAccess(ctx, user, await getClient(ctx))
    }),
    route.post(`${path}/:id/access`, saveAccess),
  ]
}
