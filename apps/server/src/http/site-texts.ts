import type { FindSiteTexts } from '@pocket/core'
import type { Catalogues } from './catalogues.ts'
import { preferencesOf } from './preferences.ts'

/** The texts of the pages at protected sites. A cookie of the site's host cannot select the language. */
export function createSiteTexts(catalogues: Catalogues): FindSiteTexts {
  return (message, req) => {
    const { text, language, direction } = catalogues.inPreferredLanguage(preferencesOf(req).accepted)
    return {
      language,
      direction,
      title: text(`siteMessages.${message}.title`),
      text: text(`siteMessages.${message}.text`),
      action: text(message === 'form_not_sent' ? 'siteMessages.continue' : 'siteMessages.retry'),
    }
  }
}
