import type { Apis } from '@pocket/core'
import type { ClientSettingsPage } from './page-model.ts'

export async function listApisOfClient(
  apis: Pick<Apis, 'grantsTo' | 'list'>,
  clientId: string,
): Promise<ClientSettingsPage['apis']> {
  const grants = new Map((await apis.grantsTo(clientId)).map((grant) => [grant.apiId, grant]))
  const allApis = grants.size === 0 ? [] : await apis.list()
  return allApis.flatMap(({ id, name, resource, permissions }) => {
    const grant = grants.get(id)
    if (!grant) return []
    return {
      id,
      name,
      resource,
      userPermissionCount: grant.userDelegatedAccess ? grant.userDelegatedPermissionIds.length : null,
      clientPermissionCount: grant.clientAccess ? grant.clientPermissionIds.length : null,
      permissions: permissions.length,
    }
  })
}
