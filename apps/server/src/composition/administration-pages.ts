import type { AuditSink, Pocket, ReadPasskeyPolicy, Transaction } from '@pocket/core'
import type { Directory } from '@pocket/directory'
import type { AuditLogStore } from '../audit-log/audit-log-store.ts'
import { createClientAdministration } from '../clients/administration.ts'
import type { Mail } from '../email/email-service.ts'
import { groupPages } from '../groups/page.ts'
import type { Authentication } from '../http/authentication.ts'
import type { Flashes } from '../http/flash.ts'
import type { PageRoute } from '../http/page-routes.ts'
import type { ReauthenticationPages } from '../http/reauthentication.ts'
import type { ShowPage } from '../http/show-page.ts'
import { createApplicationImages } from '../images/application-images.ts'
import type { Images } from '../images/images.ts'
import { userPictures } from '../images/page-pictures.ts'
import { createProfilePictures } from '../images/profile-pictures.ts'
import type { SessionAdministration } from '../sessions/session-administration.ts'
import type { Settings } from '../settings/settings.ts'
import { userPages } from '../user-pages/page.ts'
import type { Administration } from './administration.ts'

export interface AdministrationPageParts {
  readonly pocket: Pocket
  readonly directory: Directory
  readonly administration: Administration
  readonly auditLog: AuditLogStore
  readonly sessions: SessionAdministration
  readonly audit: AuditSink
  readonly settings: Settings
  readonly passkeyPolicy: ReadPasskeyPolicy
  readonly mail: Mail
  readonly images: Images
  readonly transaction: Transaction
  readonly authentication: Authentication
  readonly reauthentication: ReauthenticationPages
  readonly show: ShowPage
  readonly flashes: Flashes
}

/** User administration pages. They share their use cases with the REST API. */
export function composeAdministrationPages(parts: AdministrationPageParts): readonly PageRoute[] {
  const { pocket, directory, administration, audit, settings, images, transaction } = parts
  const { users, groups, passkeyRemovals } = administration
  const shared = { ...parts, users, groups, passkeyRemovals, secure: pocket.issuer.startsWith('https:') }
  const application = createApplicationImages(images)
  return [
    ...userPages({
      ...shared,
      profilePictures: createProfilePictures({ images, application, directory }),
      pictures: userPictures(images),
      emailRequired: async () => (await settings.lastKnown()).requireUserEmail,
      async sendable() {
        const { smtpHost, emailOneTimeAccessAsAdminEnabled: codes } = await settings.lastKnown()
        return { code: smtpHost !== '' && codes, invitation: smtpHost !== '' }
      },
    }),
    ...groupPages({
      ...shared,
      clients: pocket.clients,
      clientAdministration: createClientAdministration({
        clients: pocket.clients,
        recordCredential: pocket.recordCredential,
        lockAccountOf: pocket.lockAccountOf,
        audit,
        transaction,
        translateErrors: (action) => action(),
      }),
    }),
  ]
}
