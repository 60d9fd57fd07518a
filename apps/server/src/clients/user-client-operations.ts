import { type ClientScope, requestContext } from '@pocket/core'
import { NotFoundError } from '@pocket/core/errors'
import { type ListRequest, pageAnswer } from '../http/api/list.ts'
import { type Operation, operation } from '../http/api/operation.ts'
import { pageOf } from '../http/api/schema.ts'
import { accessibleClientDto, authorizedClientDto } from './client-dto.ts'
import { accessibleClients, authorizedClients, clientListRequest } from './client-lists.ts'
import { accessibleClientSchema, authorizedClientSchema } from './client-schema.ts'
import type { ClientOperationDeps } from './deps.ts'
import { createOwnConsents } from './own-consents.ts'

/** `/api/oidc/users`: the clients of a user. */
export function userClientOperations(deps: ClientOperationDeps): readonly Operation[] {
  const { pocket, directory, clientLogos } = deps
  const consents = createOwnConsents(deps)
  const page = (list: ListRequest, scope: ClientScope) => pocket.clients.page(clientListRequest(list, scope))

  const listAuthorized = async (list: ListRequest, accountId: string) => {
    const { items, total } = await page(list, { of: 'consented', accountId })
    return pageAnswer(
      {
        items: await clientLogos.withClientLogoFlags(items.map((item) => authorizedClientDto(item, pocket.issuer))),
        total,
      },
      list,
    )
  }

  return [
    operation({
      id: 'listMyAuthorizedOidcClients',
      method: 'get',
      path: '/api/oidc/users/me/authorized-clients',
      summary: 'List the clients you have consented to',
      area: 'account',
      list: authorizedClients,
      response: { status: 200, schema: pageOf(authorizedClientSchema) },
      handle: ({ user, list }) => listAuthorized(list, user.id),
    }),
    operation({
      id: 'listAuthorizedOidcClientsOfUser',
      method: 'get',
      path: '/api/oidc/users/:id/authorized-clients',
      summary: 'List the clients that a user has consented to',
      note: 'A limited API key needs `read:users` too.',
      area: 'clients',
      list: authorizedClients,
      response: { status: 200, schema: pageOf(authorizedClientSchema) },
      async handle({ params, list }) {
        const { id = '' } = params
        if ((await directory.users.find(id)) === undefined)
          throw new NotFoundError('user_not_found', 'There is no such user.')
        return listAuthorized(list, id)
      },
    }),
    operation({
      id: 'withdrawMyConsent',
      method: 'delete',
      path: '/api/oidc/users/me/authorized-clients/:clientId',
      summary: 'Withdraw your consent for a client and revoke its tokens',
      area: 'account',
      response: { status: 204 },
      async handle({ user, params, ctx }) {
        await consents.withdraw(user.id, params.clientId ?? '', requestContext(ctx.req))
      },
    }),
    operation({
      id: 'listMyOidcClients',
      method: 'get',
      path: '/api/oidc/users/me/clients',
      summary: 'List the clients that you may use',
      area: 'account',
      list: accessibleClients,
      response: { status: 200, schema: pageOf(accessibleClientSchema) },
      async handle({ user, list }) {
        const account = await directory.accounts.find(user.id)
        const groupIds = (account?.groups ?? []).map(({ id }) => id)
        const { items, total } = await page(list, { of: 'usable', accountId: user.id, groupIds })
        return pageAnswer(
          {
            items: await clientLogos.withLogoFlags(items.map((item) => accessibleClientDto(item, pocket.issuer))),
            total,
          },
          list,
        )
      },
    }),
  ]
}
