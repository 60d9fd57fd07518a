import type { IncomingMessage } from 'node:http'
import accepts from 'accepts'
import { parseCookie } from 'cookie'

export const themes = ['light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** How somebody wants pages to be, in this browser. */
export interface Preferences {
  /** The language that was chosen here: a BCP 47 tag, as the browser sends it back. */
  readonly language: string | null
  /** What the browser says its user reads (RFC 9110 §12.5.4), the best first. */
  readonly accepted: readonly string[]
  /** `null` follows the system. */
  readonly theme: Theme | null
  /** A path that shows the page again. */
  readonly here: string
}

export const cookieNames = { language: 'language', theme: 'theme' } as const
/** A browser names a handful of languages; more cost work. */
const maxAcceptedLanguages = 20

export function preferencesOf(req: IncomingMessage): Preferences {
  const cookies = parseCookie(req.headers.cookie ?? '')
  const language = cookies[cookieNames.language]
  return {
    language: language === undefined || language.length > 35 ? null : language,
    accepted: accepts(req).languages().slice(0, maxAcceptedLanguages),
    theme: themeOf(cookies[cookieNames.theme]),
    here: hereOf(req),
  }
}

export function themeOf(value: unknown): Theme | null {
  return themes.find((theme) => theme === value) ?? null
}

/** What a form has led to cannot be asked for again, so it is the page of the form. */
function hereOf({ method, url = '/', headers }: IncomingMessage): string {
  if (method === 'GET' || method === 'HEAD') return url
  const referrer = URL.parse(headers.referer ?? '')
  return referrer?.host === headers.host && referrer ? referrer.pathname + referrer.search : '/'
}
