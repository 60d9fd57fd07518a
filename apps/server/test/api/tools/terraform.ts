import { idsOf, type Json, type Tool } from './tool-api.ts'

const group = { name: 'tf-developers', friendlyName: 'Developers' }
const user = { username: 'tf-ada', email: 'tf-ada@example.com', firstName: 'Ada', displayName: 'Ada L.' }
const claims = [{ key: 'team', value: 'tf' }]
// Fields that are not set are absent, also `replayProtection` and `callbackURLs` in another case than the response.
const client = {
  name: 'tf-grafana',
  callbackURLs: ['https://grafana.example.com/login'],
  isPublic: false,
  pkceEnabled: true,
  credentials: { federatedIdentities: [{ issuer: 'https://ci.example.com', subject: 'repo' }] },
  isGroupRestricted: true,
}
const target = { endpoint: 'https://grafana.example.com/scim/v2', token: 'tf-token' }

/** `terraform apply` and `destroy` of the provider Trozz/pocketid: creates, then reads and compares with the state. */
export function terraform(): Tool {
  let state: { readonly group: string; readonly user: string; readonly client: string } | undefined
  return {
    name: 'Terraform',
    async apply(api) {
      if (!state) {
        const { id: groupId } = await api.write('POST /api/user-groups', group)
        await api.write(`PUT /api/custom-claims/user-group/${groupId}`, claims)
        const { id: userId } = await api.write('POST /api/users', { ...user, isAdmin: false, disabled: false })
        await api.write(`PUT /api/users/${userId}/user-groups`, { userGroupIds: [groupId] })
        await api.write(`PUT /api/custom-claims/user/${userId}`, claims)
        const { id: clientId } = await api.write('POST /api/oidc/clients', client)
        await api.read('/api/version/current')
        await api.write(`POST /api/oidc/clients/${clientId}/secrets`, { secret: '' })
        await api.write(`PUT /api/oidc/clients/${clientId}/allowed-user-groups`, { userGroupIds: [groupId] })
        const provider = await api.write('POST /api/scim/service-provider', { ...target, oidcClientId: clientId })
        if (provider.token !== target.token) throw new Error('Inconsistent result after apply.')
        state = { group: String(groupId), user: String(userId), client: String(clientId) }
      }
      const { group: groupId, user: userId, client: clientId } = state
      const foundGroup = await api.read(`/api/user-groups/${groupId}`)
      await api.converge(`PUT /api/user-groups/${groupId}`, group, foundGroup)
      const foundUser = await api.read(`/api/users/${userId}`)
      await api.converge(`PUT /api/users/${userId}`, user, foundUser)
      const groups = { userGroupIds: idsOf(foundUser.userGroups) }
      await api.converge(`PUT /api/users/${userId}/user-groups`, { userGroupIds: [groupId] }, groups)
      const found = await api.read(`/api/oidc/clients/${clientId}`)
      await api.converge(`PUT /api/oidc/clients/${clientId}`, client, withKnownIdentities(found))
      const allowed = { userGroupIds: idsOf(found.allowedUserGroups) }
      await api.converge(`PUT /api/oidc/clients/${clientId}/allowed-user-groups`, { userGroupIds: [groupId] }, allowed)
      const provider = await api.read(`/api/oidc/clients/${clientId}/scim-service-provider`)
      const wanted = { ...target, oidcClientId: clientId }
      await api.converge(`PUT /api/scim/service-provider/${provider.id}`, wanted, {
        ...provider,
        oidcClientId: clientId,
      })
    },
    async destroy(api) {
      if (!state) return
      await api.write(`DELETE /api/oidc/clients/${state.client}`)
      await api.write(`DELETE /api/users/${state.user}`)
      await api.write(`DELETE /api/user-groups/${state.group}`)
    },
  }
}

/** The Terraform provider reads only the issuer and the subject of a federated identity. */
function withKnownIdentities(found: Json): Json {
  const { federatedIdentities } = found.credentials as { readonly federatedIdentities: readonly Json[] }
  return {
    ...found,
    credentials: { federatedIdentities: federatedIdentities.map(({ issuer, subject }) => ({ issuer, subject })) },
  }
}
