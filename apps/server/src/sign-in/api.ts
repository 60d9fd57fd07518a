import { type Operation, operationsIn } from '../http/api/operation.ts'
import type { Deps } from '../http/deps.ts'
import { findExistingUser } from '../users/find-existing-user.ts'
import { userDto, userSchema } from '../users/user-dto.ts'
import { withRestErrors } from '../webauthn/rest-errors.ts'

const accountApi = operationsIn('account')

export function oneTimeAccessOperations({ pocket, directory }: Deps): readonly Operation[] {
  return [
    accountApi.post('/api/one-time-access-token/:token', {
      id: 'useLoginCode',
      summary: 'Sign in with a login code',
      response: { status: 200, schema: userSchema },
      handle: async ({ params: { token = '' }, ctx }) =>
        withRestErrors(ctx, 'authentication', async () => {
          const { id } = await pocket.signIn.withCode(ctx.req, ctx.res, token)
          return userDto(await findExistingUser(directory, id))
        }),
    }),
  ]
}
