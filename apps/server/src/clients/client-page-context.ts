import type { Client, Clients } from '@pocket/core'
import { NotFoundError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { type Actor, pageActor } from '../access/actor.ts'
import type { Authentication } from '../http/authentication.ts'
import type { Flashes } from '../http/flash.ts'
import { submittedVersion } from '../http/form-page.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'
import { type AdministrationPorts, createClientAdministration } from './administration.ts'
import { type ClientFlash, setClientFlash } from './flash.ts'

export interface ClientPageContextPorts
  extends Pick<AdministrationPorts, 'recordCredential' | 'lockAccountOf' | 'audit' | 'transaction'> {
  readonly clients: Clients
  readonly authentication: Authentication
  readonly show: ShowPage
  readonly flashes: Flashes
}

export type ClientPageContext = ReturnType<typeof createClientPageContext>

/** Dependencies shared by all client pages. */
export function createClientPageContext(ports: ClientPageContextPorts) {
  const { clients, transaction, authentication, show, flashes } = ports
  const path = '/settings/admin/oidc-clients' as const
  const clientPath = (id: string) => `${path}/${encodeURIComponent(id)}`
  return {
    path,
    clientPath,
    authentication,
    show,
    flashes,
    transaction,
    administration: createClientAdministration({ ...ports, translateErrors: (action) => action() }),

    /** The actor of a form request, with the version that the form is based on. */
    formActor: (ctx: Context, { id }: Pick<User, 'id'>): Actor => ({
      ...pageActor({ id }, ctx),
      ...submittedVersion(ctx),
    }),

    /** The client named in the path. @throws {NotFoundError} `client_not_found` */
    async getClient(ctx: Context): Promise<Client> {
      const client = await clients.find(String(ctx.params.id))
      if (!client) throw new NotFoundError('client_not_found', 'There is no such client.')
      return client
    },

    /** Sets a flash message and redirects to the client's page. */
    redirectToClient(ctx: Context, id: string, flash: Partial<ClientFlash>) {
      setClientFlash(flashes, ctx, { path: clientPath(id), flash })
      seeOther(ctx, clientPath(id))
    },
  }
}
