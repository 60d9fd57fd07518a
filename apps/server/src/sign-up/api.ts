import type { AuditSink } from '@pocket/core'
import { actorOf } from '../access/actor.ts'
import { assertCondition } from '../access/guard.ts'
import { mask, showsSecrets } from '../access/secret-access.ts'
import { lifetimeOf, lifetimeSchema } from '../http/api/lifetime.ts'
import { pageAnswer } from '../http/api/list.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { fieldCode, instant, namedObject, namedObjectWith, pageOf } from '../http/api/schema.ts'
import { userBody } from '../users/user-body.ts'
import { groupItemDto, groupItemSchema, userDto, userSchema } from '../users/user-dto.ts'
import type { SignUp } from './sign-up.ts'
import type { SignupTokenItem, SignupTokens } from './signup-tokens.ts'

const usersApi = operationsIn('users')

const defaultLifetime = 60 * 60_000

const { username, email, firstName, lastName } = userBody.properties

const signUpBody = namedObjectWith('SignUpDto', ['username'], {
  username,
  email: { ...email, description: 'Required if the settings require it.' },
  firstName,
  lastName,
  token: { type: 'string', maxLength: 100, description: 'Not needed if sign-up is open.' },
})

const tokenBody = namedObjectWith('SignupTokenCreateDto', ['usageLimit'], {
  ttl: { ...lifetimeSchema, description: `${lifetimeSchema.description} The default is one hour.` },
  usageLimit: {
    type: 'integer',
    maximum: 100,
    // Zero counts as missing in Pocket ID.
    allOf: [{ minimum: 1, [fieldCode]: 'required' }],
    description: 'The maximum number of sign-ups.',
  },
  userGroupIds: {
    type: 'array',
    items: { type: 'string' },
    maxItems: 100,
    description: 'The groups of new users; replaces the default groups of the settings.',
  },
})

const tokenSchema = namedObject('SignupTokenDto', {
  id: { type: 'string', format: 'uuid' },
  token: {
    type: 'string',
    description:
      'The mask without the permission to read secrets, except in the response that creates it; empty if it cannot be decrypted.',
  },
  expiresAt: instant,
  usageLimit: { type: 'integer' },
  usageCount: { type: 'integer' },
  userGroups: { type: 'array', items: groupItemSchema },
  createdAt: instant,
})

export function signUpOperations(signUp: SignUp, tokens: SignupTokens, audit: AuditSink): readonly Operation[] {
  return [
    usersApi.post('/api/signup', {
      id: 'signUp',
      limit: 'signup',
      summary: 'Sign up without a passkey, and sign in',
      body: signUpBody,
      response: { status: 201, schema: userSchema },
      handle: async ({ ctx, body: { token, ...input } }) =>
        userDto(await signUp.withoutPasskey(ctx, input, token || null)),
    }),
    usersApi.post('/api/signup-tokens', {
      id: 'createSignupToken',
      summary: 'Create a sign-up token',
      body: tokenBody,
      response: { status: 201, schema: tokenSchema },
      async handle(call) {
        const { ttl, usageLimit, userGroupIds = [] } = call.body
        if (userGroupIds.length > 0) await assertCondition(call.ctx, 'group-assignment')
        const newToken = { lifetime: lifetimeOf(ttl, defaultLifetime), usageLimit, groupIds: userGroupIds }
        return tokenDto((await tokens.create(actorOf(call), newToken)).item)
      },
    }),
    usersApi.get('/api/signup-tokens', {
      id: 'listSignupTokens',
      summary: 'List unexpired sign-up tokens',
      list: { sort: ['createdAt', 'expiresAt', 'usageLimit', 'usageCount'] },
      response: { status: 200, schema: pageOf(tokenSchema) },
      async handle(call) {
        const { items, total } = await tokens.list(call.list)
        const fields = items.some(({ token }) => token !== '') ? ['token'] : []
        const isShown = await showsSecrets(call, audit, { fields })
        const visible = isShown ? items : items.map((item) => ({ ...item, token: item.token && mask }))
        return pageAnswer({ items: visible.map(tokenDto), total }, call.list)
      },
    }),
    usersApi.delete('/api/signup-tokens/:id', {
      id: 'deleteSignupToken',
      summary: 'Delete a sign-up token',
      handle: (call) => tokens.remove(actorOf(call), call.params.id ?? ''),
    }),
  ]
}

function tokenDto({ id, token, expiresAt, usageLimit, usageCount, groups, createdAt }: SignupTokenItem) {
  return {
    id,
    token,
    expiresAt: new Date(expiresAt).toISOString(),
    usageLimit,
    usageCount,
    userGroups: groups.map((group) => groupItemDto(group)),
    createdAt: new Date(createdAt).toISOString(),
  }
}
