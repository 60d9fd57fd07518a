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
import type { PageRoute } from '../http/page-routes.ts'
import { createApplicationImages } from '../images/application-images.ts'
import { clientPictures, userPictures } from '../images/page-pictures.ts'
import { createProfilePictures } from '../images/profile-pictures.ts'
import { sessionPages } from '../sessions/page.ts'
import { userSettingsOf } from '../users/user-settings.ts'
import { passkeyRemovedPages } from '../webauthn/passkey-removed-page.ts'
import type { PageServices } from './services.ts'

/** The pages on which users manage their own data. */
export function composeAccountPages(services: PageServices): readonly PageRoute[] {
  const { database, directory, settings, mail, images, clock } = services
  const shared = {
    ...services,
    secondPasskey: createSecondPasskey(database.reminders, clock),
  }
  return [
    ...profilePages({
      ...shared,
      languages: services.catalogues.languages,
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
      ownData: createOwnData({ ...services, auditLog: database.auditLog, favourites: database.favourites }),
    }),
    ...appPages({
      ...shared,
      apps: createOwnApps({
        pocket: services.pocket,
        accounts: directory.accounts,
        favourites: database.favourites,
        logos: clientPictures(images),
      }),
      favourites: database.favourites,
      consents: createOwnConsents(services),
    }),
    ...apiKeyPages(shared),
    ...auditLogPages({ ...shared, store: database.auditLog }),
  ]
}
