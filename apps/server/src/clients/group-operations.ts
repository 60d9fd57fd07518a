import { NotFoundError } from '@pocket/core/errors'
import { assertCanModifyGroup } from '../access/access-checks.ts'
import { actorOf } from '../access/actor.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { assertUnchanged } from '../http/api/precondition.ts'
import { namedObject } from '../http/api/schema.ts'
import type { ClientAdministration } from './administration.ts'
import type { ClientOperationDeps } from './deps.ts'

const groupsApi = operationsIn('groups')

const clientIds = namedObject('UserGroupUpdateAllowedOidcClientsDto', {
  oidcClientIds: { type: 'array', items: { type: 'string' } },
})

export function groupOperations(
  { directory, groupDto }: ClientOperationDeps,
  administration: ClientAdministration,
): readonly Operation[] {
  const getGroup = async (id: string) => {
    const group = await groupDto(id)
    if (!group) throw new NotFoundError('not_found', 'There is no such group.', { details: { resource: 'User group' } })
    return group
  }
  return [
    groupsApi.put('/api/user-groups/:id/allowed-oidc-clients', {
      id: 'setAllowedOidcClientsOfUserGroup',
      conditional: true,
      summary: 'Set the clients that a group may use',
      body: clientIds,
      response: { status: 200, schema: { type: 'object' } },
      async handle(call) {
        const id = await assertCanModifyGroup(call, directory.groups)
        const { ifMatch, ...actor } = actorOf(call)
        return directory.withLock(async () => {
          const { validator: before } = await getGroup(id)
          assertUnchanged(ifMatch === undefined ? {} : { ifMatch }, before)
          await administration.setAllowedTo(actor, id, call.body.oidcClientIds)
          const { dto, validator } = await getGroup(id)
          call.ctx.set('ETag', validator)
          return dto
        })
      },
    }),
  ]
}
