import { items, type Json, type Tool } from './tool-api.ts'

const client = {
  name: 'pu-orders',
  description: '',
  callbackURLs: [],
  logoutCallbackURLs: [],
  hasLogo: false,
  hasDarkLogo: false,
  isPublic: false,
  pkceEnabled: false,
  requiresReauthentication: false,
  requiresPushedAuthorizationRequests: false,
  skipConsent: false,
  isGroupRestricted: false,
  accessTokenDurationMinutes: 60,
}
const noCredentials = { credentials: { federatedIdentities: [] } }
const api = { name: 'Orders', resource: 'https://orders.example.com/pulumi' }
const permissions = [{ key: 'orders:read', name: 'Read orders', description: 'All of them' }]

/** `pulumi up` and `destroy` of the provider axnic/pocket-id: a client, an API with permissions, and the grant between them. */
export function pulumi(): Tool {
  let state: { readonly client: string; readonly api: string; readonly secret: string } | undefined
  return {
    name: 'Pulumi',
    async apply(tool) {
      if (!state) {
        const { id: clientId } = await tool.write('POST /api/oidc/clients', { ...client, ...noCredentials })
        const secret = await tool.write(`POST /api/oidc/clients/${clientId}/secrets`, {})
        const { id: apiId } = await tool.write('POST /api/apis', api)
        const changed = await tool.write(`PUT /api/apis/${apiId}/permissions`, { permissions })
        await tool.write(`PUT /api/apis/${apiId}/clients/${clientId}`, grantBody(changed))
        state = { client: String(clientId), api: String(apiId), secret: String(secret.id) }
      }
      const { client: clientId, api: apiId, secret } = state
      const foundClient = await tool.read(`/api/oidc/clients/${clientId}`)
      await tool.converge(`PUT /api/oidc/clients/${clientId}`, client, foundClient)
      const secrets = items(await tool.read(`/api/oidc/clients/${clientId}/secrets`))
      if (!secrets.some(({ id }) => id === secret)) await tool.write(`POST /api/oidc/clients/${clientId}/secrets`, {})
      const foundApi = await tool.read(`/api/apis/${apiId}`)
      await tool.converge(`PUT /api/apis/${apiId}`, { name: api.name }, foundApi)
      const known = {
        permissions: permissionsOf(foundApi).map(({ key, name, description }) => ({ key, name, description })),
      }
      await tool.converge(`PUT /api/apis/${apiId}/permissions`, { permissions }, known)
      const clients = items(await tool.read(`/api/apis/${apiId}/clients?pagination[page]=1&pagination[limit]=100`))
      const access = clients.find(({ client: holder }) => (holder as Json).id === clientId) ?? {}
      await tool.converge(`PUT /api/apis/${apiId}/clients/${clientId}`, grantBody(foundApi), access)
    },
    async destroy(tool) {
      if (!state) return
      await tool.write(`DELETE /api/apis/${state.api}/clients/${state.client}`)
      await tool.write(`DELETE /api/apis/${state.api}`)
      await tool.write(`DELETE /api/oidc/clients/${state.client}/secrets/${state.secret}`)
      await tool.write(`DELETE /api/oidc/clients/${state.client}`)
    },
  }
}

function permissionsOf(found: Json): readonly Json[] {
  return found.permissions as readonly Json[]
}

function grantBody(found: Json): Json {
  const ids = permissionsOf(found).map(({ id }) => id)
  return {
    clientAccess: true,
    clientPermissionIds: ids,
    userDelegatedAccess: false,
    userDelegatedPermissionIds: [],
  }
}
