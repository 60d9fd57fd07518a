import { items, type Json, type Tool, type ToolApi } from './tool-api.ts'

/** An MCP server: its tools for a client, one call each. The model decides by the responses. */
export function mcpServer(): Tool {
  const fields = { name: 'mcp-app', callbackURLs: ['https://mcp.example.com/cb'], isPublic: true, pkceEnabled: true }
  const path = '/api/oidc/clients/mcp-app'
  return {
    name: 'MCP server',
    async apply(api) {
      const listed = items(await api.read('/api/oidc/clients?search=mcp-app&pagination[page]=1&pagination[limit]=20'))
      if (listed.length === 0) await api.write('POST /api/oidc/clients', { id: 'mcp-app', ...fields })
      await api.converge(`PUT ${path}`, fields, await api.read(path))
      const [{ id: userId } = {}] = items(await api.read('/api/users?pagination[limit]=1'))
      const preview = await api.read(`${path}/preview/${userId}?scopes=openid%20profile`)
      if (!('idToken' in preview)) throw new Error('The preview has no ID token.')
      await api.read(`${path}/meta`)
      await api.read('/api/api-access/mcp-app/apis')
      await api.read(`/api/oidc/users/${userId}/authorized-clients`)
      await api.read('/api/audit-logs/all?filters[event]=SIGN_IN')
    },
    async destroy(api) {
      await api.write(`DELETE ${path}`)
    },
  }
}

/** The Prometheus exporter scabraha/pocket-id-exporter: totals, and the audit log page by page. */
export function exporter(): Tool {
  return {
    name: 'Prometheus exporter',
    async apply(api) {
      for (const list of ['/api/users', '/api/user-groups', '/api/oidc/clients', '/api/signup-tokens'])
        await fetchTotal(api, list)
      let count = 0
      for (let page = 1, pages = 1; page <= pages; page += 1) {
        const order = 'sort[column]=createdAt&sort[direction]=asc'
        const logs = await api.read(`/api/audit-logs/all?pagination[page]=${page}&pagination[limit]=20&${order}`)
        count += items(logs).length
        pages = pagination(logs).totalPages
      }
      if (count !== (await fetchTotal(api, '/api/audit-logs/all')))
        throw new Error('A page of the audit log is incomplete.')
      const version = await api.read('/api/version/current')
      if (typeof version.currentVersion !== 'string') throw new Error('The version is missing.')
    },
    async destroy() {},
  }
}

async function fetchTotal(api: ToolApi, list: string): Promise<number> {
  return pagination(await api.read(`${list}?pagination[page]=1&pagination[limit]=1`)).totalItems
}

function pagination(page: Json) {
  return page.pagination as { readonly totalItems: number; readonly totalPages: number }
}

/** mzgaljic/pocket-id-dashboard: the groups of a person, and which clients they open. */
export function dashboard(): Tool {
  return {
    name: 'Dashboard',
    async apply(api) {
      const query = 'page=1&limit=100&sort_column=name&sort_direction=asc'
      for (const { id } of items(await api.read(`/api/oidc/clients?${query}`))) {
        const { allowedUserGroups } = await api.read(`/api/oidc/clients/${id}`)
        if (!Array.isArray(allowedUserGroups)) throw new Error('The allowed groups are missing.')
      }
      const [{ id: userId } = {}] = items(await api.read('/api/users'))
      await api.read(`/api/users/${userId}/groups`)
    },
    async destroy() {},
  }
}
