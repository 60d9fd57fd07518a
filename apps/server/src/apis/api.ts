import type { Api, ApiInput } from '@pocket/core'
import type { Context } from 'koa'
import { actorOf } from '../access/actor.ts'
import { pageAnswer } from '../http/api/list.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { pageOf } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import type { ClientLogos } from '../images/client-logos.ts'
import { apiValidator, createApiAdministration } from './administration.ts'
import { apiDto } from './api-dto.ts'
import { apiList, apiListRequest } from './api-lists.ts'
import { apiCreate, apiSchema, apiUpdate, cimdAccessBody, permissionsBody } from './api-schema.ts'
import { clientOperations } from './client-operations.ts'
import { grantOperations } from './grant-operations.ts'

const clientsApi = operationsIn('clients')

export function apiOperations(deps: Deps & { readonly clientLogos: ClientLogos }): readonly Operation[] {
  const { apis } = deps.pocket
  const administration = createApiAdministration(deps)
  const operationDeps = { ...deps, administration }
  const response = { status: 200, schema: apiSchema } as const
  return [
    clientsApi.get('/api/apis', {
      id: 'listApis',
      summary: 'List APIs',
      list: apiList,
      response: { status: 200, schema: pageOf(apiSchema) },
      async handle({ list }) {
        const { items, total } = await apis.page(apiListRequest(list, null))
        return pageAnswer({ items: items.map(apiDto), total }, list)
      },
    }),
    clientsApi.post('/api/apis', {
      id: 'createApi',
      summary: 'Create an API',
      body: apiCreate,
      response: { status: 201, schema: apiSchema },
      handle: async (call) =>
        respondWithEtag(call.ctx, await administration.create(actorOf(call), knownFields(call.body))),
    }),
    clientsApi.get('/api/apis/:id', {
      id: 'getApi',
      summary: 'Get an API',
      response,
      handle: async ({ params, ctx }) => respondWithEtag(ctx, await administration.getApi(params.id ?? '')),
    }),
    clientsApi.put('/api/apis/:id', {
      id: 'updateApi',
      conditional: true,
      summary: 'Update an API; its resource indicator cannot be changed',
      body: apiUpdate,
      response,
      handle: async (call) =>
        respondWithEtag(
          call.ctx,
          await administration.update(actorOf(call), call.params.id ?? '', knownFields(call.body)),
        ),
    }),
    clientsApi.delete('/api/apis/:id', {
      id: 'deleteApi',
      conditional: true,
      summary: 'Delete an API and all access to it',
      handle: (call) => administration.remove(actorOf(call), call.params.id ?? ''),
    }),
    clientsApi.put('/api/apis/:id/permissions', {
      id: 'setPermissionsOfApi',
      conditional: true,
      summary: 'Set the permissions of an API',
      body: permissionsBody,
      response,
      async handle(call) {
        const permissions = (call.body.permissions ?? []).map(({ key, name, description }) => ({
          key,
          name,
          ...(typeof description === 'string' && { description }),
        }))
        return respondWithEtag(
          call.ctx,
          await administration.setPermissions(actorOf(call), call.params.id ?? '', permissions),
        )
      },
    }),
    clientsApi.put('/api/apis/:id/cimd-access', {
      id: 'setCimdAccessOfApi',
      conditional: true,
      summary: 'Set the access of clients with a client ID metadata document to an API',
      body: cimdAccessBody,
      response,
      async handle(call) {
        const { enabled = false, permissionIds = [] } = call.body
        const access = { enabled, permissionIds }
        return respondWithEtag(
          call.ctx,
          await administration.setCimdAccess(actorOf(call), call.params.id ?? '', access),
        )
      },
    }),
    ...clientOperations(operationDeps),
    ...grantOperations(operationDeps),
  ]
}

function respondWithEtag(ctx: Context, api: Api) {
  ctx.set('ETag', apiValidator(api))
  return apiDto(api)
}

/** Without the other fields of a request body, which REST ignores. */
function knownFields<Input extends ApiInput>(input: Input): Input {
  const names = ['name', 'resource', 'accessTokenFormat', 'accessTokenDurationMinutes', 'resourceServerClientIds']
  // The cast is safe: these are all fields of the input.
  return Object.fromEntries(Object.entries(input).filter(([name]) => names.includes(name))) as Input
}
