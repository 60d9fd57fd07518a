import type { Clients, Pocket } from '@pocket/core'
import type { Directory } from '@pocket/directory'
import type { Middleware } from 'koa'
import type { Guard } from '../access/guard.ts'
import { createOwnData } from '../account/own-data.ts'
import { ownDataOperations } from '../account/own-data-operations.ts'
import { apiKeyOperations } from '../api-keys/api.ts'
import { apiOperations } from '../apis/api.ts'
import { auditLogOperations } from '../audit-log/api.ts'
import { clientOperations } from '../clients/api.ts'
import { clientMetaDto } from '../clients/client-dto.ts'
import { deviceAuthorizationOperations } from '../device-authorization/api.ts'
import { deviceLoginOperations } from '../device-login/api.ts'
import { emailOperations } from '../email/api.ts'
import { groupOperations } from '../groups/api.ts'
import { groupDto, idsOf } from '../groups/group-dto.ts'
import { groupValidator } from '../groups/validators.ts'
import { apiRoutes } from '../http/api/routes.ts'
import { once } from '../http/once.ts'
import { imageOperations } from '../images/api.ts'
import { jobOperations } from '../jobs/api.ts'
import { ldapOperations } from '../ldap/api.ts'
import { openApiOperations } from '../openapi/api.ts'
import { type OpenApiDocument, openApiDocument } from '../openapi/document.ts'
import { recoveryOperations } from '../recovery/api.ts'
import { scimOperations } from '../scim/api.ts'
import { searchOperations } from '../search/api.ts'
import { sessionOperations } from '../sessions/api.ts'
import { setUpOperations } from '../set-up/api.ts'
import { settingsOperations } from '../settings/api.ts'
import { pocketIdSettingsOperations } from '../settings/pocket-id-api.ts'
import { oneTimeAccessOperations } from '../sign-in/api.ts'
import { signUpOperations } from '../sign-up/api.ts'
import { approvalOperations } from '../sign-up/approval-api.ts'
import { invitationOperations } from '../sign-up/invitation-api.ts'
import { signingKeyOperations } from '../signing-keys/api.ts'
import { userOperations } from '../users/api.ts'
import { groupItemDto } from '../users/user-dto.ts'
import { versionOperations } from '../version/api.ts'
import { serverVersion } from '../version/version.ts'
import { webAuthnOperations } from '../webauthn/api.ts'
import { complianceOperations } from '../webauthn/compliance-api.ts'
import { passkeyRemovalOperations } from '../webauthn/passkey-removal-api.ts'
import type { Services } from './services.ts'

/** The REST API: the operations of all resources as routes and as one OpenAPI document. */
export interface RestApi {
  readonly routes: Middleware
  /** Resolves when all background writes have completed. */
  flush(): Promise<void>
}

export function composeRestApi(services: Services, guard: Guard): RestApi {
  const { pocket, directory, audit, apiKeys, signupTokens, approvals, settings } = services
  const { setUp, jobs, signUp, latestVersion, search, messagesFor } = services
  const allowedClients = createAllowedClients(pocket.clients)
  const operations = [
    ...imageOperations(services),
    ...setUpOperations(setUp),
    ...signUpOperations(signUp, signupTokens, audit),
    ...approvalOperations(approvals),
    ...invitationOperations(services),
    ...apiKeyOperations(apiKeys),
    ...webAuthnOperations(services),
    ...passkeyRemovalOperations(services),
    ...complianceOperations(services),
    ...deviceLoginOperations(services),
    ...deviceAuthorizationOperations(services),
    ...oneTimeAccessOperations(services),
    ...ownDataOperations(createOwnData(services)),
    ...recoveryOperations(services),
    ...userOperations(services),
    ...sessionOperations(services),
    ...groupOperations({ ...services, allowedClients }),
    ...auditLogOperations(services),
    ...pocketIdSettingsOperations(settings, audit),
    ...emailOperations(services),
    ...settingsOperations(settings),
    ...versionOperations(() => latestVersion.find()),
    ...signingKeyOperations(pocket),
    ...jobOperations(jobs),
    ...ldapOperations(services),
    ...searchOperations(search, messagesFor),
    ...clientOperations({ ...services, ...groupDtos(pocket, directory) }),
    ...scimOperations(services),
    ...apiOperations(services),
    ...openApiOperations(() => document()),
  ]
  const document: () => OpenApiDocument = once(() =>
    openApiDocument(operations, { url: pocket.issuer, version: serverVersion() }),
  )
  const router = apiRoutes(operations, guard, pocket.limits)
  const routes = router.routes()
  return {
    routes: (ctx, next) => routes(Object.assign(ctx, { router, params: {} }), next),
    flush: () => apiKeys.flush(),
  }
}

function groupDtos({ clients }: Pocket, { groups }: Directory) {
  const allowedClients = createAllowedClients(clients)
  return {
    groupsById: async (ids: readonly string[]) => (await groups.list(ids)).map((group) => groupItemDto(group)),
    async groupDto(id: string) {
      const group = await groups.find(id)
      if (group === undefined) return undefined
      const allowed = await allowedClients(id)
      return { dto: groupDto(group, allowed), validator: groupValidator(group, idsOf(allowed)) }
    },
  }
}

/** The restricted clients that a group may use, as `OidcClientMetaDataDto`. */
function createAllowedClients(clients: Pick<Clients, 'allowedTo'>) {
  return async (groupId: string) => (await clients.allowedTo(groupId)).map(clientMetaDto)
}
