import { type ClientScope, requestContext } from '@pocket/core'
import { NotFoundError } from '@pocket/core/errors'
import { type ListRequest, pageAnswer } from '../http/api/list.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { pageOf } from '../http/api/schema.ts'
import { accessibleClientDto, authorizedClientDto } from './client-dto.ts'
import { accessibleClients, authorizedClients, clientListRequest } from './client-lists.ts'
import { accessibleClientSchema, authorizedClientSchema } from './client-schema.ts'
import type { ClientOperationDeps } from './deps.ts'
import { createOwnConsents } from './own-consents.ts'

const accountApi = operationsIn('account')
const clientsApi = operationsIn('clients')

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
    accountApi.get('/api/oidc/users/me/authorized-clients', {
      id: 'listMyAuthorizedOidcClients',
      summary: 'List the clients you have consented to',
      list: authorizedClients,
      response: { status: 200, schema: pageOf(authorizedClientSchema) },
      handle: ({ user, list }) => listAuthorized(list, user.id),
    }),
    clientsApi.get('/api/oidc/users/:id/authorized-clients', {
      id: 'listAuthorizedOidcClientsOfUser',
      summary: 'List the clients that a user has consented to',
      note: 'A limited API key needs `read:users` too.',
      list: authorizedClients,
      response: { status: 200, schema: pageOf(authorizedClientSchema) },
      async handle({ params, list }) {
        const { id = '' } = params
        if ((await directory.users.find(id)) === undefined)
          throw new NotFoundError('user_not_found', 'There is no such user.')
        return listAuthorized(list, id)
      },
    }),
    accountApi.delete('/api/oidc/users/me/authorized-clients/:clientId', {
      id: 'withdrawMyConsent',
      summary: 'Withdraw your consent for a client and revoke its tokens',
      async handle({ user, params, ctx }) {
        await consents.withdraw(user.id, params.clientId ?? '', requestContext(ctx.req))
      },
    }),
    accountApi.get('/api/oidc/users/me/clients', {
      id: 'listMyOidcClients',
      summary: 'List the clients that you may use',
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
