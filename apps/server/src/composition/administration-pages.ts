import { createClientAdministration } from '../clients/administration.ts'
import { groupPages } from '../groups/page.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { userPages } from '../user-pages/page.ts'
import type { PageServices } from './services.ts'

/** User administration pages. They share their use cases with the REST API. */
export function composeAdministrationPages(services: PageServices): readonly PageRoute[] {
  const { pocket, settings } = services
  return [
    ...userPages({
      ...services,
      pictures: services.userPictures,
      emailRequired: async () => (await settings.lastKnown()).requireUserEmail,
      async sendable() {
        const { smtpHost, emailOneTimeAccessAsAdminEnabled: codes } = await settings.lastKnown()
        return { code: smtpHost !== '' && codes, invitation: smtpHost !== '' }
      },
    }),
    ...groupPages({
      ...services,
      clients: pocket.clients,
      clientAdministration: createClientAdministration(services),
    }),
  ]
}
