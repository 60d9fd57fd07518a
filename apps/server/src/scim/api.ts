import type { Pocket } from '@pocket/core'
import { ExternalServiceError, NotFoundError } from '@pocket/core/errors'
import { isComplete } from '@pocket/directory/internal'
import type { Context } from 'koa'
import { actorOf } from '../access/actor.ts'
import { clientNotFound } from '../http/api/client-not-found.ts'
import { type Operation, operation } from '../http/api/operation.ts'
import type { ClientLogos } from '../images/client-logos.ts'
import { reasonOf, type ScimProvider } from './provider.ts'
import { scimProviderBody, scimProviderDto, scimProviderSchema } from './provider-dto.ts'
import { type ScimProviders, scimProviderNotFound, scimProviderValidator } from './providers.ts'
import type { ScimRuns } from './runs.ts'

export interface ScimOperationPorts {
  readonly providers: ScimProviders
  readonly runs: ScimRuns
  readonly pocket: Pick<Pocket, 'clients'>
  readonly logos: Pick<ClientLogos, 'withLogoFlags'>
}

/** `/api/scim/service-provider`: SCIM provisioning of client users. */
export function scimOperations({ providers, runs, pocket, logos }: ScimOperationPorts): readonly Operation[] {
  const shared = { area: 'clients' } as const
  const respondWithProvider = async (ctx: Context, provider: ScimProvider) => {
    const client = await pocket.clients.find(provider.clientId)
    if (!client) throw scimProviderNotFound()
    ctx.set('ETag', scimProviderValidator(provider))
    const body = scimProviderDto(provider, client)
    const [oidcClient = body.oidcClient] = await logos.withLogoFlags([body.oidcClient])
    return { ...body, oidcClient }
  }
  const inputOf = ({ oidcClientId, token = '', ...body }: ScimBody) => ({ ...body, token, clientId: oidcClientId })

  return [
    operation({
      ...shared,
      id: 'getScimServiceProviderOfOidcClient',
      method: 'get',
      path: '/api/oidc/clients/:id/scim-service-provider',
      summary: 'Get where the people of a client are provisioned',
      note: 'A limited API key needs `read:users` and `read:groups` too.',
      answer: { status: 200, schema: scimProviderSchema },
      async handle({ params, ctx }) {
        const id = params.id ?? ''
        const provider = await providers.findByClient(id)
        if (provider) return respondWithProvider(ctx, provider)
        throw (await pocket.clients.find(id)) ? scimProviderNotFound() : clientNotFound()
      },
    }),
    operation({
      ...shared,
      id: 'createScimServiceProvider',
      method: 'post',
      path: '/api/scim/service-provider',
      summary: 'Provision the people of a client by SCIM 2.0',
      note: 'A client has one at most. A limited API key needs `read:users` and `read:groups` too, since both are sent there.',
      body: scimProviderBody,
      answer: { status: 201, schema: scimProviderSchema },
      async handle(call) {
        return respondWithProvider(call.ctx, await providers.create(actorOf(call), inputOf(call.body)))
      },
    }),
    operation({
      ...shared,
      id: 'updateScimServiceProvider',
      conditional: true,
      method: 'put',
      path: '/api/scim/service-provider/:id',
      summary: 'Change where the people of a client are provisioned',
      note: 'The placeholder of the token keeps it, as long as the endpoint stays on the same server. A limited API key needs `read:users` and `read:groups` too.',
      body: scimProviderBody,
      answer: { status: 200, schema: scimProviderSchema },
      async handle(call) {
        return respondWithProvider(
          call.ctx,
          await providers.update(actorOf(call), call.params.id ?? '', inputOf(call.body)),
        )
      },
    }),
    operation({
      ...shared,
      id: 'deleteScimServiceProvider',
      conditional: true,
      method: 'delete',
      path: '/api/scim/service-provider/:id',
      summary: 'Provision the people of a client no more; what is there stays there',
      answer: { status: 204 },
      handle: (call) => providers.remove(actorOf(call), call.params.id ?? ''),
    }),
    operation({
      ...shared,
      id: 'syncScimServiceProvider',
      method: 'post',
      path: '/api/scim/service-provider/:id/sync',
      summary: 'Provision now, and answer when it is done',
      answer: { status: 200 },
      async handle(call) {
        const report = await runs.runNow(await providers.request(actorOf(call), call.params.id ?? ''))
        if (isComplete(report)) return
        const { code: reason = '', detail } = reasonOf(report)
        throw new ExternalServiceError('scim_sync_failed', `Provisioning did not complete: ${reason}`, {
          details: { reason, detail: detail ?? '', problemCount: String(report.problemCount) },
        })
      },
    }),
    operation({
      ...shared,
      id: 'adoptScimObjects',
      method: 'post',
      path: '/api/scim/service-provider/:id/adopt',
      summary: 'Take over objects that the target had before, and that look like ones of this server',
      note: 'Without a body all that the last run has found.',
      body: {
        type: 'object',
        properties: { kind: { type: 'string', enum: ['user', 'group'] }, id: { type: 'string' } },
      } as const,
      answer: {
        status: 200,
        schema: { type: 'object', required: ['adopted'], properties: { adopted: { type: 'integer' } } },
      },
      async handle(call) {
        const { kind, id } = call.body
        const selected = kind !== undefined && id !== undefined ? { kind, localId: id } : undefined
        const adopted = await providers.adopt(actorOf(call), call.params.id ?? '', selected)
        if (selected && adopted === 0)
          throw new NotFoundError('not_found', 'The target has no such object.', {
            details: { resource: 'SCIM object' },
          })
        return { adopted }
      },
    }),
  ]
}

interface ScimBody {
  readonly endpoint: string
  readonly token?: string
  readonly oidcClientId: string
  readonly removal?: 'deactivate' | 'delete'
}
