import type { AuditSink, Clock, Pocket, ReadPasskeyPolicy } from '@pocket/core'
import type { Directory } from '@pocket/directory'
import { dataPages } from '../account/data-page.ts'
import { createOwnData } from '../account/own-data.ts'
import { profilePages } from '../account/profile-page.ts'
import { createSecondPasskey } from '../account/second-passkey.ts'
import { securityPages } from '../account/security-page.ts'
import { apiKeyPages } from '../api-keys/page.ts'
import { createOwnApps } from '../apps/own-apps.ts'
import { appPages } from '../apps/page.ts'
import { auditLogPages } from '../audit-log/page.ts'
import { createOwnConsents } from '../clients/own-consents.ts'
import type { Mail } from '../email/email-service.ts'
import type { Authentication } from '../http/authentication.ts'
import type { Catalogues } from '../http/catalogues.ts'
import type { Flashes } from '../http/flash.ts'
import type { PageRoute } from '../http/page-routes.ts'
import type { ReauthenticationPages } from '../http/reauthentication.ts'
import type { ShowPage } from '../http/show-page.ts'
import { createApplicationImages } from '../images/application-images.ts'
import type { Images } from '../images/images.ts'
import { clientPictures, userPictures } from '../images/page-pictures.ts'
import { createProfilePictures } from '../images/profile-pictures.ts'
import { sessionPages } from '../sessions/page.ts'
import type { SessionAdministration } from '../sessions/session-administration.ts'
import type { Settings } from '../settings/settings.ts'
import { userSettingsOf } from '../users/user-settings.ts'
import { passkeyRemovedPages } from '../webauthn/passkey-removed-page.ts'
import type { Administration } from './administration.ts'
import type { OpenDatabase } from './open-database.ts'

export interface AccountPageParts {
  readonly database: Pick<OpenDatabase, 'auditLog' | 'reminders' | 'favourites'>
  readonly pocket: Pocket
  readonly directory: Directory
  readonly administration: Administration
  readonly sessions: SessionAdministration
  readonly audit: AuditSink
  readonly settings: Settings
  readonly passkeyPolicy: ReadPasskeyPolicy
  readonly mail: Mail
  readonly images: Images
  readonly catalogues: Pick<Catalogues, 'languages'>
  readonly authentication: Authentication
  readonly reauthentication: ReauthenticationPages
  readonly show: ShowPage
  readonly flashes: Flashes
  readonly clock: Clock
}

/** The pages on which users manage their own data. */
export function composeAccountPages(parts: AccountPageParts): readonly PageRoute[] {
  const { database, directory, administration, settings, mail, images, clock } = parts
  const { users, ownPasskeys, passkeyRemovals } = administration
  const shared = {
    ...parts,
    users,
    ownPasskeys,
    passkeyRemovals,
    secondPasskey: createSecondPasskey(database.reminders, clock),
  }
  return [
    ...profilePages({
      ...shared,
      languages: parts.catalogues.languages,
      settings: async () => userSettingsOf(await settings.lastKnown()),
      profilePictures: createProfilePictures({ images, directory, application: createApplicationImages(images) }),
      pictures: userPictures(images),
      verification: {
        enabled: async () => (await settings.values()).emailVerificationEnabled,
        async begin(user) {
          await mail.verification.begin(user)
          mail.delivery.trigger()
        },
      },
    }),
    ...securityPages(shared),
    ...sessionPages(shared),
    ...passkeyRemovedPages(shared),
    ...dataPages({
      ...shared,
      ownData: createOwnData({ ...parts, ...database, apiKeys: administration.apiKeys }),
    }),
    ...appPages({
      ...shared,
      apps: createOwnApps({
        pocket: parts.pocket,
        accounts: directory.accounts,
        favourites: database.favourites,
        logos: clientPictures(images),
      }),
      favourites: database.favourites,
      consents: createOwnConsents(parts),
    }),
    ...apiKeyPages({ ...shared, apiKeys: administration.apiKeys }),
    ...auditLogPages({ ...shared, store: database.auditLog }),
  ]
}
