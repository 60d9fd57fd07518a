import { dataPages } from '../account/data-page.ts'
import { createOwnData } from '../account/own-data.ts'
import { profilePages } from '../account/profile-page.ts'
import { hasOnlyOneDevice } from '../account/second-passkey.ts'
import { securityPages } from '../account/security-page.ts'
import { apiKeyPages } from '../api-keys/page.ts'
import { createOwnApps } from '../apps/own-apps.ts'
import { appPages } from '../apps/page.ts'
import { auditLogPages } from '../audit-log/page.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { sessionPages } from '../sessions/page.ts'
import { passkeyRemovedPages } from '../webauthn/passkey-removed-page.ts'
import type { PageServices } from './services.ts'

export function composeAccountPages(services: PageServices): readonly PageRoute[] {
  const deps = {
    ...services,
    ownData: createOwnData(services),
    ownApps: createOwnApps(services),
    hasOnlyOneDevice,
  }
  return [
    ...profilePages(deps),
    ...securityPages(deps),
    ...sessionPages(deps),
    ...passkeyRemovedPages(deps),
    ...dataPages(deps),
    ...appPages(deps),
    ...apiKeyPages(deps),
    ...auditLogPages(deps),
  ]
}
