import type { PageRoute } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import type { ClientPageContext } from './client-page-context.ts'
import type { ShowClient } from './show-client.ts'

/** `/settings/admin/oidc-clients/:id`: one client. */
export function clientPage(context: ClientPageContext, showClient: ShowClient): readonly PageRoute[] {
  const { path, authentication, flashes, administration, formActor, getClient } = context
  return [
    {
      method: 'get',
      path: `${path}/:id`,
      async handle(ctx) {
        const user = await authentication.requireUser(ctx)
        await showClient(ctx, user, await getClient(ctx))
      },
    },
    {
      method: 'post',
      path: `${path}/:id/remove`,
      async handle(ctx) {
        const user = await authentication.requireUser(ctx)
        const { id, name } = await getClient(ctx)
        await administration.remove(formActor(ctx, user), id)
        flashes.set(ctx, path, { removed: name })
        seeOther(ctx, path)
      },
    },
  ]
}
