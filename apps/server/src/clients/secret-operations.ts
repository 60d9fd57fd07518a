import type { Clock } from '@pocket/core'
import { actorOf } from '../access/actor.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { objectOf } from '../http/api/schema.ts'
import type { ClientAdministration } from './administration.ts'
import { secretDto } from './client-dto.ts'
import { createdSecretSchema, listedSecretSchema } from './client-schema.ts'
import { secretInput } from './secret-body.ts'

const clientsApi = operationsIn('clients')

export function secretOperations(administration: ClientAdministration, clock: Clock): readonly Operation[] {
  return [
    clientsApi.get('/api/oidc/clients/:id/secrets', {
      id: 'listOidcClientSecrets',
      summary: 'List the secrets of a client, including expired ones',
      response: { status: 200, schema: { type: 'array', items: listedSecretSchema } },
      async handle({ params }) {
        const { id, secrets } = await administration.getClient(params.id ?? '')
        const uses = await administration.secretUses(id)
        return secrets.map((secret) => ({
          ...secretDto(secret, clock.now()),
          lastUsedAt: lastUse(uses.get(secret.id)),
          serviceToken: secret.serviceToken ?? null,
        }))
      },
    }),
    clientsApi.post('/api/oidc/clients/:id/secrets', {
      id: 'createOidcClientSecret',
      summary:
        'Add a secret, either generated or from an optional body {secret, expiresAt}; with `serviceToken`, add a service token for a protected site',
      response: { status: 201, schema: createdSecretSchema },
      async handle(call) {
        const input = secretInput(call.ctx)
        const { plain, stored } = await administration.addSecret(actorOf(call), call.params.id ?? '', input)
        return { ...secretDto(stored, clock.now()), secret: plain }
      },
    }),
    clientsApi.delete('/api/oidc/clients/:id/secrets/:secretId', {
      id: 'deleteOidcClientSecret',
      summary: 'Delete a secret',
      handle: (call) => administration.removeSecret(actorOf(call), call.params.id ?? '', call.params.secretId ?? ''),
    }),
    clientsApi.post('/api/oidc/clients/:id/secret', {
      id: 'replaceOidcClientSecrets',
      summary: 'Replace all secrets by a new one, either generated or from an optional body {secret, expiresAt}',
      response: {
        status: 200,
        schema: objectOf({ secret: { type: 'string' } }),
      },
      async handle(call) {
        const input = secretInput(call.ctx)
        const { plain } = await administration.replaceSecrets(actorOf(call), call.params.id ?? '', input)
        return { secret: plain }
      },
    }),
  ]
}

function lastUse(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString()
}
