import type { ApiAccess, ClientListRequest } from '@pocket/core'
import type { Context } from 'koa'
import { actorOf } from '../access/actor.ts'
import { type ListRequest, pageAnswer } from '../http/api/list.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { pageOf } from '../http/api/schema.ts'
import { accessValidator } from './administration.ts'
import { accessDto, apiClientDto, clientAccessDto } from './api-dto.ts'
import { accessBody, accessSchema, apiClientSchema, clientAccessSchema } from './api-schema.ts'
import type { ApiOperationDeps } from './deps.ts'

const clientsApi = operationsIn('clients')

const list = { sort: ['name', 'createdAt'], search: true }

export function clientOperations({ pocket, administration, clientLogos }: ApiOperationDeps): readonly Operation[] {
  const { apis, clients } = pocket
  return [
    clientsApi.get('/api/apis/:id/clients', {
      id: 'listClientsOfApi',
      summary: 'List the clients that have access to an API',
      list,
      response: { status: 200, schema: pageOf(clientAccessSchema) },
      async handle(call) {
        const api = await administration.getApi(call.params.id ?? '')
        const { items, total } = await clients.page(clientsOf(call.list, { of: 'granted', apiId: api.id }))
        const grants = new Map((await apis.grantsOf(api.id)).map((grant) => [grant.clientId, grant]))
        const dtos = items.map(({ client }) => clientAccessDto({ api, client, access: grants.get(client.id) }))
        return pageAnswer({ items: await clientLogos.withClientLogoFlags(dtos), total }, call.list)
      },
    }),
    clientsApi.get('/api/apis/:id/assignable-clients', {
      id: 'listAssignableClientsOfApi',
      summary: 'List the clients that can be given access to an API',
      list,
      response: { status: 200, schema: pageOf(apiClientSchema) },
      async handle(call) {
        const { id } = await administration.getApi(call.params.id ?? '')
        const { items, total } = await clients.page(clientsOf(call.list, { of: 'ungranted', apiId: id }))
        const dtos = items.map(({ client }) => apiClientDto(client))
        return pageAnswer({ items: await clientLogos.withLogoFlags(dtos), total }, call.list)
      },
    }),
    clientsApi.get('/api/apis/:id/clients/:clientId', {
      id: 'getAccessOfClientToApi',
      summary: 'Get the access of a client to an API',
      note: 'For a client without access the response grants nothing.',
      response: { status: 200, schema: accessSchema },
      async handle({ params, ctx }) {
        const { id } = await administration.getApi(params.id ?? '')
        const client = await administration.getClient(params.clientId ?? '')
        return respondWithEtag(ctx, await apis.grant(id, client.id))
      },
    }),
    clientsApi.put('/api/apis/:id/clients/:clientId', {
      id: 'setAccessOfClientToApi',
      conditional: true,
      summary: 'Set the access of a client to an API',
      body: accessBody,
      response: { status: 200, schema: accessSchema },
      async handle(call) {
        const { id = '', clientId = '' } = call.params
        const access = {
          userDelegatedAccess: call.body.userDelegatedAccess ?? false,
          clientAccess: call.body.clientAccess ?? false,
          userDelegatedPermissionIds: call.body.userDelegatedPermissionIds ?? [],
          clientPermissionIds: call.body.clientPermissionIds ?? [],
        }
        return respondWithEtag(call.ctx, await administration.setGrant(actorOf(call), id, clientId, access))
      },
    }),
    clientsApi.delete('/api/apis/:id/clients/:clientId', {
      id: 'removeAccessOfClientToApi',
      conditional: true,
      summary: 'Remove the access of a client to an API',
      handle: (call) => administration.removeGrant(actorOf(call), call.params.id ?? '', call.params.clientId ?? ''),
    }),
  ]
}

function respondWithEtag(ctx: Context, access: ApiAccess | undefined) {
  ctx.set('ETag', accessValidator(access))
  return accessDto(access)
}

/** Sorts by name by default. */
function clientsOf(request: ListRequest, scope: ClientListRequest['scope']): ClientListRequest {
  const { page, limit, search, sort } = request
  const sortKey = sort?.column === 'createdAt' ? 'createdAt' : 'name'
  return { scope, page, limit, search, filters: {}, sort: { by: sortKey, descending: sort?.descending ?? false } }
}
