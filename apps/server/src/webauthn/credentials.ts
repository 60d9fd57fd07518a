import { requestContext } from '@pocket/core'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { objectOf } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import { passkeyDto, passkeySchema } from '../users/user-dto.ts'
import type { PasskeyServices } from './deps.ts'
import { withRestErrors } from './rest-errors.ts'

const accountApi = operationsIn('account')

const renameBody = objectOf({ name: { type: 'string', minLength: 1 } })

export function credentialOperations({ pocket, ownPasskeys }: Deps & PasskeyServices): readonly Operation[] {
  return [
    accountApi.get('/api/webauthn/credentials', {
      id: 'listOwnPasskeys',
      summary: 'List your passkeys',
      response: { status: 200, schema: { type: 'array', items: passkeySchema } },
      handle: async ({ user }) => (await pocket.passkeys.list(user.id)).map(passkeyDto),
    }),
    accountApi.patch('/api/webauthn/credentials/:id', {
      id: 'renameOwnPasskey',
      summary: 'Rename one of your passkeys',
      body: renameBody,
      response: { status: 200, schema: passkeySchema },
      handle: async ({ user, params: { id: passkeyId = '' }, body, ctx }) =>
        withRestErrors(ctx, 'registration', async () => {
          const actor = { origin: requestContext(ctx.req) }
          return passkeyDto((await pocket.passkeys.rename(user.id, passkeyId, body.name, actor)).after)
        }),
    }),
    accountApi.delete('/api/webauthn/credentials/:id', {
      id: 'deleteOwnPasskey',
      summary: 'Delete one of your passkeys; the last one only if you can sign in with a code by e-mail',
      handle: async ({ user, params: { id: passkeyId = '' }, ctx }) =>
        withRestErrors(ctx, 'registration', async () => {
          await ownPasskeys.remove(user, passkeyId, requestContext(ctx.req))
        }),
    }),
  ]
}
