import { InvalidInputError } from '@pocket/core/errors'
import type { Directory, Membership } from '@pocket/directory'
import { membershipNotFound } from '@pocket/directory/internal'
import type { Context } from 'koa'
import { assertCanChangeMembers } from '../access/access-checks.ts'
import { actorOf } from '../access/actor.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { instant, namedObject, objectOf } from '../http/api/schema.ts'
import type { GroupAdministration } from './group-administration.ts'
import { membershipValidator } from './validators.ts'

const groupsApi = operationsIn('groups')

const endsAt = {
  type: ['string', 'null'],
  format: 'date-time',
  description: 'When the membership ends; `null` if it has no end date.',
} as const

const membershipSchema = namedObject('MembershipDto', {
  userId: { type: 'string', format: 'uuid' },
  groupId: { type: 'string', format: 'uuid' },
  endsAt,
})

const membershipBody = objectOf({
  endsAt: { ...instant, type: ['string', 'null'], description: 'Must be in the future; `null` for no end date.' },
})

/** `/api/user-groups/:id/members`: membership end dates, which the operations of Pocket ID do not cover. */
export function membershipOperations(
  directory: Pick<Directory, 'groups' | 'findMany'>,
  groups: Pick<GroupAdministration, 'setMembershipEnd'>,
): readonly Operation[] {
  return [
    groupsApi.get('/api/user-groups/:id/members', {
      id: 'listMembershipsOfGroup',
      summary: 'List the memberships of a group with their end dates',
      response: { status: 200, schema: { type: 'array', items: membershipSchema } },
      handle: async ({ params }) => (await directory.groups.memberships(params.id ?? '')).map(membershipDto),
    }),
    groupsApi.get('/api/user-groups/:id/members/:userId', {
      id: 'readMembership',
      summary: 'Read a membership',
      response: { status: 200, schema: membershipSchema },
      async handle({ params, ctx }) {
        const membership = await directory.groups.membership(params.id ?? '', params.userId ?? '')
        if (!membership) throw membershipNotFound()
        return respondWithMembership(ctx, membership)
      },
    }),
    groupsApi.patch('/api/user-groups/:id/members/:userId', {
      id: 'updateMembership',
      conditional: true,
      summary: 'Set the end date of a membership',
      body: membershipBody,
      response: { status: 200, schema: membershipSchema },
      async handle(call) {
        const { id: groupId = '', userId = '' } = call.params
        const { endsAt } = call.body
        const membership: Membership = { groupId, userId, endsAt: endsAt === null ? null : parseInstant(endsAt) }
        await assertCanChangeMembers(call.ctx, directory, [userId])
        await groups.setMembershipEnd(actorOf(call), membership)
        return respondWithMembership(call.ctx, membership)
      },
    }),
  ]
}

function respondWithMembership(ctx: Context, membership: Membership) {
  ctx.set('ETag', membershipValidator(membership))
  return membershipDto(membership)
}

function membershipDto({ userId, groupId, endsAt }: Membership) {
  return { userId, groupId, endsAt: endsAt === null ? null : new Date(endsAt).toISOString() }
}

function parseInstant(text: string): number {
  const timestamp = Date.parse(text)
  if (!Number.isNaN(timestamp)) return timestamp
  // The format allows a leap second, which `Date` cannot represent.
  throw new InvalidInputError('validation_failed', 'EndsAt must be an instant (RFC 3339)', {
    fields: [{ field: 'endsAt', code: 'invalid_format', message: 'must be an instant (RFC 3339)' }],
  })
}
