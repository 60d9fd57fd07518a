import type { InitialAccessToken } from '@pocket/core'
import { actorOf } from '../access/actor.ts'
import { lifetimeOf, lifetimeSchema } from '../http/api/lifetime.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { instant, named, namedObject } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import { createInitialAccessTokenAdministration } from './initial-access-tokens.ts'

const clientsApi = operationsIn('clients')

const defaultLifetime = 60 * 60_000

const body = named('InitialAccessTokenCreateDto', {
  type: 'object',
  properties: {
    description: { type: 'string', maxLength: 150, description: 'The purpose of the token.' },
    ttl: { ...lifetimeSchema, description: `${lifetimeSchema.description} The default is one hour.` },
    usageLimit: {
      type: 'integer',
      minimum: 1,
      maximum: 1_000_000,
      description: 'The maximum number of clients to register; default: 1.',
    },
  },
} as const)

const schema = namedObject('InitialAccessTokenDto', {
  id: { type: 'string', format: 'uuid' },
  token: { type: 'string', description: 'Only returned on creation; empty afterwards.' },
  description: { type: 'string' },
  usageLimit: { type: 'integer' },
  usageCount: { type: 'integer' },
  expiresAt: instant,
  createdAt: instant,
})

/** `/api/oidc/initial-access-tokens`: tokens for dynamic client registration (RFC 7591 §3). */
export function initialAccessTokenOperations(deps: Deps): readonly Operation[] {
  const tokens = createInitialAccessTokenAdministration(deps)
  return [
    clientsApi.post('/api/oidc/initial-access-tokens', {
      id: 'createInitialAccessToken',
      summary: 'Create an initial access token for dynamic client registration',
      body,
      response: { status: 201, schema },
      async handle(call) {
        const { ttl, usageLimit = 1, description = '' } = call.body
        const newToken = { lifetime: lifetimeOf(ttl, defaultLifetime), usageLimit, description }
        const { token, stored } = await tokens.create(actorOf(call), newToken)
        return tokenDto(stored, token)
      },
    }),
    clientsApi.get('/api/oidc/initial-access-tokens', {
      id: 'listInitialAccessTokens',
      summary: 'List unexpired initial access tokens, newest first',
      response: { status: 200, schema: { type: 'array', items: schema } },
      handle: async () => (await tokens.list()).map((token) => tokenDto(token)),
    }),
    clientsApi.delete('/api/oidc/initial-access-tokens/:id', {
      id: 'deleteInitialAccessToken',
      summary: 'Delete an initial access token, but not the clients registered with it',
      handle: (call) => tokens.remove(actorOf(call), call.params.id ?? ''),
    }),
  ]
}

function tokenDto({ id, description, usageLimit, usageCount, expiresAt, createdAt }: InitialAccessToken, token = '') {
  return {
    id,
    token,
    description,
    usageLimit,
    usageCount,
    expiresAt: new Date(expiresAt).toISOString(),
    createdAt: new Date(createdAt).toISOString(),
  }
}
