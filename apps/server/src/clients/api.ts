import type { Client, ClientRecord } from '@pocket/core'
import type { Context } from 'koa'
import { assertCanChangeRedirectUris } from '../access/access-checks.ts'
import { actorOf } from '../access/actor.ts'
import { assertCondition, canReadUsers } from '../access/guard.ts'
import { pageAnswer } from '../http/api/list.ts'
import { type Call, type Operation, operationsIn } from '../http/api/operation.ts'
import { namedObject, pageOf } from '../http/api/schema.ts'
import { hasReencodedLogo } from '../images/client-logos.ts'
import { markReencoded } from '../images/serve.ts'
import { initialAccessTokenOperations } from '../initial-access-tokens/initial-access-token-operations.ts'
import { clientValidator, createClientAdministration } from './administration.ts'
import { clientCreate, clientInput, clientUpdate, logoUrls } from './client-body.ts'
import { clientDto, clientMetaDto } from './client-dto.ts'
import { allClients, clientListRequest } from './client-lists.ts'
import { clientMetaSchema, clientSchema, clientWithGroupCountSchema, clientWithGroupsSchema } from './client-schema.ts'
import { connectionLogOperations } from './connection-log.ts'
import type { ClientOperationDeps } from './deps.ts'
import { groupOperations } from './group-operations.ts'
import { previewOperations } from './preview-operations.ts'
import { withRestErrors } from './rest-errors.ts'
import { secretOperations } from './secret-operations.ts'
import { siteTestOperations } from './site-test-operations.ts'
import { userClientOperations } from './user-client-operations.ts'

const clientsApi = operationsIn('clients')

const groupIds = namedObject('OidcUpdateAllowedUserGroupsDto', {
  userGroupIds: { type: 'array', items: { type: 'string' } },
})

