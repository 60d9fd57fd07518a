import { emailAccentOf } from '../appearance/accent.ts'
import type { GeoIp } from '../geoip/geoip.ts'
import { locationNames } from '../geoip/location-names.ts'
import type { Catalogs } from '../http/catalogs.ts'
import { removeLanguageMarks, showLanguageMarks } from '../http/language-marks.ts'
import { createTemplates } from '../http/page.ts'
import type { SettingValues } from '../settings/definitions.ts'
import type { Message } from './email.ts'
import { type EmailTexts, emailTexts } from './email-texts.ts'

export interface ComposedEmail {
  readonly subject: string
  readonly text: string
  readonly html: string
  /** BCP 47. */
  readonly language: string
}

export interface ComposerDeps {
  readonly viewsDirectory: string
  readonly catalogs: Catalogs
  readonly settings: () => Promise<Pick<SettingValues, 'appName' | 'accentColor'>>
  readonly appUrl: string
  readonly geoIp: GeoIp
}

/** Composes an e-mail in the recipient's language. `now` in milliseconds since the Unix epoch. */
export type Compose = (message: Message, locale: string | null, now: number) => Promise<ComposedEmail>

export function createComposer({ viewsDirectory, catalogs, settings, appUrl, geoIp }: ComposerDeps): Compose {
  const render = createTemplates(viewsDirectory, ['page'])
  return async (message, locale, now) => {
    const { appName, accentColor } = await settings()
    const messages = catalogs.inPreferredLanguage(locale === null ? [] : [locale]).marked
    const { language } = messages
    const texts = emailTexts(message, { messages, where: locationNames(geoIp, messages), appName, appUrl, now })
    const footer = messages.text('footer', { appName })
    const linkHint = messages.text('linkHint')
    const html = await render('emails/message', {
      page: {
        ...texts,
        language,
        direction: messages.direction,
        appName,
        appUrl,
        accent: emailAccentOf(accentColor),
        linkHint,
        footer,
      },
    })
    return {
      subject: removeLanguageMarks(texts.subject),
      html: showLanguageMarks(html),
      text: removeLanguageMarks(plainText(texts, { footer, appUrl })),
      language,
    }
  }
}

function plainText(
  { paragraphs, code, facts, link, advice }: EmailTexts,
  signature: { footer: string; appUrl: string },
): string {
  const blocks = [
    ...paragraphs,
    ...(code === null ? [] : [`    ${code}`]),
    ...(facts.length === 0 ? [] : [facts.map(({ label, value }) => `${label}: ${value}`).join('\n')]),
    ...(link === null ? [] : [`${link.label}:\n${link.url}`]),
    ...(advice === null ? [] : [advice]),
    `-- \n${signature.footer}\n${signature.appUrl}`,
  ]
  return `${blocks.join('\n\n')}\n`
}
