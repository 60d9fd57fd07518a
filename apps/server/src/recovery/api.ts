import { actorOf } from '../access/actor.ts'
import { type Operation, operation } from '../http/api/operation.ts'
import { instant, named } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import { formatOptionalInstant } from '../http/instant.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import type { Recovery } from './recovery.ts'
import type { RecoveryRequests } from './recovery-requests.ts'

export interface RecoveryOperationDeps extends Deps {
  readonly recovery: Recovery
  readonly recoveryRequests: RecoveryRequests
  readonly users: UserAdministration
}

const nullableInstant = { type: ['string', 'null'], format: 'date-time' } as const
const stateSchema = named('RecoveryDto', {
  type: 'object',
  required: ['unusedCodes', 'hasBreakGlassCode', 'lastUsedAt', 'pendingUntil'],
  properties: {
    unusedCodes: { type: 'integer', minimum: 0 },
    hasBreakGlassCode: { type: 'boolean' },
    lastUsedAt: { ...nullableInstant, description: 'The last use of a recovery code.' },
    pendingUntil: {
      ...nullableInstant,
      description:
        'When the code of a recovery by e-mail is or was sent. `null` if there is no recovery that can be stopped.',
    },
  },
})
const pendingSchema = named('PendingRecoveryDto', {
  type: 'object',
  required: ['userId', 'username', 'pendingUntil'],
  properties: { userId: { type: 'string', format: 'uuid' }, username: { type: 'string' }, pendingUntil: instant },
})
const codesSchema = named('RecoveryCodesDto', {
  type: 'object',
  required: ['codes'],
  properties: { codes: { type: 'array', items: { type: 'string' }, description: 'Shown only once.' } },
})
const state = { status: 200, schema: stateSchema } as const
const createdCodes = { status: 201, schema: codesSchema } as const
const noContent = { status: 204 } as const

/** `/api/users/me/recovery`, `/api/users/:id/recovery` and `/api/recoveries`: recovery codes, and recoveries by e-mail. */
export function recoveryOperations(deps: RecoveryOperationDeps): readonly Operation[] {
  return [...ownOperations(deps), ...administrationOperations(deps)]
}

function ownOperations(deps: RecoveryOperationDeps): readonly Operation[] {
  const { recovery, recoveryRequests } = deps
  const shared = { area: 'account' } as const
  return [
    operation({
      ...shared,
      id: 'readOwnRecovery',
      method: 'get',
      path: '/api/users/me/recovery',
      summary: 'Read how you can recover your account',
      response: state,
      handle: ({ user }) => stateDto(deps, user.id),
    }),
    operation({
      ...shared,
      id: 'stopOwnRecovery',
      method: 'delete',
      path: '/api/users/me/recovery',
      summary: 'Stop the pending recovery of your account by e-mail, if any',
      response: noContent,
      async handle(call) {
        await recoveryRequests.stopByUser(actorOf(call), call.user.id)
      },
    }),
    operation({
      ...shared,
      id: 'createOwnRecoveryCodes',
      method: 'post',
      path: '/api/users/me/recovery-codes',
      summary: 'Create new recovery codes, which replace the old ones',
      response: createdCodes,
      async handle(call) {
        call.ctx.set('Cache-Control', 'no-store')
        return { codes: await recovery.createCodes(call.user, actorOf(call).origin) }
      },
    }),
    operation({
      ...shared,
      id: 'deleteOwnRecoveryCodes',
      method: 'delete',
      path: '/api/users/me/recovery-codes',
      summary: 'Delete your recovery codes',
      response: noContent,
      handle: (call) => recovery.removeCodes(call.user, actorOf(call).origin),
    }),
    operation({
      ...shared,
      id: 'createOwnBreakGlassCode',
      method: 'post',
      path: '/api/users/me/break-glass-code',
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
  const shared = { area: 'users' } as const
  return [
    operation({
      ...shared,
      id: 'listPendingRecoveries',
      method: 'get',
      path: '/api/recoveries',
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
    operation({
      ...shared,
      id: 'readRecoveryOfUser',
      method: 'get',
      path: '/api/users/:id/recovery',
      summary: 'Read how a user can recover the account',
      response: state,
      handle: async ({ params }) => stateDto(deps, (await users.find(params.id ?? '')).id),
    }),
    operation({
      ...shared,
      id: 'stopRecoveryOfUser',
      method: 'delete',
      path: '/api/users/:id/recovery',
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
