import type { Apis } from '@pocket/core'
import type { ClientPage } from './page-model.ts'

/** Maximum number of APIs offered on the page. */
const maxApis = 100

/** The APIs that a client has access to, and the APIs it can be given access to. */
export async function apisOf(
  apis: Pick<Apis, 'grantsTo' | 'list' | 'page'>,
  clientId: string,
): Promise<ClientPage['apis']> {
  const grants = new Map((await apis.grantsTo(clientId)).map((grant) => [grant.apiId, grant]))
  const allApis = grants.size === 0 ? [] : await apis.list()
  const sort = { by: 'name', descending: false } as const
  const { items } = await apis.page({
    notGrantedTo: clientId,
    accessTokenFormat: null,
    page: 1,
    limit: maxApis,
    sort,
    search: '',
  })
  return {
    granted: allApis.flatMap(({ id, name, resource, permissions }) => {
      const grant = grants.get(id)
      if (!grant) return []
      return {
        id,
        name,
        resource,
        forPeople: grant.userDelegatedAccess ? grant.userDelegatedPermissionIds.length : null,
        clientPermissionCount: grant.clientAccess ? grant.clientPermissionIds.length : null,
        permissions: permissions.length,
      }
    }),
    others: items.map(({ id, name }) => ({ id, name })),
  }
}
