import type { AuditSink, Pocket, Transaction } from '@pocket/core'
import type { Directory } from '@pocket/directory'
import type { Mail } from '../email/email-service.ts'
import { emailQueuePages } from '../email/queue-page.ts'
import type { Authentication } from '../http/authentication.ts'
import type { Flashes } from '../http/flash.ts'
import type { PageRoute } from '../http/page-routes.ts'
import type { ShowPage } from '../http/show-page.ts'
import type { ApplicationImages } from '../images/application-images.ts'
import { createInitialAccessTokenAdministration } from '../initial-access-tokens/initial-access-tokens.ts'
import { imagePages } from '../settings/pages/image-pages.ts'
import { settingPages } from '../settings/pages/page.ts'
import { registrationTokenPages } from '../settings/pages/registration-token-pages.ts'
import { createSectionPage } from '../settings/pages/section-page.ts'
import type { Settings } from '../settings/settings.ts'
import { signingKeyPages } from '../signing-keys/page.ts'
import { passkeyPolicyPages } from '../webauthn/policy-page.ts'

export interface SettingPageParts {
  readonly pocket: Pocket
  readonly directory: Directory
  readonly settings: Settings
  readonly mail: Mail
  readonly applicationImages: ApplicationImages
  readonly audit: AuditSink
  readonly transaction: Transaction
  readonly authentication: Authentication
  readonly show: ShowPage
  readonly flashes: Flashes
}

/** The settings pages and related administration pages. */
export function composeSettingPages(parts: SettingPageParts): readonly PageRoute[] {
  const { pocket, directory, settings, mail, applicationImages, audit, transaction } = parts
  const { authentication, show, flashes } = parts
  const registrationTokens = createInitialAccessTokenAdministration({ pocket, audit, transaction })
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
    ...signingKeyPages({ pocket, authentication, flashes }),
    ...imagePages({ images: applicationImages, page: settingsPage, authentication, flashes }),
    ...settingPages({
      settings,
      page: settingsPage,
      testEmail: mail.test,
      authentication,
      flashes,
    }),
  ]
  return [
    ...passkeyPolicyPages({
      pocket,
      settings,
      authentication,
      show,
      flashes,
    }),
    ...pages,
  ]
}
