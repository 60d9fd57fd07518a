import { type Operation, operationsIn } from '../http/api/operation.ts'
import { namedObjectWith } from '../http/api/schema.ts'
import { userBody } from '../users/user-body.ts'
import { userDto, userSchema } from '../users/user-dto.ts'
import type { SetUp } from './set-up.ts'

const usersApi = operationsIn('users')

const { username, email, firstName, lastName } = userBody.properties

const setUpBody = namedObjectWith('SetUpDto', ['username'], { username, email, firstName, lastName })

/** `/api/signup/setup`: public until there is an administrator. */
export function setUpOperations(setUp: SetUp): readonly Operation[] {
  return [
    usersApi.get('/api/signup/setup', {
      id: 'readSetUp',
      summary: 'Check whether the set-up is available; 404 if it is complete',
      handle: () => setUp.assertOpen(),
    }),
    usersApi.post('/api/signup/setup', {
      id: 'setUp',
      limit: 'setup',
      summary: 'Create the first administrator without a passkey, and sign in',
      body: setUpBody,
      response: { status: 200, schema: userSchema },
      handle: async ({ ctx, body: { username, email, firstName, lastName } }) =>
        userDto(await setUp.withoutPasskey(ctx, { username, email, firstName, lastName })),
    }),
  ]
}
