import type { Clock } from '@pocket/core'
import { actorOf } from '../access/actor.ts'
import { type Operation, operation } from '../http/api/operation.ts'
import type { ClientAdministration } from './administration.ts'
import { secretDto } from './client-dto.ts'
import { createdSecretSchema, listedSecretSchema } from './client-schema.ts'
import { secretInput } from './secret-body.ts'

/** `/api/oidc/clients/:id/secrets`, and the older route for creating a secret. */
export function secretOperations(administration: ClientAdministration, clock: Clock): readonly Operation[] {
  const shared = { area: 'clients' } as const
  return [
    operation({
      ...shared,
      id: 'listOidcClientSecrets',
      method: 'get',
      path: '/api/oidc/clients/:id/secrets',
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
    operation({
      ...shared,
      id: 'createOidcClientSecret',
      method: 'post',
      path: '/api/oidc/clients/:id/secrets',
      summary:
        'Add a secret, either generated or from an optional body {secret, expiresAt}; with `serviceToken`, add a service token for a protected site',
      response: { status: 201, schema: createdSecretSchema },
      async handle(call) {
        const input = secretInput(call.ctx)
        const { plain, stored } = await administration.addSecret(actorOf(call), call.params.id ?? '', input)
        return { ...secretDto(stored, clock.now()), secret: plain }
      },
    }),
    operation({
      ...shared,
      id: 'deleteOidcClientSecret',
      method: 'delete',
      path: '/api/oidc/clients/:id/secrets/:secretId',
      summary: 'Delete a secret',
      response: { status: 204 },
      handle: (call) => administration.removeSecret(actorOf(call), call.params.id ?? '', call.params.secretId ?? ''),
    }),
    operation({
      ...shared,
      id: 'replaceOidcClientSecrets',
      method: 'post',
      path: '/api/oidc/clients/:id/secret',
      summary: 'Replace all secrets by a new one, either generated or from an optional body {secret, expiresAt}',
      response: {
        status: 200,
        schema: { type: 'object', required: ['secret'], properties: { secret: { type: 'string' } } },
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
