import { emailQueuePages } from '../email/queue-page.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { createInitialAccessTokenAdministration } from '../initial-access-tokens/initial-access-tokens.ts'
import { imagePages } from '../settings/pages/image-pages.ts'
import { settingPages } from '../settings/pages/page.ts'
import { registrationTokenPages } from '../settings/pages/registration-token-pages.ts'
import { createSectionPage } from '../settings/pages/section-page.ts'
import { signingKeyPages } from '../signing-keys/page.ts'
import { passkeyPolicyPages } from '../webauthn/policy-page.ts'
import type { PageServices } from './services.ts'

/** The settings pages and related administration pages. */
export function composeSettingPages(services: PageServices): readonly PageRoute[] {
  const { pocket, directory, settings, mail, applicationImages } = services
  const { authentication, show, flashes } = services
  const registrationTokens = createInitialAccessTokenAdministration(services)
  const settingsPage = createSectionPage({
    settings,
    groups: directory.groups,
    images: applicationImages,
    tokens: registrationTokens,
    signingKeys: pocket.signingKeys,
    show,
  })
  const pages: readonly PageRoute[] = [
    ...emailQueuePages({
      queue: mail.queue,
      authentication,
      show,
      flashes,
      secure: pocket.issuer.startsWith('https:'),
    }),
    ...registrationTokenPages({ tokens: registrationTokens, page: settingsPage, authentication, flashes }),
    ...signingKeyPages(services),
    ...imagePages({ images: applicationImages, page: settingsPage, authentication, flashes }),
    ...settingPages({
      settings,
      page: settingsPage,
      testEmail: mail.test,
      authentication,
      flashes,
    }),
  ]
  return [...passkeyPolicyPages(services), ...pages]
}
