import { NotFoundError } from '@pocket/core/errors'
import { groupNotFound } from '@pocket/directory/internal'
import type { Context } from 'koa'
import { assertCanChangeMembers, assertCanModifyGroup } from '../access/access-checks.ts'
import { actorOf } from '../access/actor.ts'
import { pageAnswer } from '../http/api/list.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { namedObjectWith, objectOf, pageOf } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import { claimsBody } from '../users/user-body.ts'
import { claimDto, claimListSchema, groupItemDto, groupItemSchema } from '../users/user-dto.ts'
import type { GroupAdministration } from './group-administration.ts'
import { groupDto, groupSchema, idsOf } from './group-dto.ts'
import { membershipOperations } from './membership-operations.ts'
import { groupValidator } from './validators.ts'

const groupsApi = operationsIn('groups')

export interface GroupOperationDeps extends Deps {
  readonly groups: GroupAdministration
  /** The restricted clients that a group may use, as the API shows them. */
  readonly allowedClients: (groupId: string) => Promise<readonly { readonly id: string }[]>
}

interface GroupOperationContext extends GroupOperationDeps {
  readonly respondWithGroup: (ctx: Context, id: string) => Promise<object>
}

export const groupBody = namedObjectWith('UserGroupCreateDto', ['friendlyName', 'name'], {
  friendlyName: { type: 'string', minLength: 2, maxLength: 50, description: 'The display name.' },
  name: {
    type: 'string',
    minLength: 2,
    maxLength: 255,
    description: 'The unique name in the `groups` claim.',
  },
  requiresTwoPasskeys: {
    type: 'boolean',
    description: 'Whether members need two passkeys before they may use the clients of the group. Absent: unchanged.',
  },
})

/** Bytes. Enough for a hundred thousand IDs. */
const maxMembersBodySize = 5_000_000

const membersBody = objectOf({
  userIds: { type: 'array', items: { type: 'string' }, description: 'Unknown IDs are ignored.' },
})

export function groupOperations(deps: GroupOperationDeps): readonly Operation[] {
  const { directory, groups, allowedClients } = deps
  const respondWithGroup = async (ctx: Context, id: string) => {
    const group = await directory.groups.find(id)
    if (group === undefined) throw groupNotFound()
    const allowed = await allowedClients(group.id)
    ctx.set('ETag', groupValidator(group, idsOf(allowed)))
    return groupDto(group, allowed)
  }
  const context = { ...deps, respondWithGroup }
  return [...recordOperations(context), ...memberOperations(context), ...membershipOperations(directory, groups)]
}

function recordOperations({ directory, groups, respondWithGroup }: GroupOperationContext): readonly Operation[] {
  return [
    groupsApi.get('/api/user-groups', {
      id: 'listGroups',
      summary: 'List groups',
      list: { sort: ['createdAt', 'friendlyName', 'name', 'userCount'], search: true },
      response: { status: 200, schema: pageOf(groupItemSchema) },
      async handle({ list }) {
        const { items, total } = await directory.groups.page(list)
        return pageAnswer({ items: items.map((group) => groupItemDto(group, group.userCount)), total }, list)
      },
    }),
    groupsApi.post('/api/user-groups', {
      id: 'createGroup',
      summary: 'Create a group',
      body: groupBody,
      response: { status: 201, schema: groupSchema },
      handle: async (call) => respondWithGroup(call.ctx, (await groups.create(actorOf(call), call.body)).id),
    }),
    groupsApi.get('/api/user-groups/:id', {
      id: 'readGroup',
      summary: 'Read a group with its members',
      response: { status: 200, schema: groupSchema },
      handle: async ({ params, ctx }) => respondWithGroup(ctx, params.id ?? ''),
    }),
    groupsApi.put('/api/user-groups/:id', {
      id: 'updateGroup',
      conditional: true,
      summary: 'Update a group',
      body: groupBody,
      response: { status: 200, schema: groupSchema },
      async handle(call) {
        const id = await assertCanModifyGroup(call, directory.groups)
        await groups.update(actorOf(call), id, call.body)
        return respondWithGroup(call.ctx, id)
      },
    }),
    groupsApi.delete('/api/user-groups/:id', {
      id: 'deleteGroup',
      conditional: true,
      summary: 'Delete a group, but not its members',
      handle: async (call) => groups.remove(actorOf(call), await assertCanModifyGroup(call, directory.groups)),
    }),
  ]
}

function memberOperations({ directory, groups, respondWithGroup }: GroupOperationContext): readonly Operation[] {
  return [
    groupsApi.put('/api/user-groups/:id/users', {
      id: 'replaceMembersOfGroup',
      bodyLimit: maxMembersBodySize,
      conditional: true,
      summary: 'Replace the members of a group',
      body: membersBody,
      response: { status: 200, schema: groupSchema },
      async handle(call) {
        const { id = '' } = call.params
        const { userIds } = call.body
        const before = (await directory.groups.memberships(id)).map(({ userId }) => userId)
        await assertCanChangeMembers(call.ctx, directory, symmetricDifference(before, userIds))
        await groups.setMembers(actorOf(call), id, userIds)
        return respondWithGroup(call.ctx, id)
      },
    }),
    groupsApi.get('/api/users/:id/groups', {
      id: 'listGroupsOfUser',
      summary: 'List the groups of a user',
      response: { status: 200, schema: { type: 'array', items: groupSchema } },
      async handle({ params }) {
        const user = await directory.users.find(params.id ?? '')
        if (user === undefined) throw new NotFoundError('user_not_found', 'There is no such user.')
        return user.groups.map((group) => groupDto(group))
      },
    }),
    groupsApi.put('/api/custom-claims/user-group/:userGroupId', {
      id: 'replaceClaimsOfGroup',
      conditional: true,
      summary: 'Replace the custom claims of a group',
      body: claimsBody,
      response: { status: 200, schema: claimListSchema },
      handle: async (call) =>
        (await groups.setClaims(actorOf(call), await assertCanModifyGroup(call, directory.groups), call.body)).map(
          claimDto,
        ),
    }),
    groupsApi.get('/api/custom-claims/suggestions', {
      id: 'suggestClaims',
      summary: 'List the keys of custom claims, most used first',
      response: { status: 200, schema: { type: 'array', items: { type: 'string' } } },
      handle: () => directory.claims.suggestKeys(),
    }),
  ]
}

/** The IDs that are in only one of the two lists. */
function symmetricDifference(before: readonly string[], after: readonly string[]): readonly string[] {
  const [beforeIds, afterIds] = [new Set(before), new Set(after)]
  return [...before.filter((id) => !afterIds.has(id)), ...after.filter((id) => !beforeIds.has(id))]
}
