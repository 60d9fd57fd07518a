import { ExternalServiceError, NotFoundError } from '@pocket/core/errors'
import { isComplete } from '@pocket/directory/internal'
import { actorOf } from '../access/actor.ts'
import { mask, showsSecrets } from '../access/secret-access.ts'
import { clientNotFound } from '../http/api/client-not-found.ts'
import { type Call, type Operation, operationsIn } from '../http/api/operation.ts'
import { objectOf } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import type { ClientLogos } from '../images/client-logos.ts'
import type { ScimServices } from './deps.ts'
import { reasonOf, type ScimProvider } from './provider.ts'
import { scimProviderBody, scimProviderDto, scimProviderSchema } from './provider-dto.ts'
import { scimProviderNotFound, scimProviderValidator } from './providers.ts'

const clientsApi = operationsIn('clients')

export function scimOperations(
  deps: Deps & { readonly scim: ScimServices; readonly clientLogos: ClientLogos },
): readonly Operation[] {
  const { pocket, audit, clientLogos } = deps
  const { providers, runs } = deps.scim
  const respondWithProvider = async (call: Pick<Call<unknown>, 'user' | 'ctx'>, provider: ScimProvider) => {
    const client = await pocket.clients.find(provider.clientId)
    if (!client) throw scimProviderNotFound()
    call.ctx.set('ETag', scimProviderValidator(provider))
    const token = providers.decryptToken(provider)
    const secrets = { fields: token === '' ? [] : ['token'], clientId: client.id }
    const body = scimProviderDto(provider, client, (await showsSecrets(call, audit, secrets)) ? token : mask)
    const [oidcClient = body.oidcClient] = await clientLogos.withLogoFlags([body.oidcClient])
    return { ...body, oidcClient }
  }
  const inputOf = ({ oidcClientId, token = '', ...body }: ScimBody) => ({ ...body, token, clientId: oidcClientId })

  return [
    clientsApi.get('/api/oidc/clients/:id/scim-service-provider', {
      id: 'getScimServiceProviderOfOidcClient',
      summary: 'Read the SCIM service provider of a client',
      note: 'A limited API key also needs `read:users` and `read:groups`.',
      response: { status: 200, schema: scimProviderSchema },
      async handle(call) {
        const id = call.params.id ?? ''
        const provider = await providers.findByClient(id)
        if (provider) return respondWithProvider(call, provider)
        throw (await pocket.clients.find(id)) ? scimProviderNotFound() : clientNotFound()
      },
    }),
    clientsApi.post('/api/scim/service-provider', {
      id: 'createScimServiceProvider',
      summary: 'Create a SCIM 2.0 service provider for a client',
      note: 'The pages show the oldest provider of a client. A limited API key also needs `read:users` and `read:groups`, because both are sent to the provider.',
      body: scimProviderBody,
      response: { status: 201, schema: scimProviderSchema },
      async handle(call) {
        return respondWithProvider(call, await providers.create(actorOf(call), inputOf(call.body)))
      },
    }),
    clientsApi.put('/api/scim/service-provider/:id', {
      id: 'updateScimServiceProvider',
      conditional: true,
      summary: 'Update a SCIM service provider',
      note: 'The mask keeps the stored token if the origin of the endpoint stays the same. A limited API key also needs `read:users` and `read:groups`.',
      body: scimProviderBody,
      response: { status: 200, schema: scimProviderSchema },
      async handle(call) {
        return respondWithProvider(
          call,
          await providers.update(actorOf(call), call.params.id ?? '', inputOf(call.body)),
        )
      },
    }),
    clientsApi.delete('/api/scim/service-provider/:id', {
      id: 'deleteScimServiceProvider',
      conditional: true,
      summary: 'Delete a SCIM service provider, but keep the provisioned resources',
      handle: (call) => providers.remove(actorOf(call), call.params.id ?? ''),
    }),
    clientsApi.post('/api/scim/service-provider/:id/sync', {
      id: 'syncScimServiceProvider',
      summary: 'Provision now and wait for the result',
      response: { status: 200 },
      async handle(call) {
        const report = await runs.runNow(await providers.request(actorOf(call), call.params.id ?? ''))
        if (isComplete(report)) return
        const { code: reason = '', detail } = reasonOf(report)
        throw new ExternalServiceError('scim_sync_failed', `Provisioning did not complete: ${reason}`, {
          details: { reason, detail: detail ?? '', problemCount: String(report.problemCount) },
        })
      },
    }),
    clientsApi.post('/api/scim/service-provider/:id/adopt', {
      id: 'adoptScimObjects',
      summary: 'Adopt existing resources of the target that match users or groups',
      note: 'Without a body, adopts all matches of the last run.',
      body: {
        type: 'object',
        properties: { kind: { type: 'string', enum: ['user', 'group'] }, id: { type: 'string' } },
      } as const,
      response: {
        status: 200,
        schema: objectOf({ adopted: { type: 'integer' } }),
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
