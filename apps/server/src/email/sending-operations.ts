import { assertCanModifyUser } from '../access/access-checks.ts'
import { actorOf } from '../access/actor.ts'
import { lifetimeOf, lifetimeSchema } from '../http/api/lifetime.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import type { EmailOperationDeps } from './operation-deps.ts'

const settingsApi = operationsIn('settings')
const usersApi = operationsIn('users')

const defaultCodeLifetime = 15 * 60_000
const defaultInvitationLifetime = 24 * 60 * 60_000

export function sendingOperations({ mail, users }: EmailOperationDeps): readonly Operation[] {
  return [
    settingsApi.post('/api/application-configuration/test-email', {
      id: 'sendTestEmail',
      summary: 'Send yourself a test e-mail',
      handle: async ({ user }) => mail.test(user),
    }),
    usersApi.post('/api/users/:id/one-time-access-email', {
      id: 'sendLoginCodeToUser',
      summary: 'Send a user a login code by e-mail',
      body: { type: 'object', properties: { ttl: lifetimeSchema } },
      async handle(call) {
        const lifetime = lifetimeOf(call.body.ttl, defaultCodeLifetime)
        await mail.loginCodes.send(actorOf(call), await assertCanModifyUser(call, users), lifetime)
        mail.delivery.trigger()
      },
    }),
    usersApi.post('/api/users/:id/invitation-email', {
      id: 'sendInvitationToUser',
      summary: 'Send a user a link for registering a passkey',
      body: {
        type: 'object',
        properties: {
          ttl: { ...lifetimeSchema, description: `${lifetimeSchema.description} The default is one day.` },
        },
      },
      async handle(call) {
        const lifetime = lifetimeOf(call.body.ttl, defaultInvitationLifetime)
        await mail.loginCodes.invite(actorOf(call), await assertCanModifyUser(call, users), lifetime)
        mail.delivery.trigger()
      },
    }),
  ]
}
