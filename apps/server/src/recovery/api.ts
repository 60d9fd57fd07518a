import { actorOf } from '../access/actor.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { instant, namedObject, nullableInstant } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import { formatOptionalInstant } from '../http/instant.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import type { Recovery } from './recovery.ts'
import type { RecoveryRequests } from './recovery-requests.ts'

const accountApi = operationsIn('account')
const usersApi = operationsIn('users')

export interface RecoveryOperationDeps extends Deps {
  readonly recovery: Recovery
  readonly recoveryRequests: RecoveryRequests
  readonly users: UserAdministration
}

const stateSchema = namedObject('RecoveryDto', {
  unusedCodes: { type: 'integer', minimum: 0 },
  hasBreakGlassCode: { type: 'boolean' },
  lastUsedAt: { ...nullableInstant, description: 'The last use of a recovery code.' },
  pendingUntil: {
    ...nullableInstant,
    description:
      'When the code of a recovery by e-mail is or was sent. `null` if there is no recovery that can be stopped.',
  },
})
const pendingSchema = namedObject('PendingRecoveryDto', {
  userId: { type: 'string', format: 'uuid' },
  username: { type: 'string' },
  pendingUntil: instant,
})
const codesSchema = namedObject('RecoveryCodesDto', {
  codes: { type: 'array', items: { type: 'string' }, description: 'Shown only once.' },
})
const state = { status: 200, schema: stateSchema } as const
const createdCodes = { status: 201, schema: codesSchema } as const
const noContent = { status: 204 } as const

export function recoveryOperations(deps: RecoveryOperationDeps): readonly Operation[] {
  return [...ownOperations(deps), ...administrationOperations(deps)]
}

function ownOperations(deps: RecoveryOperationDeps): readonly Operation[] {
  const { recovery, recoveryRequests } = deps
  return [
    accountApi.get('/api/users/me/recovery', {
      id: 'readOwnRecovery',
      summary: 'Read how you can recover your account',
      response: state,
      handle: ({ user }) => stateDto(deps, user.id),
    }),
    accountApi.delete('/api/users/me/recovery', {
      id: 'stopOwnRecovery',
      summary: 'Stop the pending recovery of your account by e-mail, if any',
      response: noContent,
      async handle(call) {
        await recoveryRequests.stopByUser(actorOf(call), call.user.id)
      },
    }),
    accountApi.post('/api/users/me/recovery-codes', {
      id: 'createOwnRecoveryCodes',
      summary: 'Create new recovery codes, which replace the old ones',
      response: createdCodes,
      async handle(call) {
        call.ctx.set('Cache-Control', 'no-store')
        return { codes: await recovery.createCodes(call.user, actorOf(call).origin) }
      },
    }),
    accountApi.delete('/api/users/me/recovery-codes', {
      id: 'deleteOwnRecoveryCodes',
      summary: 'Delete your recovery codes',
      response: noContent,
      handle: (call) => recovery.removeCodes(call.user, actorOf(call).origin),
    }),
    accountApi.post('/api/users/me/break-glass-code', {
      id: 'createOwnBreakGlassCode',
      summary: 'Create a new break-glass code, which replaces the old one',
      response: createdCodes,
      async handle(call) {
        call.ctx.set('Cache-Control', 'no-store')
        return { codes: [await recovery.createBreakGlassCode(call.user, { origin: actorOf(call).origin })] }
      },
    }),
  ]
}

function administrationOperations(deps: RecoveryOperationDeps): readonly Operation[] {
  const { directory, recoveryRequests, users } = deps
  return [
    usersApi.get('/api/recoveries', {
      id: 'listPendingRecoveries',
      summary: 'List the pending recoveries by e-mail, which can be stopped',
      response: { status: 200, schema: { type: 'array', items: pendingSchema } },
      async handle() {
        const found = await directory.findMany(await recoveryRequests.listPending())
        const items = found.map(async ({ id, userName }) => ({
          userId: id,
          username: userName,
          pendingUntil: formatOptionalInstant(await recoveryRequests.pendingUntil(id)),
        }))
        return (await Promise.all(items)).flatMap(({ pendingUntil, ...item }) =>
          pendingUntil === null ? [] : [{ ...item, pendingUntil }],
        )
      },
    }),
    usersApi.get('/api/users/:id/recovery', {
      id: 'readRecoveryOfUser',
      summary: 'Read how a user can recover the account',
      response: state,
      handle: async ({ params }) => stateDto(deps, (await users.find(params.id ?? '')).id),
    }),
    usersApi.delete('/api/users/:id/recovery', {
      id: 'stopRecoveryOfUser',
      summary: 'Stop the pending recovery of a user by e-mail, if any',
      response: noContent,
      async handle(call) {
        const { id } = await users.find(call.params.id ?? '')
        await recoveryRequests.stopByUser(actorOf(call), id)
      },
    }),
  ]
}

async function stateDto({ recovery, recoveryRequests }: RecoveryOperationDeps, id: string) {
  const { unusedCodes, hasBreakGlassCode, lastUsedAt } = await recovery.findState({ id })
  return {
    ...{ unusedCodes, hasBreakGlassCode },
    lastUsedAt: formatOptionalInstant(lastUsedAt),
    pendingUntil: formatOptionalInstant(await recoveryRequests.pendingUntil(id)),
  }
}
