import { requestContext } from '@pocket/core'
import { apiKeyScopes } from '../access/api-key-scope.ts'
import { commandLineUser } from '../access/built-in-actors.ts'
import { isBootstrapSession, isCommandLine } from '../access/guard.ts'
import { pageAnswer } from '../http/api/list.ts'
import { type Call, type Operation, operationsIn } from '../http/api/operation.ts'
import { instant, namedObject, namedObjectWith, pageOf } from '../http/api/schema.ts'
import type { MintedApiKey } from './api-key.ts'
import { apiKeyDto } from './api-key-dto.ts'
import type { ApiKeys, KeyCreator } from './api-keys.ts'

const accountApi = operationsIn('account')

const scopes = { type: 'array', items: { type: 'string', enum: [...apiKeyScopes] } } as const

export const apiKeySchema = namedObjectWith(
  'ApiKeyDto',
  ['id', 'name', 'description', 'expiresAt', 'lastUsedAt', 'createdAt', 'expirationEmailSent', 'canReadSecrets'],
  {
    id: { type: 'string', format: 'uuid' },
    name: { type: 'string' },
    description: { type: ['string', 'null'] },
    expiresAt: instant,
    lastUsedAt: { type: ['string', 'null'], format: 'date-time', description: 'With a precision of one minute.' },
    createdAt: instant,
    expirationEmailSent: { type: 'boolean' },
    canReadSecrets: {
      type: 'boolean',
      description:
        'Whether responses contain SMTP and LDAP passwords, SCIM tokens and sign-up tokens instead of a mask. Only such a key can make administrators and change mail and LDAP settings.',
    },
    scopes: {
      ...scopes,
      description: 'Scopes of the key; absent if the key has full access to everything its owner may do.',
    },
  },
)

export const mintedSchema = namedObject('ApiKeyResponseDto', {
  apiKey: apiKeySchema,
  token: { type: 'string', description: 'Shown only once.' },
})

const expiresAt = { ...instant, description: 'In the future.' } as const

const newApiKey = namedObjectWith('ApiKeyCreateDto', ['name', 'expiresAt'], {
  name: { type: 'string', minLength: 3, maxLength: 50 },
  description: { type: 'string' },
  expiresAt,
  scopes: {
    ...scopes,
    minItems: 1,
    uniqueItems: true,
    description: 'Scopes of the key; by default it has full access to everything its owner may do.',
  },
  canReadSecrets: {
    type: 'boolean',
    description:
      'Whether responses contain secrets instead of a mask. Only for administrators; false by default, but true for the first key of an administrator that an API key created.',
  },
})

const renewal = namedObject('ApiKeyRenewDto', { expiresAt })

export function apiKeyOperations(apiKeys: ApiKeys): readonly Operation[] {
  return [
    accountApi.get('/api/api-keys', {
      id: 'listApiKeys',
      summary: 'List your API keys',
      list: { sort: ['createdAt', 'name', 'expiresAt', 'lastUsedAt'] },
      response: { status: 200, schema: pageOf(apiKeySchema) },
      async handle({ user, list }) {
        const { items, total } = await apiKeys.list(user.id, list)
        return pageAnswer({ items: items.map(apiKeyDto), total }, list)
      },
    }),
    accountApi.post('/api/api-keys', {
      id: 'createApiKey',
      summary: 'Create an API key',
      body: newApiKey,
      response: { status: 201, schema: mintedSchema },
      async handle(call) {
        const { name, description = null, scopes = null, expiresAt } = call.body
        const { canReadSecrets = isBootstrapSession(call.ctx) } = call.body
        return mintedDto(await apiKeys.create(ownerOf(call), { name, description, scopes, canReadSecrets, expiresAt }))
      },
    }),
    accountApi.post('/api/api-keys/:id/renew', {
      id: 'renewApiKey',
      summary: 'Renew an expired API key',
      body: renewal,
      response: { status: 200, schema: mintedSchema },
      handle: async (call) => mintedDto(await apiKeys.renew(ownerOf(call), call.params.id ?? '', call.body.expiresAt)),
    }),
    accountApi.delete('/api/api-keys/:id', {
      id: 'deleteApiKey',
      summary: 'Delete an API key',
      handle: async (call) => apiKeys.remove(ownerOf(call), call.params.id ?? ''),
    }),
  ]
}

function ownerOf({ user, ctx }: Pick<Call<unknown>, 'user' | 'ctx'>): KeyCreator {
  const actorId = isCommandLine(ctx) ? commandLineUser.id : undefined
  return { ownerId: user.id, isAdministrator: user.administrator, origin: requestContext(ctx.req), actorId }
}

function mintedDto({ apiKey, token }: MintedApiKey) {
  return { apiKey: apiKeyDto(apiKey), token }
}
