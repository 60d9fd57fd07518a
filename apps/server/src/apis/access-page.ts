import { NotFound } from '@pocket/core/errors'
import type { Context } from 'koa'
import { formText, formTexts } from '../http/form.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { pageActor } from '../users/actor.ts'
import type { ApiDesk } from './api-desk.ts'
import { accessDto } from './api-dto.ts'

/** `/settings/admin/apis/:id/clients/:clientId`: what one client may do at one API. */
export function apiAccessPages(parts: ApiDesk): readonly PageRoute[] {
  const { pocket, administration, authentication, show, flashes, path } = parts
  const one = `${path}/:id/clients/:clientId` as const

  const both = async (ctx: Context) => ({
    api: await administration.existing(String(ctx.params.id)),
    client: await administration.existingClient(String(ctx.params.clientId)),
  })
  const done = (ctx: Context, apiId: string, notice: 'access_saved' | 'access_removed') => {
    flashes.leave(ctx, `${path}/${apiId}`, { notice })
    seeOther(ctx, `${path}/${apiId}`)
  }

  return [
    {
      /** From a form that knows the client alone. */
      method: 'get',
      path: `${path}/access`,
      async handle(ctx) {
        await authentication.requireAdministrator(ctx)
        const { api, client } = ctx.query
        if (typeof api !== 'string' || typeof client !== 'string')
          throw new NotFound('not_found', 'There is no such API.')
        seeOther(ctx, `${path}/${encodeURIComponent(api)}/clients/${encodeURIComponent(client)}`)
      },
    },
    {
      method: 'get',
      path: one,
      async handle(ctx) {
        const viewer = viewerOf(await authentication.requireAdministrator(ctx))
        const { api, client } = await both(ctx)
        await show(ctx, {
          view: 'api-access',
          viewer,
          api,
          client: { id: client.id, name: client.name, isPublic: client.isPublic },
          access: accessDto(await pocket.apis.grant(api.id, client.id)),
        })
      },
    },
    {
      method: 'post',
      path: one,
      async handle(ctx) {
        const user = await authentication.requireAdministrator(ctx)
        const { api, client } = await both(ctx)
        await administration.setGrant(pageActor(user, ctx), api.id, client.id, {
          userDelegatedAccess: formText(ctx, 'userDelegatedAccess', 10) === 'true',
          clientAccess: formText(ctx, 'clientAccess', 10) === 'true',
          userDelegatedPermissionIds: formTexts(ctx, 'userDelegatedPermissionIds'),
          clientPermissionIds: formTexts(ctx, 'clientPermissionIds'),
        })
        done(ctx, api.id, 'access_saved')
      },
    },
    {
      method: 'post',
      path: `${one}/remove`,
      async handle(ctx) {
        const user = await authentication.requireAdministrator(ctx)
        const { api, client } = await both(ctx)
        await administration.removeGrant(pageActor(user, ctx), api.id, client.id)
        done(ctx, api.id, 'access_removed')
      },
    },
  ]
}