export function clientOperations(deps: ClientOperationDeps): readonly Operation[] {
  const { pocket, groupsById, clientLogos, clock } = deps
  const { clients } = pocket
  const administration = createClientAdministration(deps, withRestErrors)
  const withUploadedLogo = async <T extends ReturnType<typeof clientMetaDto>>(dto: T): Promise<T> =>
    (await clientLogos.withLogoFlags([dto]))[0] ?? dto
  const toDto = (ctx: Context, client: ClientRecord) => {
    const dto = clientDto(client, clock.now())
    if (canReadUsers(ctx)) return dto
    const { userNames: _, ...protocol } = dto.protocol
    return { ...dto, protocol }
  }
  const withGroups = async (ctx: Context, client: Client) => {
    ctx.set('ETag', clientValidator(client))
    return {
      ...(await withUploadedLogo(toDto(ctx, client))),
      allowedUserGroups: client.allowedGroupIds.length === 0 ? [] : await groupsById(client.allowedGroupIds),
    }
  }
  const existingGroupIds = async (ids: readonly string[]) => (await groupsById(ids)).map(({ id }) => id)
  const submittedClient = async ({ ctx, body }: Call<Parameters<typeof clientInput>[0]>) => {
    const input = clientInput(body)
    if (input.protocol?.userNames !== undefined) await assertCondition(ctx, 'user-names')
    return input
  }
  const submittedGroupIds = async ({ ctx, body }: Call<{ readonly allowedUserGroupIds?: readonly string[] }>) => {
    if (body.allowedUserGroupIds === undefined) return undefined
    await assertCondition(ctx, 'group-assignment')
    return existingGroupIds(body.allowedUserGroupIds)
  }

  return [
    clientsApi.get('/api/oidc/clients', {
      id: 'listOidcClients',
      summary: 'List clients',
      list: allClients,
      response: { status: 200, schema: pageOf(clientWithGroupCountSchema) },
      async handle({ ctx, list }) {
        const { items, total } = await clients.page(clientListRequest(list, { of: 'everybody' }))
        const dtos = items.map(({ client, allowedGroupCount }) => ({
          ...toDto(ctx, client),
          allowedUserGroupsCount: allowedGroupCount,
        }))
        return pageAnswer({ items: await clientLogos.withLogoFlags(dtos), total }, list)
      },
    }),
    clientsApi.post('/api/oidc/clients', {
      id: 'createOidcClient',
      summary: 'Create a client',
      body: clientCreate,
      response: { status: 201, schema: clientWithGroupsSchema },
      async handle(call) {
        const { id } = call.body
        const input = { ...(await submittedClient(call)), ...(id && { id }) }
        const groups = await submittedGroupIds(call)
        const downloadedLogos = await clientLogos.download(logoUrls(call.body))
        const client = await administration.create(actorOf(call), input, groups)
        await clientLogos.store(actorOf(call), client.id, downloadedLogos)
        markReencoded(call.ctx, hasReencodedLogo(downloadedLogos))
        return withGroups(call.ctx, client)
      },
    }),
    clientsApi.get('/api/oidc/clients/:id', {
      id: 'getOidcClient',
      summary: 'Get a client',
      response: { status: 200, schema: clientWithGroupsSchema },
      handle: async ({ params, ctx }) => withGroups(ctx, await administration.getClient(params.id ?? '')),
    }),
    clientsApi.get('/api/oidc/clients/:id/meta', {
      id: 'getOidcClientMetaData',
      summary: 'Get the public data of a client',
      response: { status: 200, schema: clientMetaSchema },
      handle: async ({ params }) => withUploadedLogo(clientMetaDto(await administration.getClient(params.id ?? ''))),
    }),
    clientsApi.put('/api/oidc/clients/:id', {
      id: 'updateOidcClient',
      conditional: true,
      summary: 'Update a client',
      body: clientUpdate,
      response: { status: 200, schema: clientWithGroupsSchema },
      async handle(call) {
        const before = await administration.getClient(call.params.id ?? '')
        const { id } = before
        const groups = await submittedGroupIds(call)
        const input = await submittedClient(call)
        await assertCanChangeRedirectUris(call.ctx, before, input)
        const becomesKnown = input.protocol?.isKnown === true && !before.protocol.isKnown
        const registeredLogos = becomesKnown ? (await clientLogos.downloadForRegistration(before)).logos : []
        const downloadedLogos = await clientLogos.download(logoUrls(call.body))
        const client = await administration.update(actorOf(call), id, input, groups)
        await clientLogos.store(actorOf(call), id, new Map([...registeredLogos, ...downloadedLogos]))
        markReencoded(call.ctx, hasReencodedLogo(downloadedLogos))
        return withGroups(call.ctx, client)
      },
    }),
    clientsApi.post('/api/oidc/clients/:id/refresh', {
      id: 'refreshOidcClient',
      summary: 'Fetch the client ID metadata document of a client again',
      response: { status: 200, schema: clientWithGroupsSchema },
      handle: async ({ ctx, params }) =>
        withGroups(ctx, await withRestErrors(() => pocket.refreshMetadataDocument(params.id ?? '', ctx.req))),
    }),
    clientsApi.delete('/api/oidc/clients/:id', {
      id: 'deleteOidcClient',
      conditional: true,
      summary: 'Delete a client',
      handle: (call) => administration.remove(actorOf(call), call.params.id ?? ''),
    }),
    clientsApi.put('/api/oidc/clients/:id/allowed-user-groups', {
      id: 'setAllowedUserGroupsOfOidcClient',
      conditional: true,
      summary: 'Set the groups whose members may use a restricted client',
      body: groupIds,
      response: { status: 200, schema: clientSchema },
      async handle(call) {
        const existingIds = await existingGroupIds(call.body.userGroupIds)
        const client = await administration.setAllowedGroups(actorOf(call), call.params.id ?? '', existingIds)
        call.ctx.set('ETag', clientValidator(client))
        return withUploadedLogo(toDto(call.ctx, client))
      },
    }),
    ...initialAccessTokenOperations(deps),
    ...secretOperations(administration, clock),
    ...previewOperations(deps),
    ...siteTestOperations(deps),
    ...connectionLogOperations(deps, administration),
    ...userClientOperations(deps),
    ...groupOperations(deps, administration),
  ]
}
