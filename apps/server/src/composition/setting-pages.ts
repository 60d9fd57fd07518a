import { emailQueuePages } from '../email/queue-page.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { createInitialAccessTokenAdministration } from '../initial-access-tokens/initial-access-tokens.ts'
import { importStatus } from '../ldap/page.ts'
import { imagePages } from '../settings/pages/image-pages.ts'
import { settingPages } from '../settings/pages/page.ts'
import { registrationTokenPages } from '../settings/pages/registration-token-pages.ts'
import { createSectionPage } from '../settings/pages/section-page.ts'
import { signingKeyPages } from '../signing-keys/page.ts'
import { passkeyPolicyPages } from '../webauthn/policy-page.ts'
import type { PageServices } from './services.ts'

export function composeSettingPages(services: PageServices): readonly PageRoute[] {
  const deps = {
    ...services,
    initialAccessTokens: createInitialAccessTokenAdministration(services),
    testEmail: services.mail.test,
    lastEmail: services.mail.lastAttempt,
    ldapStatus: async () => importStatus((await services.ldap.runs.newestImport())?.outcome),
  }
  const page = createSectionPage(deps)
  return [
    ...passkeyPolicyPages(deps),
    ...emailQueuePages(deps),
    ...registrationTokenPages(deps, page),
    ...signingKeyPages(deps),
    ...imagePages(deps, page),
    ...settingPages(deps, page),
  ]
}
