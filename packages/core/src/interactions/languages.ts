/** What people can be shown a page in by; more is nobody’s choice. */
const most = 10
const maxLanguageTagLength = 35

/**
 * The languages that a client asks for in `ui_locales` (OpenID Connect Core §3.1.2.1): the BCP 47 tags in it, in its order
 * and in their usual spelling, each once, ten at most. What is no tag is left out, as anything else that comes may be.
 */
export function languagesOf(uiLocales: unknown): readonly string[] {
  if (typeof uiLocales !== 'string') return []
  const tags = uiLocales.split(' ', 5 * most).flatMap(canonical)
  return [...new Set(tags)].slice(0, most)
}

/** An underscore is how many programs write it. */
function canonical(tag: string): string[] {
  if (tag.length > maxLanguageTagLength) return []
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-'))
  } catch {
    return []
  }
}
