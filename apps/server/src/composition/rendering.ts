import { createAppearance } from '../appearance/appearance.ts'
import { locationNames } from '../geoip/location-names.ts'
import { loadCatalogs } from '../http/catalogs.ts'
import { createMessagesFor } from '../http/messages-for.ts'
import { createPageRenderer } from '../http/page.ts'
import { createShowPage } from '../http/show-page.ts'
import { createPagePictures } from '../images/page-pictures.ts'
import { managedNotes } from '../managed/managed-notes.ts'
import { recoveryDelayDays } from '../recovery/recovery-requests.ts'
import type { InstanceOptions, Platform } from './platform.ts'

export type Rendering = Awaited<ReturnType<typeof composeRendering>>

export async function composeRendering(platform: Platform, { assets, catalogsDirectory }: InstanceOptions) {
  const { config, database, logger, settings, images, geoIp, clock, viewsDirectory } = platform
  const catalogs = await loadCatalogs(catalogsDirectory)
  const pictures = createPagePictures(images, (error) =>
    logger.error({ err: error }, 'The images of a page could not be loaded'),
  )
  const appearance = createAppearance({
    async settings() {
      const { accentColor, disableAnimations } = await settings.lastKnown()
      return { accentColor, animationsDisabled: disableAnimations }
    },
    pictures,
  })
  const render = createPageRenderer({
    viewsDirectory,
    assets,
    catalogs,
    issuer: config.appUrl,
    appName: async () => (await settings.lastKnown()).appName,
    appearance: appearance.urlFor,
    pictures,
    railCounts: async () => ({ approvals: await database.approvals.countAwaitingAdministrator() }),
    locationNames: (messages) => locationNames(geoIp, messages),
    recovery: async () => {
      const values = await settings.lastKnown()
      return recoveryDelayDays(values) !== null ? 'by-email' : values.recoveryCodes === 'disabled' ? null : 'by-code'
    },
    clock,
    managed: managedNotes(database.managed),
  })
  const messagesFor = createMessagesFor(catalogs)
  return { assets, catalogs, pictures, appearance, render, show: createShowPage(render), messagesFor }
}
