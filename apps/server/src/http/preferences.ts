import type { IncomingMessage } from 'node:http'
import accepts from 'accepts'
import { parseCookie } from 'cookie'

export const themes = ['light', 'dark'] as const
export type Theme = (typeof themes)[number]

export interface Preferences {
  /** The selected language: a BCP 47 tag, as the browser sends it back. */
  readonly language: string | null
  /** The languages that the browser accepts (RFC 9110 §12.5.4), the preferred one first. */
  readonly accepted: readonly string[]
  /** `null` follows the system setting. */
  readonly theme: Theme | null
  /** A path that shows the page again. */
  readonly here: string
}

export const cookieNames = { language: 'language', theme: 'theme' } as const
/** Browsers send a handful of languages; more would only cost time. */
const maxAcceptedLanguages = 20

export function preferencesOf(req: IncomingMessage): Preferences {
  const cookies = parseCookie(req.headers.cookie ?? '')
  const language = cookies[cookieNames.language]
  return {
    language: language === undefined || language.length > 35 ? null : language,
    accepted: accepts(req).languages().slice(0, maxAcceptedLanguages),
    theme: themeOf(cookies[cookieNames.theme]),
    here: currentUrlOf(req),
  }
}

export function themeOf(value: unknown): Theme | null {
  return themes.find((theme) => theme === value) ?? null
}

/** The result of a POST cannot be requested again, so this is the page of its form. */
function currentUrlOf({ method, url = '/', headers }: IncomingMessage): string {
  if (method === 'GET' || method === 'HEAD') return url
  const referrer = URL.parse(headers.referer ?? '')
  return referrer?.host === headers.host && referrer ? referrer.pathname + referrer.search : '/'
}
