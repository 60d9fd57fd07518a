import type { Directory, UserDetails } from '@pocket/directory'
import type { Context } from 'koa'
import {
  assertCanChangeEmail,
  assertCanIssueAccess,
  assertCanMakeAdministrator,
  assertCanModifyUser,
  assertCanUpdateProfile,
  assertCanUpdateUser,
} from '../access/access-checks.ts'
import { actorOf } from '../access/actor.ts'
import { staticUser } from '../access/built-in-actors.ts'
import { assertCondition, canRemoveLastAdministrator, hasStaticUser, isApiKey, isProgram } from '../access/guard.ts'
import { lifetimeOf, lifetimeSchema } from '../http/api/lifetime.ts'
import { pageAnswer } from '../http/api/list.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { objectOf, pageOf } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import type { UserAdministration } from './user-administration.ts'
import { claimsBody, groupIdsBody, userBody } from './user-body.ts'
import { claimDto, claimListSchema, passkeyDto, passkeySchema, userDto, userSchema, userValidator } from './user-dto.ts'

const accountApi = operationsIn('account')
const usersApi = operationsIn('users')

const defaultCodeLifetime = 15 * 60_000

export function userOperations({
  directory,
  users,
}: Deps & { readonly users: UserAdministration }): readonly Operation[] {
  return [...ownOperations(directory, users), ...recordOperations(directory, users), ...relationOperations(users)]
}

/** These routes come first, because `me` would match as an ID. */
function ownOperations(directory: Directory, users: UserAdministration): readonly Operation[] {
  return [
    accountApi.get('/api/users/me', {
      id: 'readOwnUser',
      summary: 'Read your user',
      note: 'For the API key of the environment (`STATIC_API_KEY`), returns a user that is not stored.',
      response: { status: 200, schema: userSchema },
      // The user of the environment's API key is not stored in the directory.
      async handle({ user, ctx }) {
        const details = await directory.users.find(user.id)
        return details ? respondWithUser(ctx, details) : userDto(user)
      },
    }),
    accountApi.put('/api/users/me', {
      id: 'updateOwnUser',
      conditional: true,
      summary: 'Update your user',
      note: 'The API key of the environment (`STATIC_API_KEY`) is rejected with `user_not_found` (404), because its user is not stored. A limited API key cannot change the names or the e-mail address of an administrator.',
      body: userBody,
      response: { status: 200, schema: userSchema },
      async handle(call) {
        await assertCanChangeEmail(call.ctx, call.user, call.body.email ?? null)
        return respondWithUser(
          call.ctx,
          await users.updateOwn(actorOf(call), call.body, (update) => assertCanUpdateProfile(call.ctx, update)),
        )
      },
    }),
    accountApi.delete('/api/users/me', {
      id: 'deleteOwnUser',
      summary: 'Delete your user with all sessions and tokens, if the settings allow it',
      handle: (call) => users.removeOwn(actorOf(call)),
    }),
  ]
}

