import { isJsonObject, redirectUriProblem } from '@pocket/core/internal'
import { Batch } from './batch.ts'
import { type MigrationContext, migrateTable } from './migration-steps.ts'
import { GrantPlanner, planApi, planPermission, ResourcePlanner } from './plan/plan-apis.ts'
import { planClient } from './plan/plan-client.ts'

export async function migrateClients(context: MigrationContext): Promise<void> {
  const { source, target, report, userNames, groupIds, clientIds, signingAlgorithm } = context
  const allowedGroupIds = new Map<string, string[]>()
  for await (const { oidc_client_id: id, user_group_id: groupId } of source.rows('oidc_clients_allowed_user_groups'))
    if (groupIds.has(groupId)) allowedGroupIds.set(id, [...(allowedGroupIds.get(id) ?? []), groupId])
  const relations = { allowedGroupIds, usedRedirectUris: await findUsedRedirectUris(context), signingAlgorithm }
  await migrateTable(context, {
    table: 'oidc_clients',
    subject: 'client',
    plan(row) {
      const client = planClient(row, relations, report)
      if (client) clientIds.add(client.id)
      return client
    },
    write: target.clients,
  })
  const resources = await migrateApis(context)
  await migrateTable(context, {
    table: 'user_authorized_oidc_clients',
    subject: 'consent',
    plan({ user_id: accountId, client_id: clientId, scope, last_used_at: usedAt }) {
      const scopes = scope.map((each) => resources.consentScope(each))
      if (userNames.has(accountId) && clientIds.has(clientId))
        return { accountId, clientId, scopes, createdAt: usedAt, updatedAt: usedAt }
      const subject = {
        subject: 'consent',
        id: `${accountId} ${clientId}`,
        name: `${accountId} for ${clientId}`,
      } as const
      report.leftOut(subject, 'Its user or its client does not exist or is left out.')
      return undefined
    },
    write: target.consents,
  })
  await migrateScim(context)
}

async function migrateApis(context: MigrationContext): Promise<ResourcePlanner> {
  const { source, target, report, clientIds } = context
  const permissions = new Map<string, ReturnType<typeof planPermission>[]>()
  const apiOfPermission = new Map<string, string>()
  for await (const row of source.rows('api_permissions')) {
    permissions.set(row.api_id, [...(permissions.get(row.api_id) ?? []), planPermission(row)])
    apiOfPermission.set(row.id, row.api_id)
  }
  const resources = new ResourcePlanner()
  for await (const row of source.rows('apis')) resources.add(row)
  const apiIds = new Set<string>()
  await migrateTable(context, {
    table: 'apis',
    subject: 'API',
    plan(row) {
      const resource = resources.plan(row, report)
      if (resource === undefined) return undefined
      apiIds.add(row.id)
      return planApi(row, resource, permissions.get(row.id) ?? [])
    },
    write: target.apis,
  })
  const planner = new GrantPlanner(apiOfPermission)
  for await (const row of source.rows('oidc_clients_allowed_apis')) planner.addAccess(row)
  for await (const row of source.rows('oidc_clients_allowed_api_permissions')) planner.addPermission(row)
  const grants = new Batch(target.apiGrants)
  for (const grant of planner.grants()) {
    report.found('API grant')
    if (!apiIds.has(grant.apiId) || !clientIds.has(grant.clientId)) {
      const subject = { subject: 'API grant', id: `${grant.apiId} ${grant.clientId}`, name: grant.clientId } as const
      report.leftOut(subject, 'Its API or its client does not exist or is left out.')
      continue
    }
    report.migrated('API grant')
    await grants.add(grant)
  }
  await grants.flush()
  return resources
}

async function migrateScim(context: MigrationContext): Promise<void> {
  const { secrets, target, report, clientIds } = context
  await migrateTable(context, {
    table: 'scim_service_providers',
    subject: 'SCIM target',
    plan({ id, oidc_client_id: clientId, endpoint, token, created_at: createdAt }) {
      if (clientIds.has(clientId)) return { id, clientId, endpoint, token: secrets.decryptText(token), createdAt }
      const subject = { subject: 'SCIM target', id, name: endpoint } as const
      report.leftOut(subject, `The client ${clientId} does not exist or is left out.`)
      return undefined
    },
    write: target.scimTargets,
  })
}

/** The redirect URIs in stored requests of clients whose callback allows every URL. */
async function findUsedRedirectUris({ source }: MigrationContext): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const used = new Map<string, Set<string>>()
  for await (const { id, callback_urls: uris } of source.rows('oidc_clients'))
    if (uris.some((uri) => redirectUriProblem(uri) === 'wildcard')) used.set(id, new Set())
  if (used.size === 0) return used
  for await (const { request_data: data } of source.rows('oauth2_sessions')) {
    const found = used.get(String(data.client_id))
    const form = isJsonObject(data.form) ? data.form : {}
    for (const uri of [form.redirect_uri, data.redirect_uri].flat())
      if (typeof uri === 'string' && uri !== '') found?.add(uri)
  }
  return used
}
