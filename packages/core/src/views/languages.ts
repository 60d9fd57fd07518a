/** Maximum number of languages, to limit the work. */
const maxLanguages = 10
const maxLanguageTagLength = 35

/**
 * The languages of `ui_locales` (OpenID Connect Core §3.1.2.1): valid BCP 47 tags in the given order, canonicalized, without
 * duplicates, at most ten. Ignores invalid tags.
 */
export function parseLanguages(uiLocales: unknown): readonly string[] {
  if (typeof uiLocales !== 'string') return []
  const tags = uiLocales.split(' ', 5 * maxLanguages).flatMap(canonicalize)
  return [...new Set(tags)].slice(0, maxLanguages)
}

/** Accepts underscores, which many programs use. */
function canonicalize(tag: string): string[] {
  if (tag.length > maxLanguageTagLength) return []
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-'))
  } catch {
    return []
  }
}
