import { idsOf, items, type Tool, type ToolApi } from './tool-api.ts'

const group = { name: 'op-developers', friendlyName: 'Operators' }
const user = { username: 'op-ada', firstName: 'Ada', lastName: 'L.', email: 'op-ada@example.com', displayName: 'Ada' }
const client = {
  name: 'op-app',
  callbackURLs: ['https://app.example.com/oauth2/callback'],
  logoutCallbackURLs: ['https://app.example.com/bye'],
  launchURL: 'https://app.example.com',
  isPublic: false,
  isGroupRestricted: true,
  pkceEnabled: true,
  requiresReauthentication: false,
}
const claims = [{ key: 'cluster', value: 'one' }]

/** The reconciliation of the operator aclerici38/pocket-id-operator: finds by name, adopts or creates, and pushes the rest. */
export function operator(): Tool {
  return {
    name: 'Kubernetes operator',
    async apply(api) {
      const groupId = await adopt(api, '/api/user-groups', 'name', group)
      const userId = await adopt(api, '/api/users', 'username', user)
      const found = await api.read(`/api/user-groups/${groupId}`)
      await api.converge(`PUT /api/user-groups/${groupId}`, group, found)
      await api.converge(
        `PUT /api/user-groups/${groupId}/users`,
        { userIds: [userId] },
        { userIds: idsOf(found.users) },
      )
      if (JSON.stringify(found.customClaims) !== JSON.stringify(claims))
        await api.write(`PUT /api/custom-claims/user-group/${groupId}`, claims)
      await api.converge(`PUT /api/users/${userId}`, user, await api.read(`/api/users/${userId}`))
      const clientId = await adopt(api, '/api/oidc/clients', 'name', client)
      const current = await api.read(`/api/oidc/clients/${clientId}`)
      await api.converge(`PUT /api/oidc/clients/${clientId}`, client, current)
      const allowed = { userGroupIds: idsOf(current.allowedUserGroups) }
      await api.converge(`PUT /api/oidc/clients/${clientId}/allowed-user-groups`, { userGroupIds: [groupId] }, allowed)
      const secrets = items(await api.read(`/api/oidc/clients/${clientId}/secrets`))
      if (secrets.length === 0) await api.write(`POST /api/oidc/clients/${clientId}/secrets`)
      if (await api.find(`/api/oidc/clients/${clientId}/scim-service-provider`))
        throw new Error('The client has a SCIM service provider that the operator did not create.')
    },
    async destroy(api) {
      for (const [list, key, name] of [
        ['/api/oidc/clients', 'name', client.name],
        ['/api/users', 'username', user.username],
        ['/api/user-groups', 'name', group.name],
      ] as const) {
        const id = await findByName(api, list, key, name)
        await api.write(`DELETE ${list}/${id}`)
        if (await api.find(`${list}/${id}`)) throw new Error(`${list}/${id} still exists.`)
      }
    },
  }
}

type List = '/api/user-groups' | '/api/users' | '/api/oidc/clients'

async function findByName(api: ToolApi, list: List, key: string, name: unknown): Promise<string | undefined> {
  const found = items(await api.read(`${list}?search=${name}`)).find((item) => item[key] === name)
  return found && String(found.id)
}

async function adopt(api: ToolApi, list: List, key: string, wanted: Readonly<Record<string, unknown>>) {
  return (await findByName(api, list, key, wanted[key])) ?? String((await api.write(`POST ${list}`, wanted)).id)
}
