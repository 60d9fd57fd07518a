import { NotFound } from '@pocket/core/errors'
import { type Operation, operation } from '../http/api/operation.ts'
import { named } from '../http/api/schema.ts'
import type { ClientAdministration } from './administration.ts'
import { administratorOf } from './caller.ts'

export interface GroupOperationPorts {
  readonly administration: ClientAdministration
  /** A `UserGroupDto`, or `undefined` where there is no such group. */
  readonly groupDto: (id: string) => Promise<object | undefined>
}

const clientIds = named('UserGroupUpdateAllowedOidcClientsDto', {
  type: 'object',
  required: ['oidcClientIds'],
  properties: { oidcClientIds: { type: 'array', items: { type: 'string' } } },
} as const)

/** `/api/user-groups/:id/allowed-oidc-clients`. */
export function groupOperations({ administration, groupDto }: GroupOperationPorts): readonly Operation[] {
  const existing = async (id: string): Promise<object> => {
    const group = await groupDto(id)
    if (!group) throw new NotFound('not_found', 'There is no such group.', { details: { resource: 'User group' } })
    return group
  }
  return [
    operation({
      id: 'setAllowedOidcClientsOfUserGroup',
      method: 'put',
      path: '/api/user-groups/:id/allowed-oidc-clients',
      summary: 'Set the clients that allow a group',
      area: 'groups',
      access: 'administrator',
      body: clientIds,
      answer: { status: 200, schema: { type: 'object' } },
      async handle(call) {
        const id = call.params.id ?? ''
        await existing(id)
        await administration.setAllowedTo(administratorOf(call), id, call.body.oidcClientIds)
        return existing(id)
      },
    }),
  ]
}
