import type { Client } from '@pocket/core'
import { NotFoundError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { type Actor, pageActor } from '../access/actor.ts'
import { submittedVersion } from '../http/form-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { createClientAdministration } from './administration.ts'
import type { ClientPageDeps } from './deps.ts'
import { type ClientFlash, type ClientTabName, setClientFlash } from './flash.ts'

export type ClientPageContext = ReturnType<typeof createClientPageContext>

export function createClientPageContext(deps: ClientPageDeps) {
  const { pocket, flashes } = deps
  const path = '/settings/admin/oidc-clients' as const
  const clientPath = (id: string) => `${path}/${encodeURIComponent(id)}`

  /** The client named in the path. @throws {NotFoundError} `client_not_found` */
  const getClient = async (ctx: Context): Promise<Client> => {
    const client = await pocket.clients.find(String(ctx.params.id))
    if (!client) throw new NotFoundError('client_not_found', 'There is no such client.')
    return client
  }
  const redirectToClient = (ctx: Context, id: string, flash: Partial<ClientFlash>, tab: ClientTabName = '') => {
    setClientFlash(flashes, ctx, { path: clientPath(id) + tab, flash })
    seeOther(ctx, clientPath(id) + tab)
  }

  return {
    ...deps,
    path,
    clientPath,
    administration: createClientAdministration(deps),
    getClient,
    redirectToClient,

    /** The actor of a form request, with the version that the form is based on. */
    formActor: (ctx: Context, { id }: Pick<User, 'id'>): Actor => ({
      ...pageActor({ id }, ctx),
      ...submittedVersion(ctx),
    }),

    /** A form on a page of the client; `action` resolves to the flash message. */
    form: (
      subpath: string,
      action: (ctx: Context, client: Client, user: User) => Promise<Partial<ClientFlash>>,
      tab: ClientTabName = '',
    ): PageRoute =>
      route.post(`${path}/:id/${subpath}`, async (ctx, user) => {
        const client = await getClient(ctx)
        redirectToClient(ctx, client.id, await action(ctx, client, user), tab)
      }),
  }
}
