import { createClientAdministration } from '../clients/administration.ts'
import { groupPages } from '../groups/page.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { createApplicationImages } from '../images/application-images.ts'
import { userPictures } from '../images/page-pictures.ts'
import { createProfilePictures } from '../images/profile-pictures.ts'
import { userPages } from '../user-pages/page.ts'
import type { PageServices } from './services.ts'

/** User administration pages. They share their use cases with the REST API. */
export function composeAdministrationPages(services: PageServices): readonly PageRoute[] {
  const { pocket, directory, database, audit, settings, images, transaction } = services
  const shared = { ...services, auditLog: database.auditLog }
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
