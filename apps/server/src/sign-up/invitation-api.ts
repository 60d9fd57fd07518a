import { assertCanIssueAccess } from '../access/access-checks.ts'
import { actorOf } from '../access/actor.ts'
import { isProgram } from '../access/guard.ts'
import { lifetimeOf, lifetimeSchema } from '../http/api/lifetime.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { objectOf } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import { addPasskeyPath } from '../http/paths.ts'
import type { UserAdministration } from '../users/user-administration.ts'

const usersApi = operationsIn('users')

const defaultLifetime = 24 * 60 * 60_000

/** Invites a user who has been created by an administrator or has lost every passkey. */
export function invitationOperations({
  users,
  pocket,
}: Deps & { readonly users: UserAdministration }): readonly Operation[] {
  return [
    usersApi.post('/api/users/:id/invitation', {
      id: 'inviteUser',
      summary: 'Create a link with which a user registers a passkey',
      note: 'The link contains a login code: it signs in the first person who opens it, once.',
      body: {
        type: 'object',
        properties: {
          ttl: { ...lifetimeSchema, description: `${lifetimeSchema.description} The default is one day.` },
        },
      },
      response: {
        status: 201,
        schema: objectOf({ link: { type: 'string', format: 'uri' } }),
      },
      async handle(call) {
        const lifetime = lifetimeOf(call.body.ttl, defaultLifetime)
        const id = await assertCanIssueAccess(call, users)
        const code = await users.issueCode(actorOf(call), id, lifetime, { byProgram: isProgram(call.ctx) })
        return { link: `${pocket.issuer}/lc/${code}?${new URLSearchParams({ redirect: addPasskeyPath })}` }
      },
    }),
  ]
}
