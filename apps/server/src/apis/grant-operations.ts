import type { ApiGrant } from '@pocket/core'
import { cimdPermissions } from '@pocket/core/internal'
import type { Context } from 'koa'
import { actorOf } from '../access/actor.ts'
import { pageAnswer } from '../http/api/list.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { pageOf } from '../http/api/schema.ts'
import { grantsValidator } from './administration.ts'
import { apiAccessDto, apiDto } from './api-dto.ts'
import { apiList, apiListRequest } from './api-lists.ts'
import { apiAccessSchema, apiSchema, permissionListsBody, permissionListsSchema } from './api-schema.ts'
import type { ApiOperationDeps } from './deps.ts'

const clientsApi = operationsIn('clients')

export function grantOperations({ pocket, administration }: ApiOperationDeps): readonly Operation[] {
  const { apis } = pocket
  return [
    clientsApi.get('/api/api-access/:clientId/apis', {
      id: 'listApisOfClient',
      summary: 'List the APIs that a client has access to',
      response: { status: 200, schema: { type: 'array', items: apiAccessSchema } },
      async handle({ params }) {
        const client = await administration.getClient(params.clientId ?? '')
        const grants = new Map((await apis.grantsTo(client.id)).map((grant) => [grant.apiId, grant]))
        return (await apis.list())
          .filter((api) => grants.has(api.id) || cimdPermissions(api, client) !== undefined)
          .map((api) => apiAccessDto({ api, client, access: grants.get(api.id) }))
      },
    }),
    clientsApi.get('/api/api-access/:clientId/assignable-apis', {
      id: 'listAssignableApisOfClient',
      summary: 'List the APIs that a client can be given access to',
      list: apiList,
      response: { status: 200, schema: pageOf(apiSchema) },
      async handle({ params, list }) {
        const { id } = await administration.getClient(params.clientId ?? '')
        const { items, total } = await apis.page(apiListRequest(list, id))
        return pageAnswer({ items: items.map(apiDto), total }, list)
      },
    }),
    clientsApi.get('/api/api-access/:clientId', {
      id: 'getApiAccessOfClient',
      summary: 'Get the permissions of a client for all APIs (older format)',
      response: { status: 200, schema: permissionListsSchema },
      async handle({ params, ctx }) {
        const { id } = await administration.getClient(params.clientId ?? '')
        return respondWithEtag(ctx, await apis.grantsTo(id))
      },
    }),
    clientsApi.put('/api/api-access/:clientId', {
      id: 'setApiAccessOfClient',
      conditional: true,
      summary: 'Set the permissions of a client for all APIs (older format)',
      body: permissionListsBody,
      response: { status: 200, schema: permissionListsSchema },
      async handle(call) {
        const { userDelegatedPermissionIds = [], clientPermissionIds = [] } = call.body
        const lists = { userDelegatedPermissionIds, clientPermissionIds }
        const { clientId = '' } = call.params
        return respondWithEtag(call.ctx, await administration.setPermissionsOfClient(actorOf(call), clientId, lists))
      },
    }),
  ]
}

function respondWithEtag(ctx: Context, grants: readonly ApiGrant[]) {
  ctx.set('ETag', grantsValidator(grants))
  return permissionLists(grants)
}

function permissionLists(grants: readonly ApiGrant[]) {
  return {
    userDelegatedPermissionIds: grants.flatMap((grant) => grant.userDelegatedPermissionIds),
    clientPermissionIds: grants.flatMap((grant) => grant.clientPermissionIds),
  }
}
