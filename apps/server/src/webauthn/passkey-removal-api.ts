import { assertCanModifyUser } from '../access/access-checks.ts'
import { actorOf } from '../access/actor.ts'
import { type Call, type Operation, operationsIn } from '../http/api/operation.ts'
import { instant, namedObject, objectOf } from '../http/api/schema.ts'
import type { PasskeyServices } from './deps.ts'
import type { ReviewedRemoval } from './passkey-removals.ts'
import { withRestErrors } from './rest-errors.ts'

const accountApi = operationsIn('account')
const usersApi = operationsIn('users')

const removalSchema = namedObject('PasskeyRemovalDto', {
  passkeyId: { type: 'string', format: 'uuid' },
  passkeyName: { type: 'string' },
  made: {
    type: 'array',
    description: 'The credentials that were created in the sessions of the removed passkey; passkeys come first.',
    items: objectOf({
      kind: { type: 'string', enum: ['passkey', 'api_key', 'client_secret', 'login_code', 'device'] },
      id: { type: 'string' },
      name: {
        type: 'string',
        description:
          'The name of a passkey or API key, the client of a secret, the user of a login code, or the browser and operating system of a device.',
      },
      createdAt: instant,
      state: {
        type: 'string',
        enum: ['active', 'withdrawn', 'kept'],
        description: '`kept` marks the passkey that this session last used: it is not withdrawn.',
      },
    }),
  },
})

const removalList = { status: 200, schema: { type: 'array', items: removalSchema } } as const
const singleRemoval = { status: 200, schema: removalSchema } as const

export function passkeyRemovalOperations({ passkeyRemovals, users }: PasskeyServices): readonly Operation[] {
  type CallContext = Pick<Call<unknown>, 'user' | 'params' | 'ctx'>
  const readRemoval = (call: CallContext, accountId: string) =>
    withRestErrors(call.ctx, 'registration', async () =>
      removalDto(await passkeyRemovals.find(actorOf(call), accountId, call.params.passkeyId ?? '')),
    )
  const withdraw = (call: CallContext, accountId: string) =>
    withRestErrors(call.ctx, 'registration', () =>
      passkeyRemovals.withdraw(actorOf(call), accountId, call.params.passkeyId ?? ''),
    )
  const listRemovals = async (call: CallContext, accountId: string) =>
    (await passkeyRemovals.list(actorOf(call), accountId)).map(removalDto)
  return [
    accountApi.get('/api/webauthn/removals', {
      id: 'listOwnPasskeyRemovals',
      summary: 'List your removed passkeys whose sessions created something that is still active',
      response: removalList,
      handle: (call) => listRemovals(call, call.user.id),
    }),
    accountApi.get('/api/webauthn/removals/:passkeyId', {
      id: 'readOwnPasskeyRemoval',
      summary: 'List the credentials created in the sessions of one of your removed passkeys',
      response: singleRemoval,
      handle: (call) => readRemoval(call, call.user.id),
    }),
    accountApi.post('/api/webauthn/removals/:passkeyId/withdraw', {
      id: 'withdrawAfterOwnPasskeyRemoval',
      summary: 'Withdraw everything that was created in the sessions of one of your removed passkeys',
      handle: (call) => withdraw(call, call.user.id),
    }),
    usersApi.get('/api/users/:id/passkey-removals', {
      id: 'listPasskeyRemovalsOfUser',
      summary: 'List the removed passkeys of a user whose sessions created something that is still active',
      response: removalList,
      handle: async (call) => listRemovals(call, (await users.find(call.params.id ?? '')).id),
    }),
    usersApi.get('/api/users/:id/passkey-removals/:passkeyId', {
      id: 'readPasskeyRemovalOfUser',
      summary: 'List the credentials created in the sessions of a removed passkey of a user',
      response: singleRemoval,
      handle: async (call) => readRemoval(call, (await users.find(call.params.id ?? '')).id),
    }),
    usersApi.post('/api/users/:id/passkey-removals/:passkeyId/withdraw', {
      id: 'withdrawAfterPasskeyRemovalOfUser',
      summary: 'Withdraw everything that was created in the sessions of a removed passkey of a user',
      handle: async (call) => withdraw(call, await assertCanModifyUser(call, users)),
    }),
  ]
}

function removalDto({ passkeyId, passkeyName, credentials }: ReviewedRemoval) {
  return {
    passkeyId,
    passkeyName,
    made: credentials.map(({ at, ...credential }) => ({ ...credential, createdAt: new Date(at).toISOString() })),
  }
}
