import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createMessages, type LocalizedMessages, parseCatalog } from './messages.ts'
import { once } from './once.ts'

export interface Language {
  /** BCP 47. */
  readonly tag: string
  readonly name: string
}

export interface Catalogs {
  readonly languages: readonly Language[]
  /** The messages in the first of these languages (BCP 47) that has a catalog, otherwise in English. */
  inPreferredLanguage(languages: readonly string[]): LocalizedMessages
}

const fallback = 'en'

/** The messages of one language, created on first use. */
export interface CatalogEntry {
  /** BCP 47. */
  readonly language: string
  readonly messages: () => LocalizedMessages
}

/**
 * Loads every catalog of a folder, each named `LANGUAGE.json`; English is the fallback for missing messages.
 *
 * @throws {Error} if the English catalog is missing
 */
export async function loadCatalogs(folder: string): Promise<Catalogs> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  const all = await Promise.all(
    files.map(async (file) => ({
      file,
      language: basename(file, '.json'),
      json: await readFile(join(folder, file), 'utf8'),
    })),
  )
  const englishCatalog = all.find(({ language }) => language === fallback)
  if (englishCatalog === undefined) throw new Error(`There is no catalog in English in ${folder}.`)
  const english = parseCatalog(englishCatalog.json, englishCatalog.file)
  return selectCatalog(
    all.map(({ file, language, json }) => ({
      language,
      // Most instances use two or three of the languages.
      messages: once(() => createMessages(parseCatalog(json, file), english)),
    })),
  )
}

/** @throws {Error} if none of them is English */
export function selectCatalog(all: readonly CatalogEntry[]): Catalogs {
  const fallbackCatalog = all.find(({ language }) => language === fallback)
  if (fallbackCatalog === undefined) throw new Error('There is no catalog in English.')
  const localized = all.map((catalog) => ({ ...catalog, locale: new Intl.Locale(catalog.language).maximize() }))
  const localize = (language: string): CatalogEntry | undefined => {
    const requested = language === '*' ? undefined : maximizeLocale(language)
    if (requested === undefined) return undefined
    const related = localized.filter((catalog) => catalog.locale.language === requested.language)
    return related.find((catalog) => catalog.locale.script === requested.script) ?? related[0]
  }
  const names = new Intl.Collator('en')
  return {
    languages: all
      .map(({ language }) => ({ tag: language, name: nativeName(language) }))
      .sort((a, b) => names.compare(a.name, b.name)),
    inPreferredLanguage(languages) {
      for (const language of languages) {
        const match = localize(language)
        if (match) return match.messages()
      }
      return fallbackCatalog.messages()
    },
  }
}

/** Capitalized, because it starts a list entry. */
function nativeName(language: string): string {
  const [first = '', ...rest] = new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? language
  return first.toLocaleUpperCase(language) + rest.join('')
}

/** With the default script of the language: Chinese in Taiwan uses another script than Chinese in China. */
function maximizeLocale(language: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(language.replaceAll('_', '-')).maximize()
  } catch {
    // The tag is not a valid language tag.
    return undefined
  }
}
