import { type AuditSink, changesBetween, type InitialAccessToken, type Pocket, type Transaction } from '@pocket/core'
import { type Operation, operation } from '../http/api/operation.ts'
import { instant, named } from '../http/api/schema.ts'
import { actorOf } from '../users/actor.ts'
import { lifetimeOf, lifetimeSchema } from '../users/lifetime.ts'

export interface InitialAccessTokenPorts {
  readonly pocket: Pick<Pocket, 'initialAccessTokens'>
  readonly audit: AuditSink
  readonly transaction: Transaction
}

const usualLifetime = 60 * 60_000

const body = named('InitialAccessTokenCreateDto', {
  type: 'object',
  properties: {
    description: { type: 'string', maxLength: 150, description: 'What it is for.' },
    ttl: { ...lifetimeSchema, description: `${lifetimeSchema.description} Usual is an hour.` },
    usageLimit: {
      type: 'integer',
      minimum: 1,
      maximum: 1_000_000,
      description: 'How many clients may be registered with it; one where nothing is said.',
    },
  },
} as const)

const schema = named('InitialAccessTokenDto', {
  type: 'object',
  required: ['id', 'token', 'description', 'usageLimit', 'usageCount', 'expiresAt', 'createdAt'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    token: { type: 'string', description: 'Shown this once, when it is created; empty afterwards.' },
    description: { type: 'string' },
    usageLimit: { type: 'integer' },
    usageCount: { type: 'integer' },
    expiresAt: instant,
    createdAt: instant,
  },
})

/** `/api/oidc/initial-access-tokens`: what lets programs register clients (RFC 7591 §3). */
export function initialAccessTokenOperations({
  pocket: { initialAccessTokens },
  audit,
  transaction,
}: InitialAccessTokenPorts): readonly Operation[] {
  const shared = { area: 'clients', access: 'administrator' } as const
  return [
    operation({
      ...shared,
      id: 'createInitialAccessToken',
      method: 'post',
      path: '/api/oidc/initial-access-tokens',
      summary: 'Create a token with which a program can register clients',
      needsPasskey: true,
      body,
      answer: { status: 201, schema },
      async handle(call) {
        const { ttl, usageLimit = 1, description = '' } = call.body
        const { id: by, origin } = actorOf(call)
        const wanted = { lifetime: lifetimeOf(ttl, usualLifetime), usageLimit, description }
        const { token, stored } = await transaction(async () => {
          const issued = await initialAccessTokens.issue(wanted)
          const { id: initialAccessTokenId } = issued.stored
          const changes = changesBetween(null, described(issued.stored))
          await audit.record({ event: 'initial_access_token_created', initialAccessTokenId, by, ...changes }, origin)
          return issued
        })
        return dto(stored, token)
      },
    }),
    operation({
      ...shared,
      id: 'listInitialAccessTokens',
      method: 'get',
      path: '/api/oidc/initial-access-tokens',
      summary: 'List the initial access tokens that have not expired, the newest first',
      answer: { status: 200, schema: { type: 'array', items: schema } },
      handle: async () => (await initialAccessTokens.list()).map((token) => dto(token)),
    }),
    operation({
      ...shared,
      id: 'deleteInitialAccessToken',
      method: 'delete',
      path: '/api/oidc/initial-access-tokens/:id',
      summary: 'Delete an initial access token; clients that were registered with it stay',
      answer: { status: 204 },
      handle: (call) => {
        const { id: by, origin } = actorOf(call)
        const initialAccessTokenId = call.params.id ?? ''
        return transaction(async () => {
          const before = (await initialAccessTokens.list()).find(({ id }) => id === initialAccessTokenId)
          if (!(await initialAccessTokens.remove(initialAccessTokenId))) return
          const changes = changesBetween(before ? described(before) : null, null)
          await audit.record({ event: 'initial_access_token_removed', initialAccessTokenId, by, ...changes }, origin)
        })
      },
    }),
  ]
}

/** What the audit log says of a token: nothing that could be tried. */
function described({ description, usageLimit, expiresAt }: InitialAccessToken): object {
  return { description, usageLimit, expiresAt: new Date(expiresAt).toISOString() }
}

function dto({ id, description, usageLimit, usageCount, expiresAt, createdAt }: InitialAccessToken, token = '') {
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