function recordOperations(directory: Directory, users: UserAdministration): readonly Operation[] {
  return [
    usersApi.get('/api/users', {
      id: 'listUsers',
      summary: 'List users',
      list: {
        sort: [
          'createdAt',
          'username',
          'email',
          'emailVerified',
          'firstName',
          'lastName',
          'displayName',
          'isAdmin',
          'disabled',
        ],
        filter: ['emailVerified', 'isAdmin', 'disabled'],
        search: true,
      },
      response: { status: 200, schema: pageOf(userSchema) },
      async handle({ list }) {
        const { items, total } = await directory.users.page(list)
        return pageAnswer({ items: items.map((user) => userDto(user)), total }, list)
      },
    }),
    usersApi.post('/api/users', {
      id: 'createUser',
      summary: 'Create a user',
      body: userBody,
      response: { status: 201, schema: userSchema },
      async handle(call) {
        await assertCanMakeAdministrator(call.ctx, call.body)
        if (call.body.userGroupIds?.length) await assertCondition(call.ctx, 'group-assignment')
        return respondWithUser(call.ctx, await users.create(actorOf(call), call.body, { isApiKey: isApiKey(call.ctx) }))
      },
    }),
    usersApi.get('/api/users/:id', {
      id: 'readUser',
      summary: 'Read a user',
      response: { status: 200, schema: userSchema },
      async handle({ params: { id = '' }, ctx }) {
        // The user of the environment's API key is not stored in the directory.
        if (id === staticUser.id && hasStaticUser(ctx)) return userDto(staticUser)
        return respondWithUser(ctx, await users.find(id))
      },
    }),
    usersApi.put('/api/users/:id', {
      id: 'updateUser',
      conditional: true,
      summary: 'Update a user',
      body: userBody,
      response: { status: 200, schema: userSchema },
      async handle(call) {
        const updated = await users.update(actorOf(call), call.params.id ?? '', call.body, (stored) =>
          assertCanUpdateUser(call.ctx, stored, call.body),
        )
        return respondWithUser(call.ctx, updated)
      },
    }),
    usersApi.delete('/api/users/:id', {
      id: 'deleteUser',
      conditional: true,
      summary: 'Delete a user with all sessions and tokens',
      note: 'While `STATIC_API_KEY` is set, API keys can delete the last administrator. The set-up then stays closed.',
      async handle(call) {
        const allowLastAdministrator = canRemoveLastAdministrator(call.ctx)
        await users.remove(actorOf(call), await assertCanModifyUser(call, users), { allowLastAdministrator })
      },
    }),
  ]
}

function relationOperations(users: UserAdministration): readonly Operation[] {
  return [
    usersApi.put('/api/users/:id/user-groups', {
      id: 'replaceGroupsOfUser',
      conditional: true,
      summary: 'Replace the groups of a user',
      body: groupIdsBody,
      response: { status: 200, schema: userSchema },
      handle: async (call) =>
        respondWithUser(
          call.ctx,
          await users.setGroups(actorOf(call), await assertCanModifyUser(call, users), call.body.userGroupIds),
        ),
    }),
    usersApi.put('/api/custom-claims/user/:userId', {
      id: 'replaceClaimsOfUser',
      conditional: true,
      summary: 'Replace the custom claims of a user',
      body: claimsBody,
      response: { status: 200, schema: claimListSchema },
      handle: async (call) =>
        (await users.setClaims(actorOf(call), await assertCanModifyUser(call, users), call.body)).map(claimDto),
    }),
    usersApi.get('/api/users/:id/webauthn-credentials', {
      id: 'listPasskeysOfUser',
      summary: 'List the passkeys of a user',
      response: { status: 200, schema: { type: 'array', items: passkeySchema } },
      handle: async ({ params }) => (await users.listPasskeys(params.id ?? '')).map(passkeyDto),
    }),
    usersApi.delete('/api/users/:id/webauthn-credentials/:credentialId', {
      id: 'deletePasskeyOfUser',
      summary: 'Delete a passkey of a user, even the last one',
      handle: async (call) =>
        users.removePasskey(actorOf(call), await assertCanModifyUser(call, users), call.params.credentialId ?? ''),
    }),
    usersApi.post('/api/users/:id/one-time-access-token', {
      id: 'issueLoginCodeForUser',
      summary: 'Issue a login code for a user',
      body: { type: 'object', properties: { ttl: lifetimeSchema } },
      response: {
        status: 201,
        schema: objectOf({ token: { type: 'string' } }),
      },
      async handle(call) {
        const lifetime = lifetimeOf(call.body.ttl, defaultCodeLifetime)
        const id = await assertCanIssueAccess(call, users)
        return { token: await users.issueCode(actorOf(call), id, lifetime, { byProgram: isProgram(call.ctx) }) }
      },
    }),
  ]
}

function respondWithUser(ctx: Context, user: UserDetails) {
  ctx.set('ETag', userValidator(user))
  return userDto(user)
}
