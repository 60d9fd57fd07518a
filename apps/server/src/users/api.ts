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
import { type Operation, operation } from '../http/api/operation.ts'
import { pageOf } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import type { UserAdministration } from './user-administration.ts'
import { claimsBody, groupIdsBody, userBody } from './user-body.ts'
import { claimDto, claimListSchema, passkeyDto, passkeySchema, userDto, userSchema, userValidator } from './user-dto.ts'

const administration = { area: 'users' } as const
const ownAccount = { area: 'account' } as const
const defaultCodeLifetime = 15 * 60_000

/** `/api/users`, and the claims of users. */
export function userOperations({
  directory,
  users,
}: Deps & { readonly users: UserAdministration }): readonly Operation[] {
  return [...ownOperations(directory, users), ...recordOperations(directory, users), ...relationOperations(users)]
}

/** These routes come first, because `me` would match as an ID. */
function ownOperations(directory: Directory, users: UserAdministration): readonly Operation[] {
  return [
    operation({
      ...ownAccount,
      id: 'readOwnUser',
      method: 'get',
      path: '/api/users/me',
      summary: 'Read your user',
      note: 'For the API key of the environment (`STATIC_API_KEY`), returns a user that is not stored.',
      response: { status: 200, schema: userSchema },
      // The user of the environment's API key is not stored in the directory.
      async handle({ user, ctx }) {
        const details = await directory.users.find(user.id)
        return details ? respondWithUser(ctx, details) : userDto(user)
      },
    }),
    operation({
      ...ownAccount,
      id: 'updateOwnUser',
      conditional: true,
      method: 'put',
      path: '/api/users/me',
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
    operation({
      ...ownAccount,
      id: 'deleteOwnUser',
      method: 'delete',
      path: '/api/users/me',
      summary: 'Delete your user with all sessions and tokens, if the settings allow it',
      response: { status: 204 },
      handle: (call) => users.removeOwn(actorOf(call)),
    }),
  ]
}

function recordOperations(directory: Directory, users: UserAdministration): readonly Operation[] {
  return [
    operation({
      ...administration,
      id: 'listUsers',
      method: 'get',
      path: '/api/users',
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
    operation({
      ...administration,
      id: 'createUser',
      method: 'post',
      path: '/api/users',
      summary: 'Create a user',
      body: userBody,
      response: { status: 201, schema: userSchema },
      async handle(call) {
        await assertCanMakeAdministrator(call.ctx, call.body)
        if (call.body.userGroupIds?.length) await assertCondition(call.ctx, 'group-assignment')
        return respondWithUser(call.ctx, await users.create(actorOf(call), call.body, { isApiKey: isApiKey(call.ctx) }))
      },
    }),
    operation({
      ...administration,
      id: 'readUser',
      method: 'get',
      path: '/api/users/:id',
      summary: 'Read a user',
      response: { status: 200, schema: userSchema },
      async handle({ params: { id = '' }, ctx }) {
        // The user of the environment's API key is not stored in the directory.
        if (id === staticUser.id && hasStaticUser(ctx)) return userDto(staticUser)
        return respondWithUser(ctx, await users.find(id))
      },
    }),
    operation({
      ...administration,
      id: 'updateUser',
      conditional: true,
      method: 'put',
      path: '/api/users/:id',
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
    operation({
      ...administration,
      id: 'deleteUser',
      conditional: true,
      method: 'delete',
      path: '/api/users/:id',
      summary: 'Delete a user with all sessions and tokens',
      note: 'While `STATIC_API_KEY` is set, API keys can delete the last administrator. The set-up then stays closed.',
      response: { status: 204 },
      async handle(call) {
        const allowLastAdministrator = canRemoveLastAdministrator(call.ctx)
        await users.remove(actorOf(call), await assertCanModifyUser(call, users), { allowLastAdministrator })
      },
    }),
  ]
}

/** Groups, claims and other related data of a user. */
function relationOperations(users: UserAdministration): readonly Operation[] {
  return [
    operation({
      ...administration,
      id: 'replaceGroupsOfUser',
      conditional: true,
      method: 'put',
      path: '/api/users/:id/user-groups',
      summary: 'Replace the groups of a user',
      body: groupIdsBody,
      response: { status: 200, schema: userSchema },
      handle: async (call) =>
        respondWithUser(
          call.ctx,
          await users.setGroups(actorOf(call), await assertCanModifyUser(call, users), call.body.userGroupIds),
        ),
    }),
    operation({
      ...administration,
      id: 'replaceClaimsOfUser',
      conditional: true,
      method: 'put',
      path: '/api/custom-claims/user/:userId',
      summary: 'Replace the custom claims of a user',
      body: claimsBody,
      response: { status: 200, schema: claimListSchema },
      handle: async (call) =>
        (await users.setClaims(actorOf(call), await assertCanModifyUser(call, users), call.body)).map(claimDto),
    }),
    operation({
      ...administration,
      id: 'listPasskeysOfUser',
      method: 'get',
      path: '/api/users/:id/webauthn-credentials',
      summary: 'List the passkeys of a user',
      response: { status: 200, schema: { type: 'array', items: passkeySchema } },
      handle: async ({ params }) => (await users.listPasskeys(params.id ?? '')).map(passkeyDto),
    }),
    operation({
      ...administration,
      id: 'deletePasskeyOfUser',
      method: 'delete',
      path: '/api/users/:id/webauthn-credentials/:credentialId',
      summary: 'Delete a passkey of a user, even the last one',
      response: { status: 204 },
      handle: async (call) =>
        users.removePasskey(actorOf(call), await assertCanModifyUser(call, users), call.params.credentialId ?? ''),
    }),
    operation({
      ...administration,
      id: 'issueLoginCodeForUser',
      method: 'post',
      path: '/api/users/:id/one-time-access-token',
      summary: 'Issue a login code for a user',
      body: { type: 'object', properties: { ttl: lifetimeSchema } },
      response: {
        status: 201,
        schema: { type: 'object', required: ['token'], properties: { token: { type: 'string' } } },
      },
      async handle(call) {
        const lifetime = lifetimeOf(call.body.ttl, defaultCodeLifetime)
        const id = await assertCanIssueAccess(call, users)
        return { token: await users.issueCode(actorOf(call), id, lifetime, { byProgram: isProgram(call.ctx) }) }
      },
    }),
  ]
}

/** The response for a user, with the ETag for a later precondition. */
function respondWithUser(ctx: Context, user: UserDetails) {
  ctx.set('ETag', userValidator(user))
  return userDto(user)
}
